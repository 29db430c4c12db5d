"""Blueprints, where they are mounted, and the routes that they have."""

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from .facts import Blueprint
from .names import Scope
from .walking import Seen, text_of

BLUEPRINTS = {
    "flask.Blueprint",
    "flask.blueprints.Blueprint",
    "flask_smorest.Blueprint",
}
METHODS = ("get", "post", "put", "patch", "delete", "head", "options")
APPS = {"flask.Flask()", "flask.current_app"}
# What an application is called where nothing says that it is one.
APP_NAMES = {"app", "application", "flask_app"}


@dataclass(frozen=True)
class Mount:
    """A call of `register_blueprint`: what is mounted on what, and how."""

    child: str
    parent: str | None
    prefix: str | None
    name: str | None


@dataclass(frozen=True)
class Made:
    """A call of `Blueprint`: its variable, its name and its prefix."""

    module: str
    variable: str
    name: str
    prefix: str | None


@dataclass
class Mounts:
    """The blueprints of an application, and where each is mounted."""

    made: dict[str, Made] = field(default_factory=dict)
    mounts: list[Mount] = field(default_factory=list)

    # region: places
    def places(
        self,
        key: str,
        seen: frozenset[str] = frozenset(),
    ) -> Iterator[tuple[str, str]]:
        """Yield the prefixes of a blueprint's rules and endpoints."""
        made = self.made[key]
        for mount in self.mounts:
            if mount.child != key:
                continue
            prefix = made.prefix if mount.prefix is None else mount.prefix
            name = mount.name or made.name
            if mount.parent is None:
                yield prefix or "", name
            elif mount.parent in self.made and key not in seen:
                for above in self.places(mount.parent, seen | {key}):
                    yield joined(above[0], prefix or ""), f"{above[1]}.{name}"

    def blueprints(self, module: str) -> Iterator[Blueprint]:
        """Yield the blueprints that a module makes."""
        for key, made in self.made.items():
            if made.module == module:
                prefixes = sorted({prefix for prefix, _ in self.places(key)})
                yield Blueprint(made.name, made.variable, tuple(prefixes))

    # endregion


def joined(prefix: str, rule: str) -> str:
    """Join a prefix and a rule as Flask does."""
    if not prefix or not rule:
        return prefix or rule
    return f"{prefix.rstrip('/')}/{rule.lstrip('/')}"


def key_of(node: ast.expr | None, seen: Seen) -> str | None:
    """Return the name of a blueprint's variable, a function's own as well."""
    name = seen.scope.name(node)
    if isinstance(node, ast.Name) and (name or "").endswith("()"):
        module = seen.scope.module.name
        return ".".join((module, *seen.around, node.id))
    return name


def is_app(node: ast.expr, scope: Scope) -> bool:
    """Return whether an expression is an application, as far as is told."""
    name = scope.name(node)
    if scope.application.kind(name) in APPS:
        return True
    if name in scope.application.modules:
        return False
    own = node.attr if isinstance(node, ast.Attribute) else None
    return (node.id if isinstance(node, ast.Name) else own) in APP_NAMES


def find_mounts(nodes: Iterable[Seen]) -> Mounts:
    """Find all blueprints of an application and where they are mounted."""
    found = Mounts()
    for seen in nodes:
        node = seen.node
        if isinstance(node, (ast.Assign, ast.AnnAssign)):
            found.made.update(_made(node, seen))
        elif isinstance(node, ast.Call):
            found.mounts += _mounted(node, seen, {})
        elif isinstance(node, ast.For):
            found.mounts += _looped(node, seen)
    return found


def _made(
    node: ast.Assign | ast.AnnAssign,
    seen: Seen,
) -> Iterator[tuple[str, Made]]:
    call, scope = node.value, seen.scope
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    if (
        not isinstance(call, ast.Call)
        or scope.name(call.func) not in BLUEPRINTS
    ):
        return
    name = spoken(argument(call, 0, "name"), scope)
    prefix = argument(call, None, "url_prefix")
    for target in targets:
        if isinstance(target, ast.Name):
            module = scope.module.name
            key = ".".join((module, *seen.around, target.id))
            text = spoken(prefix, scope) if prefix else None
            yield key, Made(module, target.id, name, text)


def _mounted(
    call: ast.Call,
    seen: Seen,
    loop: dict[str, ast.expr],
) -> Iterator[Mount]:
    function = call.func
    if not isinstance(function, ast.Attribute):
        return
    if function.attr != "register_blueprint" or not call.args:
        return
    child = key_of(_replaced(call.args[0], loop), seen)
    if child is None:
        return
    options = [
        spoken(option, seen.scope) if option else None
        for option in (
            argument(call, None, "url_prefix"),
            argument(call, None, "name"),
        )
    ]
    is_root = is_app(function.value, seen.scope)
    parent = None if is_root else key_of(function.value, seen)
    yield Mount(child, parent, *options)


def _looped(node: ast.For, seen: Seen) -> Iterator[Mount]:
    """Yield what is mounted for each of several that stand in a loop."""
    if not isinstance(node.target, ast.Name):
        return
    if not isinstance(node.iter, (ast.Tuple, ast.List)):
        return
    for call in ast.walk(node):
        if isinstance(call, ast.Call):
            for element in node.iter.elts:
                yield from _mounted(call, seen, {node.target.id: element})


def _replaced(node: ast.expr, loop: dict[str, ast.expr]) -> ast.expr:
    if isinstance(node, ast.Name):
        return loop.get(node.id, node)
    if isinstance(node, ast.Attribute):
        return ast.Attribute(_replaced(node.value, loop), node.attr, node.ctx)
    return node


def argument(call: ast.Call, place: int | None, name: str) -> ast.expr | None:
    """Return an argument, given by place or by name."""
    if place is not None and place < len(call.args):
        return call.args[place]
    return next((k.value for k in call.keywords if k.arg == name), None)


def spoken(node: ast.expr | None, scope: Scope) -> str:
    """Return a text, or the code that makes it where it is not known."""
    text = text_of(node, scope)
    return (
        text if text is not None else f"<{ast.unparse(node)}>" if node else ""
    )
