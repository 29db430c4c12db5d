"""What is kept of a file when its tree is gone: names, values, functions.

A tree of LibCST takes much memory, so one file is read at a time and only
these facts of it stay. Names are dotted and say where they were made:
`flask.request`, `shop.books.blueprint`, `shop.create.<locals>.app`. What a
call returns is called `flask.Flask()`, what an item is, `flask.session[]`.
"""

from dataclasses import dataclass, field
from enum import Enum, auto


class Form(Enum):
    """What a value is."""

    TEXT = auto()
    CONSTANT = auto()
    NAME = auto()
    CALL = auto()
    TUPLE = auto()
    LIST = auto()
    DICT = auto()
    SUM = auto()
    OTHER = auto()


@dataclass(frozen=True, slots=True)
class Value:
    """What an expression gives, as far as reading tells.

    Attributes:
        form: what it is.
        text: the text, the dotted name, the name of what is called, the
            constant as it is written, or words for what it is.
        line: where it stands.
        items: the elements, the terms, or the arguments by place.
        named: the arguments by name, or the items of a dictionary.
        site: what tells a call from every other, such as "app.py:7:10".
        is_open: whether more arguments come by `*` or `**`.
    """

    form: Form
    text: str
    line: int
    items: tuple["Value", ...] = ()
    named: tuple[tuple[str, "Value"], ...] = ()
    site: str = ""
    is_open: bool = False

    def argument(self, place: int | None, name: str) -> "Value | None":
        """Return an argument, given by place or by name."""
        if place is not None and place < len(self.items):
            return self.items[place]
        return dict(self.named).get(name)


class Action(Enum):
    """What is done with a name."""

    READ = auto()
    CALL = auto()
    SET = auto()
    DECORATE = auto()
    IMPORT = auto()


@dataclass(frozen=True, slots=True)
class Use:
    """A place at which a name is used.

    Attributes:
        name: the dotted name.
        file: the file.
        line: the line.
        where: the function that it stands in, or the module.
        action: what is done with it.
        call: the call, if it is one.
        value: what it is set to.
        item: the key, of an item.
        within: "loop" or "branch" where it stands in one.
        function: the function or class that it decorates.
        is_async: whether it stands in a coroutine.
    """

    name: str
    file: str
    line: int
    where: str
    action: Action = Action.READ
    call: Value | None = None
    value: Value | None = None
    item: str | None = None
    within: str = ""
    function: str = ""
    is_async: bool = False


@dataclass(slots=True)
class Function:
    """A function or method.

    Attributes:
        key: its dotted name, with the line: names can be taken twice.
        name: its own name.
        file, line: where it is.
        parameters: what its parameters are called.
        cls: the class that it is a method of.
        is_async: whether it is a coroutine.
        parent: the function, class or module that it stands in.
        is_generator: whether it yields.
        returns: what it returns.
        decorators: what decorates it, the outermost first.
    """

    key: str
    name: str
    file: str
    line: int
    parameters: tuple[str, ...]
    cls: str | None
    is_async: bool
    parent: str = ""
    is_generator: bool = False
    returns: list[Value] = field(default_factory=list)
    decorators: list[Value] = field(default_factory=list)


@dataclass(slots=True)
class Class:
    """A class: its bases, its methods, and what its body sets."""

    key: str
    name: str
    file: str
    line: int
    bases: tuple[Value, ...]
    methods: dict[str, str] = field(default_factory=dict)
    attributes: dict[str, Value] = field(default_factory=dict)
    decorators: list[Value] = field(default_factory=list)


@dataclass(slots=True)
class Facts:
    """What all files told."""

    uses: list[Use] = field(default_factory=list)
    bindings: dict[str, list[Value]] = field(default_factory=dict)
    functions: dict[str, Function] = field(default_factory=dict)
    classes: dict[str, Class] = field(default_factory=dict)
    stars: dict[str, list[str]] = field(default_factory=dict)
    lines: int = 0

    def bind(self, name: str, value: Value) -> None:
        """Remember one of the values that a name has."""
        self.bindings.setdefault(name, []).append(value)
