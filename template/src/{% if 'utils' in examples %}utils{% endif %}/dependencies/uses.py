"""What a module uses of Flask and of what stands beside it."""

import ast
import sys
from collections.abc import Iterable, Iterator

from .names import Scope
from .routes import argument, is_app, spoken
from .walking import Seen, text_of

GLOBALS = {
    f"flask.{name}" for name in ("current_app", "g", "request", "session")
}
RENDERERS = {"flask.render_template", "flask.stream_template"}
LINKS = {"flask.url_for", "flask.helpers.url_for"}
FROM_TEXT = {"flask.render_template_string", "flask.stream_template_string"}
# How the things that are kept in g, session and config are reached.
READERS = {"get", "pop", "setdefault"}
WRITERS = {"update", "from_mapping"}
NAMES = (ast.Name, ast.Attribute)


# region: globals
def find_globals(nodes: Iterable[Seen]) -> set[str]:
    """Return which of Flask's globals are used; of g, what is in it."""
    found = {name for seen in nodes for name in _globals(seen)}
    for holder in ("g", "session"):
        if any(name.startswith(f"{holder}.") for name in found):
            found.discard(holder)
    return found


def _globals(seen: Seen) -> Iterator[str]:
    node, scope = seen.node, seen.scope
    if isinstance(node, NAMES):
        name = scope.name(node) or ""
        owner, _, attribute = name.rpartition(".")
        if name in GLOBALS:
            yield name.removeprefix("flask.")
        elif owner == "flask.g" and attribute not in READERS:
            yield f"g.{attribute}"
    elif isinstance(node, (ast.Subscript, ast.Call)):
        for holder in ("g", "session"):
            if key := _key(node, scope, f"flask.{holder}"):
                yield f"{holder}.{key}"


# endregion


def _key(
    node: ast.Subscript | ast.Call,
    scope: Scope,
    holder: str,
) -> str | None:
    """Return the key by which something is reached in a holder."""
    if isinstance(node, ast.Subscript):
        is_it = scope.name(node.value) == holder
        return text_of(node.slice, scope) if is_it else None
    owner, _, attribute = (scope.name(node.func) or "").rpartition(".")
    if owner != holder or attribute not in READERS or not node.args:
        return None
    return text_of(node.args[0], scope)


def find_templates(nodes: Iterable[Seen]) -> Iterator[str]:
    """Yield the templates that are rendered."""
    for seen in nodes:
        node, scope = seen.node, seen.scope
        if not isinstance(node, ast.Call):
            continue
        name = scope.name(node.func)
        if name in RENDERERS:
            given = argument(node, 0, "template_name_or_list")
            if isinstance(given, (ast.List, ast.Tuple)):
                yield from (spoken(one, scope) for one in given.elts)
            else:
                yield spoken(given, scope)
        elif name in FROM_TEXT:
            yield "<text>"


def find_links(nodes: Iterable[Seen], blueprint: str) -> Iterator[str]:
    """Yield the endpoints that addresses are made of."""
    for seen in nodes:
        node, scope = seen.node, seen.scope
        if (
            isinstance(node, ast.Call)
            and scope.name(node.func) == "flask.url_for"
        ):
            endpoint = spoken(argument(node, 0, "endpoint"), scope)
            is_own = endpoint.startswith(".")
            yield f"{blueprint}{endpoint}" if is_own else endpoint


def find_packages(nodes: Iterable[Seen]) -> Iterator[str]:
    """Yield what is imported from outside, Python's own left out."""
    for seen in nodes:
        node, application = seen.node, seen.scope.application
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names = [node.module or ""]
        for name in names:
            package = name.partition(".")[0]
            is_ours = application.module_of(application.find(name))
            if not is_ours and package not in sys.stdlib_module_names:
                yield package


def find_extensions(nodes: Iterable[Seen]) -> Iterator[str]:
    """Yield the packages of the extensions that are used.

    An extension that another module makes is one of both.
    """
    for seen in nodes:
        node, scope = seen.node, seen.scope
        if not isinstance(node, NAMES):
            continue
        kind = scope.kind(node) or ""
        package = kind.partition(".")[0]
        is_ours = scope.application.module_of(kind.partition("(")[0])
        if package.startswith(("flask_", "flaskext")) and not is_ours:
            yield package


def find_config(nodes: Iterable[Seen]) -> Iterator[tuple[bool, str]]:
    """Yield the configuration keys: whether each is set, and the key."""
    for seen in nodes:
        node, scope = seen.node, seen.scope
        if isinstance(node, ast.Subscript) and _is_config(node.value, scope):
            if key := text_of(node.slice, scope):
                yield not isinstance(node.ctx, ast.Load), key
        elif isinstance(node, ast.Call):
            yield from _called(node, scope)


def _called(call: ast.Call, scope: Scope) -> Iterator[tuple[bool, str]]:
    function = call.func
    if not isinstance(function, ast.Attribute):
        return
    if not _is_config(function.value, scope):
        return
    if function.attr in WRITERS:
        yield from ((True, k.arg) for k in call.keywords if k.arg)
        return
    key = text_of(call.args[0], scope) if call.args else None
    if key and function.attr in READERS:
        yield False, key


def _is_config(node: ast.expr, scope: Scope) -> bool:
    if isinstance(node, ast.Attribute) and node.attr == "config":
        return is_app(node.value, scope)
    kind = scope.kind(node) or ""
    return kind in {"flask.current_app.config", "flask.Flask().config"}
