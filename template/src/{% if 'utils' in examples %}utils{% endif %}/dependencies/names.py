"""What a name stands for, followed through imports and assignments.

A name is told by where it was made: `flask.request`, `shop.models.User`.
`flask.Blueprint()` is what a call of `flask.Blueprint` returns.
"""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from .bindings import FUNCTIONS, Made, bindings, own_nodes
from .reading import Module


@dataclass(frozen=True)
class Application:
    """The modules of an application, and the names that they bind."""

    modules: Mapping[str, Module]
    aliases: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def bound(self) -> dict[str, dict[str, Made]]:
        """Return for each module its names: made where, or from what."""
        return {
            name: dict(bindings(self.find, module, own_nodes(module.tree)))
            for name, module in self.modules.items()
        }

    def find(self, dotted: str) -> str:
        """Return the name of a module of ours, however it is imported."""
        parts = dotted.split(".")
        for start in self._starts(parts):
            longest = min(len(parts), start + self._deepest)
            for end in range(longest, start, -1):
                name = ".".join(parts[start:end])
                name = self.aliases.get(name, name)
                if name in self.modules:
                    return ".".join((name, *parts[end:]))
        return dotted

    def _starts(self, parts: list[str]) -> Iterator[int]:
        """Yield where a name of ours may begin: behind directories."""
        yield 0
        for above in self._above:
            for start in range(1, min(len(parts), len(above) + 1)):
                if above[-start:] == tuple(parts[:start]):
                    yield start

    @cached_property
    def _above(self) -> set[tuple[str, ...]]:
        return {module.above for module in self.modules.values()}

    @cached_property
    def _deepest(self) -> int:
        names = (*self.modules, *self.aliases)
        return max((name.count(".") + 1 for name in names), default=0)

    def module_of(self, dotted: str) -> str | None:
        """Return the module of ours that a name is in, if it is in one."""
        while dotted and dotted not in self.modules:
            dotted = dotted.rpartition(".")[0]
        return dotted or None

    def title(self, dotted: str) -> str:
        """Return a name of ours as it is within the application."""
        module = self.module_of(dotted)
        if module is None:
            return dotted
        return f"{self.modules[module].title}{dotted[len(module) :]}"

    def follow(self, dotted: str, seen: frozenset[str] = frozenset()) -> str:
        """Return where a name was made, whoever passed it on."""
        dotted = self.find(dotted)
        module = self.module_of(dotted)
        if module is None or module == dotted or dotted in seen:
            return dotted
        first, dot, rest = dotted[len(module) + 1 :].partition(".")
        made = self.bound[module].get(first)
        if made is None:
            made = self._starred(module, first)
        if not isinstance(made, str) or made == f"{module}.{first}":
            return dotted
        return self.follow(f"{made}{dot}{rest}", seen | {dotted})

    def may_follow(self, dotted: str) -> bool:
        """Return whether a name can be one of ours, or lead to one."""
        longest = max(map(len, self._above), default=0) + self._deepest + 1
        return "()" not in dotted and dotted.count(".") < longest

    def kind(self, dotted: str | None) -> str | None:
        """Return what a name was made of: of a call, or of another name."""
        module = self.module_of(dotted or "")
        if not dotted or module is None:
            return dotted
        first, _, rest = dotted[len(module) + 1 :].partition(".")
        made = self.bound[module].get(first)
        if rest or not isinstance(made, ast.expr):
            return dotted
        return Scope(self, self.modules[module]).name(made) or dotted

    def _starred(self, module: str, name: str) -> str | None:
        for key, origin in self.bound[module].items():
            is_star = key.startswith("*") and isinstance(origin, str)
            if is_star and name in self.bound.get(str(origin), {}):
                return f"{origin}.{name}"
        return None


@dataclass(frozen=True)
class Scope:
    """Where a name is read: a module, and what functions bind inside."""

    application: Application
    module: Module
    local: Mapping[str, str | None] = field(default_factory=dict)

    # region: name
    def name(self, node: ast.expr | None) -> str | None:
        """Return what an expression stands for, or None."""
        # From the end of `a.b().c` to its beginning, and back again.
        links: list[str] = []
        while isinstance(node, (ast.Attribute, ast.Call)):
            if isinstance(node, ast.Call):
                links.append("()")
                node = node.func
            else:
                links.append(f".{node.attr}")
                node = node.value
        found = self._look_up(node.id) if isinstance(node, ast.Name) else None
        for link in reversed(links):
            if found is None:
                return None
            found += link
            if self.application.may_follow(found):
                found = self.application.follow(found)
        return found

    # endregion

    def kind(self, node: ast.expr | None) -> str | None:
        """Return what an expression was made of, or None."""
        return self.application.kind(self.name(node))

    def inside(self, function: ast.AST) -> "Scope":
        """Return the scope within a function, lambda or comprehension."""
        local = dict(self.local)
        for name, kind in self._arguments(function):
            local[name] = kind
        nodes = own_nodes(function)
        for name, made in bindings(self.application.find, self.module, nodes):
            if isinstance(made, ast.expr):
                inner = Scope(self.application, self.module, local)
                local[name] = inner.name(made)
            else:
                local[name] = made
        for node in own_nodes(function):
            if isinstance(node, ast.Global):
                for name in node.names:
                    local.pop(name, None)
        return Scope(self.application, self.module, local)

    def _look_up(self, name: str) -> str | None:
        if name in self.local:
            known = self.local[name]
            if known is None or "()" in known:
                return known
            return self.application.follow(known)
        dotted = f"{self.module.name}.{name}"
        found = self.application.follow(dotted)
        bound = self.application.bound[self.module.name]
        return found if found != dotted or name in bound else None

    def _arguments(self, node: ast.AST) -> Iterator[tuple[str, str | None]]:
        if not isinstance(node, (*FUNCTIONS, ast.Lambda)):
            return
        given = node.args
        every = [*given.posonlyargs, *given.args, *given.kwonlyargs]
        for argument in (*every, given.vararg, given.kwarg):
            if argument is not None:
                kind = self.name(_annotation(argument.annotation))
                yield argument.arg, kind and f"{kind}()"


def _annotation(node: ast.expr | None) -> ast.expr | None:
    """Return an annotation, one in quotes as well."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        try:
            return ast.parse(node.value, mode="eval").body
        except SyntaxError:
            return None
    return node
