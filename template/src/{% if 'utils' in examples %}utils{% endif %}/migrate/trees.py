"""Walk trees of LibCST, and say what their names stand for."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from typing import TypeGuard

import libcst as cst
from libcst.metadata import (
    MetadataWrapper,
    PositionProvider,
    QualifiedNameSource,
    Scope,
    ScopeProvider,
)

from .discovery import File, Sources
from .facts import Form, Value

# What only says how code is laid out.
LAYOUT = (
    *("whitespace", "lpar", "rpar", "leading_lines", "lines_after", "header"),
    *("footer", "comma", "semicolon", "equal", "dot", "lbracket", "rbracket"),
    *("lbrace", "rbrace", "colon", "trailing_whitespace", "encoding"),
    *("default_", "has_trailing", "start", "end", "prefix", "star"),
)
WORDS = {
    cst.Lambda: "a lambda",
    cst.ListComp: "a comprehension",
    cst.DictComp: "a comprehension",
    cst.SetComp: "a comprehension",
    cst.GeneratorExp: "a generator expression",
    cst.IfExp: "one of two values",
    cst.BooleanOperation: "one of several values",
}


@cache
def _fields(kind: type[cst.CSTNode]) -> tuple[str, ...]:
    names = (item.name for item in fields(kind))
    return tuple(name for name in names if not name.startswith(LAYOUT))


def children(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """Yield the nodes below a node that are more than layout.

    LibCST's own visitors build a tree as they go, which takes most of their
    time; reading needs none.
    """
    for name in _fields(type(node)):
        value = getattr(node, name)
        if isinstance(value, cst.CSTNode):
            yield value
        elif isinstance(value, (list, tuple)):
            for element in value:
                if isinstance(element, cst.CSTNode):
                    yield element


@dataclass
class Tree:
    """A file's tree with LibCST's scopes and positions.

    Attributes:
        file: the file.
        sources: all files, among which imports are looked for.
        module: the tree itself.
        selves: dotted names of `self`, and the instance that each is.
    """

    file: File
    sources: Sources
    module: cst.Module
    selves: dict[str, str] = field(default_factory=dict)
    _names: dict[tuple[int, str], str | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Have LibCST find scopes and positions."""
        wrapper = MetadataWrapper(self.module, unsafe_skip_copy=True)
        self._scopes: Mapping[cst.CSTNode, Scope | None] = {
            **wrapper.resolve(ScopeProvider)
        }
        self._positions = wrapper.resolve(PositionProvider)

    def line(self, node: cst.CSTNode) -> int:
        """Return the line that a node begins on."""
        return int(self._positions[node].start.line)

    def lines(self, node: cst.CSTNode) -> tuple[int, int]:
        """Return the lines that a node begins and ends on."""
        place = self._positions[node]
        return int(place.start.line), int(place.end.line)

    def site(self, node: cst.CSTNode) -> str:
        """Return what tells a node from every other."""
        start = self._positions[node].start
        return f"{self.file.module}:{start.line}:{start.column}"

    def name(self, node: cst.CSTNode) -> str | None:
        """Return the dotted name of an expression, or None."""
        links: list[str] = []
        while not isinstance(node, cst.Name):
            if isinstance(node, cst.Attribute):
                links.append(f".{node.attr.value}")
                node = node.value
            elif isinstance(node, cst.Call):
                links.append("()")
                node = node.func
            elif isinstance(node, cst.Subscript):
                links.append("[]")
                node = node.value
            elif isinstance(node, cst.Await):
                node = node.expression
            else:
                return None
        root = self._root(node)
        return root and root + "".join(reversed(links))

    def _root(self, node: cst.Name) -> str | None:
        scope = self._scopes.get(node)
        if scope is None:
            return None
        key = (id(scope), node.value)
        if key not in self._names:
            self._names[key] = self._qualified(scope, node.value)
        return self._names[key]

    def _qualified(self, scope: Scope, name: str) -> str | None:
        # What LibCST's QualifiedNameProvider asks for every node of a file;
        # only what is asked for is looked up here.
        known = scope.get_qualified_names_for(name)
        if not known:
            return f"{self.file.module}.{name}"
        first = min(known, key=lambda one: (one.source.value, one.name))
        if first.source is QualifiedNameSource.IMPORT:
            return self.imported(first.name)
        if first.source is QualifiedNameSource.BUILTIN:
            return first.name
        own = f"{self.file.module}.{first.name}"
        return self.selves.get(own, own)

    def imported(self, name: str) -> str:
        """Return what an import stands for; ours by the module's name."""
        plain = name.lstrip(".")
        level = len(name) - len(plain)
        if not level:
            return self.sources.find(name, self.file) or name
        parts = self.file.package.split(".")
        above = parts[: len(parts) - level + 1]
        return ".".join((*above, plain)) if plain else ".".join(above)

    def value(self, node: cst.CSTNode) -> Value:
        """Return what an expression gives, as far as reading tells."""
        line = self.line(node)
        if isinstance(node, (cst.Name, cst.Attribute, cst.Subscript)):
            return self._named(node, line)
        if isinstance(node, cst.Call):
            return self._called(node, line)
        if isinstance(node, (cst.SimpleString, cst.ConcatenatedString)):
            text = node.evaluated_value
            if isinstance(text, str):
                return Value(Form.TEXT, text, line)
        if isinstance(node, (cst.Integer, cst.Float)):
            return Value(Form.CONSTANT, node.value, line)
        if isinstance(node, (cst.Tuple, cst.List, cst.Set)):
            form = Form.TUPLE if isinstance(node, cst.Tuple) else Form.LIST
            items = tuple(self.value(each.value) for each in node.elements)
            is_open = any(
                isinstance(each, cst.StarredElement) for each in node.elements
            )
            return Value(form, "", line, items, is_open=is_open)
        if isinstance(node, cst.Dict):
            return self._dictionary(node, line)
        if _is_sum(node):
            terms = (self.value(node.left), self.value(node.right))
            return Value(Form.SUM, "a sum", line, terms)
        if isinstance(node, cst.FormattedString):
            return self._formatted(node, line)
        if isinstance(node, cst.Await):
            return self.value(node.expression)
        words = WORDS.get(type(node), "a computed value")
        return Value(Form.OTHER, words, line)

    def _named(self, node: cst.CSTNode, line: int) -> Value:
        if isinstance(node, cst.Name) and node.value in _CONSTANTS:
            return Value(Form.CONSTANT, node.value, line)
        name = self.name(node)
        if name is None:
            return Value(Form.OTHER, "a computed value", line)
        return Value(Form.NAME, name, line)

    def _called(self, node: cst.Call, line: int) -> Value:
        items, named, is_open = [], [], False
        for argument in node.args:
            if argument.star:
                is_open = True
            elif argument.keyword is None:
                items.append(self.value(argument.value))
            else:
                value = self.value(argument.value)
                named.append((argument.keyword.value, value))
        name = self.name(node.func) or ""
        return Value(
            Form.CALL,
            name,
            line,
            tuple(items),
            tuple(named),
            self.site(node),
            is_open,
        )

    def _dictionary(self, node: cst.Dict, line: int) -> Value:
        named = []
        is_open = False
        for element in node.elements:
            key = getattr(element, "key", None)
            text = self.value(key) if key is not None else None
            if text is not None and text.form is Form.TEXT:
                named.append((text.text, self.value(element.value)))
            else:
                is_open = True
        return Value(Form.DICT, "", line, (), tuple(named), "", is_open)

    def _formatted(self, node: cst.FormattedString, line: int) -> Value:
        terms = []
        for part in node.parts:
            if isinstance(part, cst.FormattedStringText):
                terms.append(Value(Form.TEXT, part.value, line))
            elif isinstance(part, cst.FormattedStringExpression):
                terms.append(self.value(part.expression))
        return Value(Form.SUM, "an f-string", line, tuple(terms))


def _is_sum(node: cst.CSTNode) -> TypeGuard[cst.BinaryOperation]:
    return isinstance(node, cst.BinaryOperation) and isinstance(
        node.operator, cst.Add
    )


_CONSTANTS = {"None", "True", "False"}
