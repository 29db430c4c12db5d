"""What names stand for across the modules of an application."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from .facts import Action, Class, Facts, Form, Function, Value

# Where Flask defines what people import from it by its short name.
MOVED = {
    "flask.app.": "flask.",
    "flask.blueprints.": "flask.",
    "flask.globals.": "flask.",
    "flask.helpers.": "flask.",
    "flask.json.jsonify": "flask.jsonify",
    "flask.sansio.app.": "flask.",
    "flask.sansio.blueprints.": "flask.",
    "flask.templating.": "flask.",
    "flask.wrappers.": "flask.",
    "werkzeug.exceptions.abort": "flask.abort",
    "werkzeug.utils.redirect": "flask.redirect",
    "werkzeug.utils.send_file": "flask.send_file",
    "werkzeug.wrappers.Response": "flask.Response",
}
# What an application is called where nothing says that it is one.
APP_NAMES = {"app", "application", "flask_app", "current_app"}
# No name has more values than this that matter.
MOST = 12
# Nor is one followed through more others, or with more links.
DEEPEST = 100
LONGEST = 60


@dataclass(frozen=True)
class Target:
    """What a name stands for.

    Attributes:
        name: the dotted name of it, such as "flask.Flask()".
        site: the call that made it, where it was made by one.
    """

    name: str
    site: Value | None = None


@dataclass
class Application:
    """All facts of an application, and what its names stand for."""

    facts: Facts
    modules: frozenset[str]
    _known: dict[str, tuple[Target, ...]] = field(default_factory=dict)
    _open: set[str] = field(default_factory=set)
    _inside: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Find out which names are ours, and what parameters hold."""
        self._roots = {name.partition(".")[0] for name in self.modules}
        self._bind_parameters()
        self._known.clear()

    def resolve(self, name: str) -> tuple[Target, ...]:
        """Return what a name can stand for; never nothing."""
        if name.partition(".")[0].partition("(")[0] not in self._roots:
            return (Target(short(name)),)
        if name in self._known:
            return self._known[name]
        if name in self.facts.functions or name in self.facts.classes:
            return (Target(name),)
        if name in self._open or len(self._open) > DEEPEST:
            return (Target(name),)
        if name.count(".") > LONGEST:
            return (Target(name),)
        self._open.add(name)
        found = tuple(dict.fromkeys(self._resolve(name)))[:MOST]
        self._open.discard(name)
        self._known[name] = found or (Target(name),)
        return self._known[name]

    def names(self, name: str) -> tuple[str, ...]:
        """Return the dotted names that a name can stand for."""
        return tuple(
            dict.fromkeys(
                self.supposed(outside)
                for target in self.resolve(name)
                for outside in self.outside(target.name)
            )
        )

    def is_own(self, name: str) -> bool:
        """Return whether a name is one of a module of ours."""
        return name.partition(".")[0] in self._roots

    def within(self, name: str) -> str:
        """Return what follows the module in a name of ours."""
        for end in reversed(ends(name)):
            if name[:end] in self.modules:
                return name[end:].lstrip(".")
        return name

    def _resolve(self, name: str) -> Iterator[Target]:
        """Yield what the longest known beginning of a name stands for."""
        for end in reversed(ends(name)):
            start, rest = name[:end], name[end:]
            if start in self._inside:
                # A name that is made of itself: `query = query.where(…)`.
                continue
            values = self._values(start)
            if values:
                self._inside.add(start)
                found = [
                    target
                    for value in values[:MOST]
                    for target in self.targets(value, rest)
                ]
                self._inside.discard(start)
                yield from found
                if found:
                    return
            cls = self.facts.classes.get(start.removesuffix("()"))
            if cls is not None and rest:
                yield from self._member(cls, start, rest)
                return

    def _values(self, start: str) -> list[Value]:
        """Return the values of a name, a call or an item, where known."""
        if start in self.facts.bindings:
            return self.facts.bindings[start]
        if start.endswith("()"):
            for called in self.resolve(start[:-2]):
                function = self.facts.functions.get(called.name)
                if function is not None and not function.is_generator:
                    return function.returns
        if start.endswith("[]"):
            held = self.facts.bindings.get(start[:-2], [])
            return [item for value in held for item in items(value)]
        return self._starred(start)

    def _starred(self, start: str) -> list[Value]:
        module, _, name = start.rpartition(".")
        for origin in self.facts.stars.get(module, ()):
            values = self.facts.bindings.get(f"{origin}.{name}")
            if values:
                return values
            if not self.is_own(origin):
                return [Value(Form.NAME, f"{origin}.{name}", 0)]
        return []

    def targets(self, value: Value, rest: str = "") -> Iterator[Target]:
        """Yield what a value, or what is attached to it, stands for."""
        if value.form is Form.NAME:
            yield from self.resolve(value.text + rest)
        elif value.form is Form.CALL:
            for called in self.resolve(value.text):
                yield from self._called(called, value, rest)

    def _called(
        self,
        called: Target,
        value: Value,
        rest: str,
    ) -> Iterator[Target]:
        function = self.facts.functions.get(called.name)
        if rest or (function is not None and function.returns):
            yield from self.resolve(f"{called.name}(){rest}")
        else:
            yield Target(f"{called.name}()", value)

    def _member(self, cls: Class, start: str, rest: str) -> Iterator[Target]:
        """Yield what an attribute of a class or of its instance is."""
        stop = ends(rest)[0]
        attribute, beyond = rest[:stop], rest[stop:]
        for ancestor in self.ancestors(cls):
            plain = ancestor.key.rpartition("@")[0]
            own = plain + ("()" if start.endswith("()") else "")
            for owner in dict.fromkeys((own, plain)):
                values = self.facts.bindings.get(owner + attribute)
                if values:
                    for value in values[:MOST]:
                        yield from self.targets(value, beyond)
                    return

    def ancestors(self, cls: Class) -> Iterator[Class]:
        """Yield a class and those of ours that it inherits from."""
        seen: set[str] = set()
        waiting = [cls]
        while waiting:
            current = waiting.pop(0)
            if current.key in seen:
                continue
            seen.add(current.key)
            yield current
            for base in current.bases:
                for target in self.targets(base):
                    found = self.facts.classes.get(target.name)
                    if found is not None:
                        waiting.append(found)

    def bases(self, cls: Class) -> Iterator[str]:
        """Yield the names of the classes not ours that one inherits from."""
        for ancestor in self.ancestors(cls):
            for base in ancestor.bases:
                for target in self.targets(base):
                    if target.name not in self.facts.classes:
                        yield target.name

    def outside(self, name: str) -> list[str]:
        """Return a name with its class of ours replaced by that one's bases.

        The attribute `route` of our own subclass of Flask is that of Flask.
        """
        for end in ends(name):
            cls = self.facts.classes.get(name[:end])
            if cls is not None:
                bases = [f"{base}{name[end:]}" for base in self.bases(cls)]
                return bases or [name]
        return [name]

    def supposed(self, name: str) -> str:
        """Return a name with a parameter called `app` taken for Flask's."""
        _, local, rest = name.rpartition("<locals>.")
        stop = ends(rest)[0] if rest else 0
        if not local or rest[:stop] not in APP_NAMES:
            return name
        return f"flask.Flask(){rest[stop:]}"

    def function(self, value: Value | None) -> Function | None:
        """Return the function that a value is, decorated or not."""
        if value is None:
            return None
        for target in self.targets(value):
            found = self.facts.functions.get(target.name)
            if found is not None:
                return found
        if value.form is Form.CALL:
            for argument in value.items:
                found = self.function(argument)
                if found is not None:
                    return found
        return None

    def class_(self, name: str) -> Class | None:
        """Return the class of ours that a name stands for."""
        for target in self.resolve(name):
            found = self.facts.classes.get(target.name)
            if found is not None:
                return found
        return None

    def text(self, value: Value | None, depth: int = 0) -> str | None:
        """Return the text that a value is, or None if reading cannot tell."""
        if value is None or depth > MOST:
            return None
        if value.form is Form.TEXT:
            return value.text
        if value.form is Form.SUM:
            terms = [self.text(term, depth + 1) for term in value.items]
            known = [term for term in terms if term is not None]
            return "".join(known) if len(known) == len(terms) else None
        if value.form is Form.NAME:
            held = self.facts.bindings.get(value.text, [])
            if len(held) == 1:
                return self.text(held[0], depth + 1)
        return None

    def texts(self, value: Value | None) -> tuple[str, ...] | None:
        """Return the texts of a list, or None if reading cannot tell."""
        if value is None:
            return None
        if value.form is Form.NAME:
            held = self.facts.bindings.get(value.text, [])
            return self.texts(held[0]) if len(held) == 1 else None
        if value.form not in (Form.TUPLE, Form.LIST) or value.is_open:
            return None
        texts = [self.text(item) for item in value.items]
        known = tuple(text for text in texts if text is not None)
        return known if len(known) == len(texts) else None

    def _bind_parameters(self) -> None:
        """Bind parameters of our functions to what their callers give."""
        bound: set[tuple[str, str]] = set()
        for use in self.facts.uses:
            if use.action is not Action.CALL or use.call is None:
                continue
            if use.call.text.partition(".")[0] not in self._roots:
                continue
            for target in self.resolve(use.call.text):
                function = self._called_function(target.name)
                if function is not None:
                    for name, value in _given(function, use.call):
                        if (name, value.text) not in bound:
                            bound.add((name, value.text))
                            self.facts.bind(name, value)

    def _called_function(self, name: str) -> Function | None:
        """Return the function that runs when something of ours is called."""
        cls = self.facts.classes.get(name)
        if cls is None:
            return self.facts.functions.get(name)
        for ancestor in self.ancestors(cls):
            if "__init__" in ancestor.methods:
                return self.facts.functions[ancestor.methods["__init__"]]
        return None


def _given(function: Function, call: Value) -> Iterator[tuple[str, Value]]:
    """Yield a function's parameters and what a call gives for each."""
    names = function.parameters
    if function.cls is not None:
        names = names[1:]
    inside = f"{function.key.rpartition('@')[0]}.<locals>."
    given: Iterable[tuple[str, Value]] = (
        *zip(names, call.items, strict=False),
        *(pair for pair in call.named if pair[0] in names),
    )
    for name, value in given:
        if value.form in (Form.NAME, Form.CALL, Form.TEXT):
            yield f"{inside}{name}", value


def items(value: Value) -> tuple[Value, ...]:
    """Return what stands in a list or dictionary."""
    if value.form in (Form.TUPLE, Form.LIST):
        return value.items
    if value.form is Form.DICT:
        return tuple(item for _, item in value.named)
    return ()


def short(name: str) -> str:
    """Return the name by which people import something from Flask."""
    for long, brief in MOVED.items():
        if name.startswith(long):
            return short(f"{brief}{name[len(long) :]}")
    return name


def ends(name: str) -> list[int]:
    """Return where the links of a dotted name end: `a`, `a.b`, `a.b()`."""
    found = []
    for place, letter in enumerate(name):
        if place and letter in ".[(":
            found.append(place)
    found.append(len(name))
    return found
