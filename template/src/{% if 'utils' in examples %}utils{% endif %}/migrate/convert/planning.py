"""What of an application is converted, before any file is written."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from ..application import Application, short
from ..facts import Action, Form, Use, Value
from ..mounting import DYNAMIC, Mount, Owner, Route, Routing, Rule
from .paths import Variable, variables

FLASK = "flask.Flask"
BLUEPRINT = "flask.Blueprint"
# What is called to make an owner that is converted.
MAKES = {"app": FLASK, "blueprint": BLUEPRINT}
WORDS = {"app": "application", "blueprint": "blueprint"}
# Routes are made by an extension, which goes on making them.
BY_EXTENSION = {"api", "namespace"}

UNTOLD = "reading cannot tell which application or blueprint this is of"
OWN_CLASS = (
    "is made by a class that is not Flask's own: only `Flask` and "
    "`Blueprint` themselves have a counterpart"
)
THROUGH = (
    "is made by a name of Flask that comes through a module of the "
    "application: import it from `flask` itself"
)
KEPT = "is made in a file that is not rewritten"
EXTENSION = "is registered by an extension, in Flask's way"
BELONGS = "belongs to an application that"
MIDDLEWARE = (
    "this WSGI middleware runs around what Flask answers and around nothing "
    "else: put an ASGI middleware in its place"
)


@dataclass(frozen=True)
class Mark:
    """A place that is left as it was, and why.

    Attributes:
        file, line: where it is in the application that was read.
        reason: why, and what to do.
    """

    file: str
    line: int
    reason: str


@dataclass
class Plan:
    """What the analyser knows, as decisions on what to rewrite.

    Attributes:
        application: the names of the application.
        routing: what registers what.
        kept: files that are not rewritten.
        left: owners that stay Flask's, by site, and why.
        rules: the registrations of routes, by site.
        mounts: the registrations of blueprints, by site.
        marks: what is known to need a mark before files are rewritten.
    """

    application: Application
    routing: Routing
    kept: frozenset[str] = frozenset()
    left: dict[str, str] = field(default_factory=dict)
    rules: dict[str, list[Rule]] = field(default_factory=dict)
    mounts: dict[str, list[Mount]] = field(default_factory=dict)
    marks: list[Mark] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Decide about owners first, then about what is done with them."""
        for owner in self.routing.owners.values():
            reason = self._left(owner)
            if reason:
                self.left[owner.site] = reason
        self._leave_around()
        for rule in self.routing.rules:
            if rule.use.call is not None and "static" not in rule.options:
                rules = self.rules.setdefault(rule.use.call.site, [])
                rules.append(rule)
        for mount in self.routing.mounts:
            if mount.use.call is not None:
                mounts = self.mounts.setdefault(mount.use.call.site, [])
                mounts.append(mount)
        for use in self.application.facts.uses:
            self._mark_middleware(use)
        self._mark_findings()

    # Owners --------------------------------------------------------------

    def _left(self, owner: Owner) -> str:
        """Return why an owner stays as it is, or nothing."""
        if owner.kind in BY_EXTENSION:
            return EXTENSION
        if owner.made is None or owner.call is None:
            return UNTOLD
        if owner.made.file in self.kept:
            return KEPT
        if self.direct(owner.call.text) == MAKES[owner.kind]:
            return ""
        called = self.application.resolve(owner.call.text)
        is_through = {target.name for target in called} == {MAKES[owner.kind]}
        return THROUGH if is_through else OWN_CLASS

    def _leave_around(self) -> None:
        """Leave the blueprints of applications that are left."""
        for owner in self.routing.owners.values():
            if owner.kind != "blueprint" or owner.site in self.left:
                continue
            for place in self.routing.places(owner):
                reason = self.left.get(place.application)
                if reason:
                    self.left[owner.site] = f"{BELONGS} {reason}"

    def direct(self, name: str) -> str:
        """Return what a name is of Flask, if the file has it from Flask.

        Args:
            name: a dotted name, such as "flask.Flask" or, where a module
                imports all of Flask by a star, "shop.Flask".
        """
        if not self.application.is_own(name):
            return short(name)
        facts = self.application.facts
        module, _, own = name.rpartition(".")
        if name in facts.bindings or "flask" not in facts.stars.get(
            module, ()
        ):
            return ""
        return f"flask.{own}"

    @property
    def applications(self) -> Iterator[Owner]:
        """Yield the applications that are made here."""
        for owner in self.routing.owners.values():
            if owner.kind == "app":
                yield owner

    def converts(self, kind: str) -> bool:
        """Return whether everything of a kind that is made is converted."""
        return not any(
            owner.kind == kind and owner.site in self.left
            for owner in self.routing.owners.values()
        )

    def is_exported(self, module: str, name: str) -> bool:
        """Return whether other modules take a name of Flask from one."""
        own, facts = f"{module}.{name}", self.application.facts
        if any(module in origins for origins in facts.stars.values()):
            return True
        if "flask" in facts.stars.get(module, ()):
            return False
        return any(
            use.name == own or use.name.startswith((f"{own}(", f"{own}."))
            for use in facts.uses
        )

    def starred(self, module: str) -> set[str]:
        """Return the names that a module has from others by stars."""
        origins = self.application.facts.stars.get(module, ())
        return {
            name.rpartition(".")[2]
            for name in self.application.facts.bindings
            if name.rpartition(".")[0] in origins
        }

    def is_made(self, site: str) -> bool:
        """Return whether the call at a place makes something converted."""
        return site in self.routing.owners and site not in self.left

    def is_converted(self, name: str, kind: str = "") -> bool:
        """Return whether a name can only stand for something converted.

        Args:
            name: a dotted name.
            kind: "app" or "blueprint", if only that will do.
        """
        found = self.application.resolve(name)
        return bool(found) and all(
            self._is_target(target.name, target.site, kind) for target in found
        )

    def _is_target(self, name: str, made: Value | None, kind: str) -> bool:
        known = {f"{call}()": each for each, call in MAKES.items()}.get(name)
        if known is None or kind not in ("", known):
            return False
        if made is not None:
            return self.is_made(made.site)
        # An annotation says what it is, and not which one.
        return self.converts(known)

    def are_converted(self, value: Value | None) -> bool:
        """Return whether a value can only be a converted blueprint."""
        if value is None:
            return False
        found = list(self.application.targets(value))
        return bool(found) and all(
            self._is_target(target.name, target.site, "blueprint")
            for target in found
        )

    # Marks ---------------------------------------------------------------

    def _mark_middleware(self, use: Use) -> None:
        """Mark a WSGI middleware: it works, but not for what is new."""
        owner_name, _, attribute = use.name.rpartition(".")
        if use.action is not Action.SET or attribute != "wsgi_app":
            return
        owners = self.routing.owners_of(owner_name)
        if any(owner.kind == "app" for owner in owners):
            self.marks.append(Mark(use.file, use.line, MIDDLEWARE))

    def _mark_findings(self) -> None:
        for finding in self.routing.findings:
            if finding.kind == DYNAMIC.id:
                what = f"this {finding.what}"
                mark = Mark(finding.file, finding.line, what)
                self.marks.append(mark)
        for owner in self.routing.owners.values():
            use, reason = owner.made, self.left.get(owner.site, "")
            if use is None or reason in ("", EXTENSION):
                continue
            self.marks.append(Mark(use.file, use.line, f"this {reason}"))

    # Views ---------------------------------------------------------------

    def parameters(self) -> dict[str, dict[str, str]]:
        """Return for each view its parameters and the converters of them.

        A parameter that two rules give by different converters is left
        out, and so is every parameter of a view with a rule that is left.
        """
        found: dict[str, dict[str, set[str]]] = defaultdict(
            lambda: defaultdict(set),
        )
        unknown: set[str] = set()
        if self._changes_values():
            return {}
        for rule, route in self.routing.routed():
            for key in rule.view:
                if any(self.reasons(rule, route)):
                    unknown.add(key)
                for variable in variables(route.rule):
                    found[key][variable.name].add(self._converter(variable))
                if _has_other_defaults(rule):
                    unknown.add(key)
        return {
            key: {
                name: next(iter(kinds))
                for name, kinds in names.items()
                if len(kinds) == 1
            }
            for key, names in found.items()
            if key not in unknown
        }

    def _converter(self, variable: Variable) -> str:
        is_own = variable.converter in self._own_converters
        return "" if is_own or not variable.is_plain else variable.converter

    @cached_property
    def _own_converters(self) -> set[str]:
        """Return the names of converters that the application sets."""
        return {
            use.item or ""
            for use in self.application.facts.uses
            if use.action is Action.SET
            and use.name.endswith(".url_map.converters[]")
        }

    def _changes_values(self) -> bool:
        """Return whether values of rules are changed on their way."""
        changes = ("url_value_preprocessor", "app_url_value_preprocessor")
        return any(
            use.name.removesuffix("()").endswith(changes)
            for use in self.application.facts.uses
        )

    # Routes --------------------------------------------------------------

    def reasons(self, rule: Rule, route: Route) -> Iterator[str]:
        """Yield why a route is left, whatever becomes of its file."""
        if route.problem:
            yield route.problem
        if rule.owner.kind in BY_EXTENSION:
            yield EXTENSION
            return
        if not rule.owner.site:
            yield UNTOLD
        for site in (rule.owner.site, route.application):
            reason = self.left.get(site)
            if reason:
                yield f"its {WORDS[self.routing.owners[site].kind]} {reason}"
                break
        if "websocket" in rule.options:
            yield "it is a WebSocket, which Flask does not answer itself"


def _has_other_defaults(rule: Rule) -> bool:
    """Return whether a rule gives defaults that may be of another type."""
    call = rule.use.call
    given = call.argument(None, "defaults") if call is not None else None
    if given is None:
        return False
    values = [value.text for _, value in given.named]
    return given.form is not Form.DICT or given.is_open or "None" in values
