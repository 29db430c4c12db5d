"""The names that a scope binds: by import, by definition, by assignment."""

import ast
from collections.abc import Callable, Iterable, Iterator

from .reading import Module

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
COMPREHENSIONS = (
    ast.ListComp,
    ast.SetComp,
    ast.DictComp,
    ast.GeneratorExp,
)
SCOPES = (*FUNCTIONS, ast.Lambda, *COMPREHENSIONS)


def own_nodes(scope: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes of a scope in order, but not of those inside it."""
    waiting = list(reversed(list(ast.iter_child_nodes(scope))))
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, (*SCOPES, ast.ClassDef, ast.arguments)):
            waiting += reversed(list(ast.iter_child_nodes(node)))


Made = ast.expr | str | None


def bindings(
    find: Callable[[str], str],
    module: Module,
    nodes: Iterable[ast.AST],
) -> Iterator[tuple[str, Made]]:
    """Yield the names that nodes bind: made where, or made from what.

    Args:
        find: returns the full name of a module, however it is imported.
        module: where the nodes are.
        nodes: those of one scope.
    """
    for node in nodes:
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            yield from _imported(find, module, node)
        elif isinstance(node, (*FUNCTIONS, ast.ClassDef)):
            yield node.name, f"{module.name}.{node.name}"
        elif isinstance(node, ast.Assign):
            for target in node.targets:
                yield from _stored(target, node.value)
        elif isinstance(node, ast.AnnAssign):
            is_call = isinstance(node.value, ast.Call)
            instance = ast.Call(node.annotation, [], [])
            yield from _stored(
                node.target, node.value if is_call else instance
            )
        elif isinstance(node, ast.NamedExpr):
            yield from _stored(node.target, node.value)
        elif isinstance(node, (ast.For, ast.AsyncFor, ast.comprehension)):
            yield from _stored(node.target, None)
        elif isinstance(node, ast.withitem) and node.optional_vars:
            yield from _stored(node.optional_vars, node.context_expr)
        elif isinstance(node, ast.ExceptHandler) and node.name:
            yield node.name, None


def _stored(
    target: ast.expr, value: ast.expr | None
) -> Iterator[tuple[str, Made]]:
    """Yield the names of a target; only one alone is made from the value."""
    if isinstance(target, ast.Name):
        yield target.id, value
        return
    for node in ast.walk(target):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id, None


def _imported(
    find: Callable[[str], str],
    module: Module,
    node: ast.Import | ast.ImportFrom,
) -> Iterator[tuple[str, Made]]:
    for alias in node.names:
        if isinstance(node, ast.Import):
            top = alias.name.partition(".")[0]
            full = find(alias.name) if alias.asname else top
            yield alias.asname or top, full
            continue
        origin = find(origin_of(module, node))
        if alias.name == "*":
            yield f"*{origin}", origin
        else:
            full = f"{origin}.{alias.name}"
            yield alias.asname or alias.name, find(full)


# region: origin
def origin_of(module: Module, node: ast.ImportFrom) -> str:
    """Return the full name of what is imported from."""
    if not node.level:
        return node.module or ""
    parts = module.package.split(".") if module.package else []
    kept = parts[: len(parts) + 1 - node.level]
    return ".".join((*kept, *([node.module] if node.module else [])))


# endregion
