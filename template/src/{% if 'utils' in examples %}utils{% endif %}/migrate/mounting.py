"""Applications, blueprints, where each is mounted, and the routes of all."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from .application import APP_NAMES, Application
from .facts import Action, Class, Form, Use, Value
from .findings import Finding, Kind, Severity, found

APP = "flask.Flask()"
# Other classes that are used as those of Flask are.
APPS = (APP, "apiflask.APIFlask()", "flask_openapi3.OpenAPI()")
BLUEPRINTS = (
    "flask.Blueprint()",
    "flask_smorest.Blueprint()",
    "apiflask.APIBlueprint()",
    "flask_openapi3.APIBlueprint()",
)
APIS = ("flask_restful.Api()", "flask_restx.Api()", "flask_restplus.Api()")
NAMESPACES = ("flask_restx.Namespace()", "flask_restplus.Namespace()")
VIEWS = {"flask.views.View", "flask.views.MethodView"}
RESOURCES = {
    "flask_restful.Resource",
    "flask_restx.Resource",
    "flask_restplus.Resource",
}
VERBS = ("get", "post", "put", "patch", "delete")
# What methods a class-based view can have.
EVERY_METHOD = (*VERBS, "head", "options", "trace")
# Where calls of Flask and Blueprint take the folder and path of files.
STATIC_PLACES = {"app": (2, 1), "blueprint": (2, 3)}

DYNAMIC = Kind(
    "route.dynamic",
    Severity.UNKNOWN,
    "is registered in a way that only running the code can tell",
    "write this registration out, one call for each, then analyse again",
    "api_conversion",
)
UNMOUNTED = Kind(
    "blueprint.unmounted",
    Severity.UNKNOWN,
    "no registration of this blueprint was found",
    "`app.include_router`, once it is known where",
    "api_conversion",
)
CONDITIONAL = Kind(
    "route.conditional",
    Severity.HAND,
    "is registered only under a condition",
    "the same condition around `include_router` or the route",
    "api_conversion",
)


@dataclass(frozen=True)
class Route:
    """A route as Flask has it.

    Attributes:
        rule: the rule, such as "/books/<int:book_id>".
        methods: the methods that it answers, HEAD and OPTIONS as well.
        endpoint: its name, such as "books.read".
        blueprint: the name of the blueprint; empty for the application's.
        file, line: where it is registered.
        view: the keys of the functions that answer.
        problem: what reading could not tell of it.
        options: other arguments of its registration, by name.
        application: the application that it is a route of.
    """

    rule: str
    methods: tuple[str, ...]
    endpoint: str
    blueprint: str
    file: str
    line: int
    view: tuple[str, ...] = ()
    problem: str = ""
    options: tuple[str, ...] = ()
    application: str = ""


@dataclass(frozen=True)
class Owner:
    """What routes are registered on: an application, blueprint or API.

    Attributes:
        kind: "app", "blueprint", "api" or "namespace".
        site: what tells it from others; empty for "the application".
        made: the call that made it, where that is known.
    """

    kind: str
    site: str
    made: Use | None = field(default=None, compare=False)

    @property
    def call(self) -> Value | None:
        """Return how it was made."""
        return self.made.call if self.made is not None else None


@dataclass(frozen=True)
class Rule:
    """A registration before it is known where its owner is mounted."""

    owner: Owner
    use: Use
    rule: str | None
    methods: tuple[str, ...] | None
    endpoint: str | None
    view: tuple[str, ...]
    options: tuple[str, ...] = ()
    problem: str = ""


@dataclass(frozen=True)
class Mount:
    """A blueprint, API or namespace that is registered on something."""

    child: Owner
    parent: Owner
    prefix: str | None
    name: str | None
    use: Use
    problem: str = ""


@dataclass(frozen=True)
class Place:
    """Where an owner ends up: prefix and name of its rules."""

    prefix: str | None
    name: str
    application: str
    problem: str = ""
    within: str = ""


@dataclass
class Routing:
    """All that is registered in an application."""

    application: Application
    owners: dict[str, Owner] = field(default_factory=dict)
    rules: list[Rule] = field(default_factory=list)
    mounts: list[Mount] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Go through all uses: first what is made, then the rest."""
        for use in self.application.facts.uses:
            self._made(use)
        for use in self.application.facts.uses:
            if use.call is not None or use.action is Action.DECORATE:
                self._registered(use)
            elif use.action is Action.SET:
                self._set(use)
        for owner in self.owners.values():
            self._implied(owner)

    # Owners --------------------------------------------------------------

    def _made(self, use: Use) -> None:
        if use.action is not Action.CALL or use.call is None:
            return
        # A factory that is called makes nothing here: what it calls does.
        for name in self.application.names(use.call.text):
            kind = _kind(f"{name}()")
            if kind is not None:
                owner = Owner(kind, use.call.site, use)
                self.owners.setdefault(owner.site, owner)

    def owners_of(self, name: str) -> list[Owner]:
        """Return what a name of an application or blueprint stands for."""
        found = []
        for target in self.application.resolve(name):
            site = target.site.site if target.site else ""
            for outside in self.application.outside(target.name):
                kind = _kind(outside)
                if kind is not None:
                    found.append(self.owners.get(site, Owner(kind, site)))
        if not found and _last(name) in APP_NAMES:
            found.append(Owner("app", ""))
        return list(dict.fromkeys(found))

    def _implied(self, owner: Owner) -> None:
        """Add what Flask itself registers: files of a static folder."""
        call, use = owner.call, owner.made
        if call is None or use is None or owner.kind not in STATIC_PLACES:
            return
        folder_place, path_place = STATIC_PLACES[owner.kind]
        folder = call.argument(folder_place, "static_folder")
        if folder is None and owner.kind == "app":
            folder = Value(Form.TEXT, "static", call.line)
        if folder is None or folder.text == "None":
            return
        path = call.argument(path_place, "static_url_path")
        text = self.application.text(path)
        if text is None:
            name = self.application.text(folder) or "static"
            text = f"/{name.rstrip('/').rpartition('/')[2]}"
        rule = f"{text.rstrip('/')}/<path:filename>"
        self.rules.append(
            Rule(owner, use, rule, ("GET",), "static", (), ("static",))
        )

    # Registrations -------------------------------------------------------

    def _registered(self, use: Use) -> None:
        name = use.call.text if use.call is not None else use.name
        owner_name, _, attribute = name.rpartition(".")
        register = _REGISTRATIONS.get(attribute)
        if register is None or not owner_name:
            return
        call = use.call or Value(Form.CALL, name, use.line)
        owners = self.owners_of(owner_name)
        if not owners:
            self._unknown(use, attribute, call)
            return
        for owner in owners:
            register(self, owner, attribute, use, call)

    def _unknown(self, use: Use, attribute: str, call: Value) -> None:
        """Say that something is registered on what reading cannot tell."""
        first = call.items[0] if call.items else None
        text = self.application.text(first) or ""
        is_route = attribute == "route" or (
            attribute in VERBS and text.startswith("/")
        )
        is_told = attribute in _TOLD or (
            use.action is Action.DECORATE and is_route
        )
        outside = self.application.names(use.name)[0]
        if is_told and not outside.startswith(("fastapi.", "starlette.")):
            detail = f"`{attribute}` on something that is not known here"
            self.findings.append(
                found(DYNAMIC, use.file, use.line, use.where, detail)
            )

    def _set(self, use: Use) -> None:
        """Say that the tables of an application are written to."""
        if ".view_functions" not in use.name:
            return
        names = self.application.names(use.name)
        if any(name.startswith(f"{APP}.view_functions") for name in names):
            detail = "`view_functions` is written to"
            self.findings.append(
                found(DYNAMIC, use.file, use.line, use.where, detail)
            )

    def _route(self, owner: Owner, verb: str, use: Use, call: Value) -> None:
        """Add a route that a decorator makes."""
        if use.action is not Action.DECORATE or use.call is None:
            is_view = use.action is Action.CALL and verb == "route"
            if is_view:
                detail = "`route` is called, but decorates nothing"
                self._dynamic(use, detail)
            return
        if owner.kind not in ("app", "blueprint"):
            self._resource_route(owner, use, call)
            return
        methods = self._methods(call, verb)
        function = self.application.facts.functions.get(use.function)
        cls = self.application.facts.classes.get(use.function)
        view: tuple[str, ...] = (use.function,)
        name = function.name if function else cls.name if cls else ""
        if cls is not None:
            own = self._class_methods(cls)
            methods = tuple(verb.upper() for verb in own)
            view = tuple(own.values())
        given = call.argument(None, "endpoint")
        endpoint = self.application.text(given) if given else name
        rule = self.application.text(call.argument(0, "rule"))
        if use.function == "":
            return
        options = _options(call)
        self.rules.append(
            Rule(owner, use, rule, methods, endpoint, view, options)
        )

    def _methods(self, call: Value, verb: str) -> tuple[str, ...] | None:
        if verb in VERBS:
            return (verb.upper(),)
        value = call.argument(None, "methods")
        if value is None:
            return None if call.is_open else ("GET",)
        texts = self.application.texts(value)
        return texts and tuple(text.upper() for text in texts)

    def _url_rule(self, owner: Owner, _: str, use: Use, call: Value) -> None:
        """Add what `add_url_rule` registers."""
        if owner.kind not in ("app", "blueprint"):
            return
        rule = self.application.text(call.argument(0, "rule"))
        given = call.argument(1, "endpoint")
        is_given = given is not None and given.text != "None"
        view = call.argument(2, "view_func")
        cls, own_name = self._as_view(view)
        methods = self._methods(call, "")
        keys: tuple[str, ...] = ()
        name: str | None = None
        if cls is not None:
            if call.argument(None, "methods") is None and not call.is_open:
                own = self._class_methods(cls)
                methods = tuple(verb.upper() for verb in own) or ("GET",)
            keys = tuple(self._class_methods(cls).values())
            name = own_name
        else:
            function = self.application.function(view)
            if function is not None:
                keys, name = (function.key,), function.name
        endpoint = self.application.text(given) if is_given else name
        problem = "" if keys else "its view is not known"
        if view is None:
            problem = "it names an endpoint and no view"
        self.rules.append(
            Rule(
                owner,
                use,
                rule,
                methods,
                endpoint,
                keys,
                _options(call),
                problem,
            )
        )

    def _as_view(
        self,
        view: Value | None,
    ) -> tuple[Class | None, str | None]:
        """Return the class and the name of `Class.as_view(name)`."""
        if view is None:
            return None, None
        if view.form is Form.NAME:
            held = self.application.facts.bindings.get(view.text, [])
            calls = [value for value in held if value.form is Form.CALL]
            return self._as_view(calls[0]) if len(calls) == 1 else (None, None)
        if view.form is not Form.CALL:
            return None, None
        owner, _, attribute = view.text.rpartition(".")
        if attribute == "as_view":
            name = self.application.text(view.argument(0, "name"))
            return self.application.class_(owner), name
        for item in view.items:
            cls, name = self._as_view(item)
            if cls is not None:
                return cls, name
        return None, None

    def _class_methods(self, cls: Class) -> dict[str, str]:
        """Return the methods of HTTP that a view class answers, by name."""
        found: dict[str, str] = {}
        stated: tuple[str, ...] | None = None
        for ancestor in self.application.ancestors(cls):
            value = ancestor.attributes.get("methods")
            if stated is None and value is not None:
                stated = self.application.texts(value)
            for verb in EVERY_METHOD:
                if verb in ancestor.methods:
                    found.setdefault(verb, ancestor.methods[verb])
            if "dispatch_request" in ancestor.methods and not found:
                found["get"] = ancestor.methods["dispatch_request"]
        if stated is None:
            return found
        dispatch = next(iter(found.values()), "")
        return {
            method.lower(): found.get(method.lower(), dispatch)
            for method in stated
        }

    # Flask-RESTful -------------------------------------------------------

    def _resource(self, owner: Owner, _: str, use: Use, call: Value) -> None:
        """Add the routes of `api.add_resource(Class, *rules)`."""
        if owner.kind not in ("api", "namespace") or not call.items:
            return
        cls = self.application.class_(call.items[0].text)
        rules: list[str | None] = [
            self.application.text(item) for item in call.items[1:]
        ]
        if call.is_open:
            rules.append(None)
        given = self.application.text(call.argument(None, "endpoint"))
        endpoint = given or (cls.name.lower() if cls else None)
        own = self._class_methods(cls) if cls else {}
        methods = tuple(verb.upper() for verb in own)
        problem = "" if cls else "its resource is not known"
        for rule in rules:
            self.rules.append(
                Rule(
                    owner,
                    use,
                    rule,
                    methods,
                    endpoint,
                    tuple(own.values()),
                    _options(call),
                    problem,
                )
            )

    def _resource_route(self, owner: Owner, use: Use, call: Value) -> None:
        """Add the routes of a class below `@namespace.route(*rules)`."""
        cls = self.application.facts.classes.get(use.function)
        if cls is None:
            return
        own = self._class_methods(cls)
        methods = tuple(verb.upper() for verb in own)
        for item in call.items:
            rule = self.application.text(item)
            name = _snake(cls.name)
            self.rules.append(
                Rule(owner, use, rule, methods, name, tuple(own.values()))
            )

    # Mounts --------------------------------------------------------------

    def _blueprint(self, owner: Owner, _: str, use: Use, call: Value) -> None:
        """Add what `register_blueprint` or `add_namespace` mounts."""
        first = call.argument(0, "blueprint")
        children = self._children(first)
        prefix = call.argument(None, "url_prefix")
        if prefix is None:
            prefix = call.argument(1, "path") if owner.kind == "api" else None
        named = call.argument(None, "name")
        text = self.application.text(prefix) if prefix is not None else None
        is_none = prefix is not None and prefix.text == "None"
        is_unknown = prefix is not None and text is None and not is_none
        problem = ""
        if is_unknown or call.is_open:
            problem = "its prefix is made while the code runs"
            self._dynamic(use, problem)
        if not children:
            detail = "which blueprint this registers is not known"
            self._dynamic(use, detail)
        name = self.application.text(named)
        for child in children:
            self.mounts.append(Mount(child, owner, text, name, use, problem))

    def _children(self, value: Value | None) -> list[Owner]:
        if value is None:
            return []
        if value.form is Form.CALL and value.site in self.owners:
            return [self.owners[value.site]]
        found = []
        for target in self.application.targets(value):
            if target.site is not None and target.site.site in self.owners:
                found.append(self.owners[target.site.site])
        return list(dict.fromkeys(found))

    def _bound(self, owner: Owner, _: str, use: Use, call: Value) -> None:
        """Add what `api.init_app(app)` mounts."""
        if owner.kind == "api" and call.items:
            for parent in self.owners_of(call.items[0].text):
                self.mounts.append(Mount(owner, parent, None, None, use))

    def _later(self, owner: Owner, name: str, use: Use, call: Value) -> None:
        """Say that something is done when a blueprint is registered."""
        self._dynamic(use, f"`{name}` runs code when it is registered")

    def _dynamic(self, use: Use, detail: str) -> None:
        self.findings.append(
            found(DYNAMIC, use.file, use.line, use.where, detail)
        )

    def places(
        self,
        owner: Owner,
        seen: frozenset[str] = frozenset(),
    ) -> Iterator[Place]:
        """Yield where an owner is mounted in the end."""
        if owner.kind == "app":
            yield Place(None, "", owner.site)
            return
        if owner.site in seen:
            return
        around = seen | {owner.site}
        for mount in self._mounts(owner):
            for above in self.places(mount.parent, around):
                yield self._placed(owner, mount, above)

    def _mounts(self, owner: Owner) -> list[Mount]:
        stated = [mount for mount in self.mounts if mount.child == owner]
        call = owner.call
        if owner.kind == "api" and call is not None and call.items:
            use = Use(call.text, "", call.line, "")
            for parent in self.owners_of(call.items[0].text):
                stated.append(Mount(owner, parent, None, None, use))
        return stated

    def _placed(self, owner: Owner, mount: Mount, above: Place) -> Place:
        call = owner.call
        own_prefix: str | None = None
        name = mount.name
        problem = mount.problem or above.problem
        # A loop over blueprints that are known is no condition.
        is_branch = "branch" in (mount.use.within, above.within)
        within = "branch" if is_branch else ""
        if call is not None:
            key = {"api": "prefix", "namespace": "path"}.get(owner.kind)
            prefix = call.argument(None, key or "url_prefix")
            own_prefix = self.application.text(prefix)
            is_unknown = own_prefix is None and prefix is not None
            if is_unknown and prefix is not None and prefix.text != "None":
                problem = problem or "its prefix is made while the code runs"
            own = self.application.text(call.argument(0, "name"))
            name = name or own or f"<{_variable(call)}>"
        if owner.kind == "namespace" and own_prefix is None:
            own_prefix = f"/{name}"
        prefix_text = mount.prefix if mount.prefix is not None else own_prefix
        if owner.kind == "api":
            return Place(
                joined(above.prefix, own_prefix),
                above.name,
                above.application,
                problem,
                within,
            )
        dotted = f"{above.name}.{name}" if above.name else name or ""
        return Place(
            joined(above.prefix, prefix_text),
            dotted,
            above.application,
            problem,
            within,
        )

    def routes(self) -> list[Route]:
        """Return all routes of all applications, by file and line."""
        found = [route for _, route in self.routed()]
        return sorted(
            dict.fromkeys(found),
            key=lambda one: (one.file, one.line, one.rule, one.endpoint),
        )

    def routed(self) -> Iterator[tuple[Rule, Route]]:
        """Yield each registration with the routes that it makes."""
        for rule in self.rules:
            for place in self.places(rule.owner):
                yield rule, self._made_route(rule, place)

    def _made_route(self, rule: Rule, place: Place) -> Route:
        problem = rule.problem or place.problem
        if rule.rule is None:
            problem = "its rule is made while the code runs"
        elif rule.endpoint is None:
            problem = problem or "its endpoint is made while the code runs"
        elif rule.methods is None:
            problem = "its methods are made while the code runs"
        text = "<?>" if rule.rule is None else rule.rule
        path = full_rule(place.prefix, text)
        endpoint = rule.endpoint or "<?>"
        if place.name:
            endpoint = f"{place.name}.{endpoint}"
        return Route(
            path,
            answered(rule.methods or ()),
            endpoint,
            place.name,
            rule.use.file,
            rule.use.line,
            rule.view,
            problem,
            (*rule.options, *filter(None, (rule.use.within, place.within))),
            place.application,
        )


_REGISTRATIONS = {
    **dict.fromkeys(("route", *VERBS), Routing._route),
    "add_url_rule": Routing._url_rule,
    "add_resource": Routing._resource,
    "register_blueprint": Routing._blueprint,
    "add_namespace": Routing._blueprint,
    "init_app": Routing._bound,
    "record": Routing._later,
    "record_once": Routing._later,
}
# What is a registration whoever it is called on.
_TOLD = {"add_url_rule", "add_resource", "register_blueprint"}


def _kind(name: str) -> str | None:
    """Return what kind of owner a name is, or None."""
    if name in APPS:
        return "app"
    if name in BLUEPRINTS:
        return "blueprint"
    if name in APIS or name == "flask_smorest.Api()":
        return "api"
    return "namespace" if name in NAMESPACES else None


def _options(call: Value) -> tuple[str, ...]:
    """Return the names of the arguments that change what a rule does."""
    plain = {"rule", "methods", "endpoint", "view_func", "f"}
    return tuple(name for name, _ in call.named if name not in plain)


def _last(name: str) -> str:
    return name.rpartition(".")[2]


def _variable(call: Value) -> str:
    return f"line {call.line}"


def _snake(name: str) -> str:
    """Return a class's name as Flask-RESTX makes endpoints of it."""
    letters = (f"_{c.lower()}" if c.isupper() else c for c in name)
    return "".join(letters).lstrip("_")


def joined(above: str | None, own: str | None) -> str | None:
    """Join the prefix of a blueprint and of the one inside it, as Flask."""
    if above is None or own is None:
        return own if above is None else above
    return f"{above.rstrip('/')}/{own.lstrip('/')}"


def full_rule(prefix: str | None, rule: str) -> str:
    """Join a prefix and a rule, as Flask does."""
    if prefix is None:
        return rule
    if not rule:
        return prefix
    return f"{prefix.rstrip('/')}/{rule.lstrip('/')}"


def answered(methods: tuple[str, ...]) -> tuple[str, ...]:
    """Return methods with those that Flask adds: HEAD, and OPTIONS."""
    found = {*methods, "OPTIONS"}
    if "GET" in found:
        found.add("HEAD")
    return tuple(sorted(found))
