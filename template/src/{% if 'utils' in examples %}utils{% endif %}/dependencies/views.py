"""What answers: functions and classes with a route, decorated or added."""

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from .bindings import FUNCTIONS
from .facts import Route
from .routes import METHODS, Mounts, argument, is_app, joined, key_of, spoken
from .walking import Seen


@dataclass(frozen=True)
class _View:
    """A view: how it is called, and the methods that a class takes."""

    name: str
    methods: tuple[str, ...] = ()


def find_routes(nodes: Iterable[Seen], mounts: Mounts) -> Iterator[Route]:
    """Yield the routes that a module registers, with their full rules."""
    for seen in nodes:
        node = seen.node
        if isinstance(node, (*FUNCTIONS, ast.ClassDef)):
            view = _View(node.name, _class_methods(node))
            for call in node.decorator_list:
                if isinstance(call, ast.Call):
                    yield from _decorated(call, view, seen, mounts)
        elif isinstance(node, ast.Call):
            yield from _added(node, seen, mounts)


def _decorated(
    call: ast.Call,
    view: _View,
    seen: Seen,
    mounts: Mounts,
) -> Iterator[Route]:
    function = call.func
    if not isinstance(function, ast.Attribute):
        return
    if function.attr not in ("route", *METHODS):
        return
    by_name = () if function.attr == "route" else (function.attr.upper(),)
    methods = by_name or _listed(call) or view.methods or ("GET",)
    named = argument(call, None, "endpoint")
    endpoint = spoken(named, seen.scope) if named else view.name
    rule = spoken(argument(call, 0, "rule"), seen.scope)
    route = Route(rule, methods, endpoint, view.name)
    yield from _mounted(route, function.value, seen, mounts)


def _added(call: ast.Call, seen: Seen, mounts: Mounts) -> Iterator[Route]:
    function = call.func
    if not isinstance(function, ast.Attribute):
        return
    if function.attr != "add_url_rule":
        return
    view = _view(argument(call, 2, "view_func"), seen)
    named = argument(call, 1, "endpoint")
    endpoint = spoken(named, seen.scope) if named else view.name
    rule = spoken(argument(call, 0, "rule"), seen.scope)
    methods = _listed(call) or view.methods or ("GET",)
    route = Route(rule, methods, endpoint, view.name)
    yield from _mounted(route, function.value, seen, mounts)


# region: mounted
def _mounted(
    route: Route,
    owner: ast.expr,
    seen: Seen,
    mounts: Mounts,
) -> Iterator[Route]:
    """Yield a route as often as the blueprint that owns it is mounted."""
    key = key_of(owner, seen)
    made = mounts.made.get(key or "")
    if made is None:
        if is_app(owner, seen.scope):
            yield route
        return
    # One that is mounted nowhere is shown as if it were, by itself.
    places = list(mounts.places(key or "")) or [(made.prefix or "", made.name)]
    for prefix, name in places:
        rule, endpoint = joined(prefix, route.rule), f"{name}.{route.endpoint}"
        yield Route(rule, route.methods, endpoint, route.function)


def _view(node: ast.expr | None, seen: Seen) -> _View:
    """Return the view that is given as a function or as a class."""
    if not isinstance(node, ast.Call):
        name = seen.scope.name(node) or (ast.unparse(node) if node else "")
        return _View(name.rpartition(".")[2])
    owner = node.func
    if not isinstance(owner, ast.Attribute) or owner.attr != "as_view":
        return _View(ast.unparse(node))
    given = argument(node, 0, "name")
    dotted = seen.scope.name(owner.value) or ""
    application = seen.scope.application
    module = application.modules.get(dotted.rpartition(".")[0])
    name = spoken(given, seen.scope) if given else ast.unparse(owner.value)
    for found in module.tree.body if module else ():
        if getattr(found, "name", None) == dotted.rpartition(".")[2]:
            return _View(name, _class_methods(found))
    return _View(name)


# endregion


def _class_methods(node: ast.AST) -> tuple[str, ...]:
    """Return the methods of HTTP that a class has functions for."""
    if not isinstance(node, ast.ClassDef):
        return ()
    functions = {n.name for n in node.body if isinstance(n, FUNCTIONS)}
    return tuple(name.upper() for name in METHODS if name in functions)


def _listed(call: ast.Call) -> tuple[str, ...]:
    """Return the methods that a call lists."""
    listed = argument(call, None, "methods")
    if listed is None:
        return ()
    if not isinstance(listed, (ast.List, ast.Tuple, ast.Set)):
        return (f"<{ast.unparse(listed)}>",)
    return tuple(
        element.value.upper()
        if isinstance(element, ast.Constant) and isinstance(element.value, str)
        else f"<{ast.unparse(element)}>"
        for element in listed.elts
    )
