"""Every expression and statement of a module, each with its names."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from .bindings import FUNCTIONS, SCOPES
from .names import Application, Scope
from .reading import Module


# region: walk
@dataclass(frozen=True)
class Seen:
    """A node, the scope that it is read in, and the functions around it."""

    node: ast.AST
    scope: Scope
    around: tuple[str, ...] = ()


def walk(application: Application, module: Module) -> Iterator[Seen]:
    """Yield all nodes of a module but those that only types are from."""
    scope = Scope(application, module)
    waiting = [Seen(node, scope) for node in reversed(module.tree.body)]
    while waiting:
        seen = waiting.pop()
        yield seen
        waiting += reversed(list(_below(seen)))


# endregion


def _below(seen: Seen) -> Iterator[Seen]:
    node, scope, around = seen.node, seen.scope, seen.around
    if is_for_types(node):
        assert isinstance(node, ast.If)
        yield from (Seen(child, scope, around) for child in node.orelse)
        return
    if not isinstance(node, SCOPES):
        for child in ast.iter_child_nodes(node):
            yield Seen(child, scope, around)
        return
    inner = scope.inside(node)
    if not isinstance(node, FUNCTIONS):
        for child in ast.iter_child_nodes(node):
            yield Seen(child, inner, around)
        return
    # What stands before the body is evaluated outside.
    for outer in (*node.decorator_list, node.args, node.returns):
        if outer is not None:
            yield Seen(outer, scope, around)
    for child in node.body:
        yield Seen(child, inner, (*around, node.name))


def is_for_types(node: ast.AST) -> bool:
    """Return whether it is an `if TYPE_CHECKING:`, which never runs."""
    if not isinstance(node, ast.If):
        return False
    test = node.test
    if isinstance(test, ast.Attribute):
        return test.attr == "TYPE_CHECKING"
    return isinstance(test, ast.Name) and test.id == "TYPE_CHECKING"


def text_of(node: ast.expr | None, scope: Scope) -> str | None:
    """Return the text that an expression is; None if that is not known."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    name = scope.name(node)
    module = scope.application.module_of(name or "")
    if not name or module is None or module == name:
        return None
    made = scope.application.bound[module].get(name[len(module) + 1 :])
    if isinstance(made, ast.Constant) and isinstance(made.value, str):
        return made.value
    return None
