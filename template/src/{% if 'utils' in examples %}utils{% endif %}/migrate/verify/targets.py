"""Find the application that a directory holds, and its routes."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TypeGuard

from ..analysing import read_all
from ..application import Application
from ..discovery import TEST_FOLDERS, File, MigrateError, Sources, discover
from ..facts import Action, Form, Value
from ..mounting import Route, Routing
from ..parsing import with_room
from .copies import packages

# What factories are called where several functions return an application.
FACTORIES = ("create_app", "make_app")
FORMS = ("form", "json", "get_json()", "args", "values")


@dataclass(frozen=True)
class Target:
    """An application that can be started.

    Attributes:
        name: its module and name, such as "shop:create_app".
        base: the folder, below the directory, that its modules are in.
        site: the call that makes it, as routes name their application.
        place: the file and line of that call.
    """

    name: str
    base: str = ""
    site: str = ""
    place: str = ""


@dataclass(frozen=True)
class Fields:
    """What the views of a route read of a request, by name."""

    form: tuple[str, ...] = ()
    json: tuple[str, ...] = ()
    query: tuple[str, ...] = ()


@dataclass(frozen=True)
class Source:
    """What reading tells of the old application.

    Attributes:
        targets: the applications that can be started.
        routes: all routes of all of them.
        fields: what views read of a request, by route.
        tests: folders and files of its own tests.
    """

    targets: tuple[Target, ...]
    routes: tuple[Route, ...]
    fields: dict[Route, Fields]
    tests: tuple[str, ...]

    def target(self, named: str | None, path: Path) -> Target:
        """Return the application to start.

        Args:
            named: what the user calls it, or None to take the only one.
            path: the directory, for messages.

        Raises:
            MigrateError: there is none, or there are several.
        """
        if named is not None:
            known = (one for one in self.targets if one.name == named)
            return next(known, Target(named))
        shown = path.as_posix()
        if not self.targets:
            message = (
                f"{shown}: no application and no factory without required "
                "arguments was found; name it with --app module:name"
            )
            raise MigrateError(message)
        if len(self.targets) > 1:
            every = ", ".join(f"{t.name} ({t.place})" for t in self.targets)
            message = (
                f"{shown}: there are several applications, choose one with "
                f"--app: {every}"
            )
            raise MigrateError(message)
        return self.targets[0]

    def of(self, target: Target) -> tuple[Route, ...]:
        """Return the routes of an application, or all if it is not known."""
        if not target.site:
            return tuple(dict.fromkeys(self.routes))
        return tuple(r for r in self.routes if r.application == target.site)


def read(path: Path) -> Source:
    """Read the old application; nothing of it is imported.

    Raises:
        MigrateError: there is nothing to read.
    """
    sources = discover(path)
    return with_room(lambda: _read(path, sources))


def _read(path: Path, sources: Sources) -> Source:
    facts, _ = read_all(sources)
    application = Application(facts, sources.names)
    routing = Routing(application)
    routes = tuple(routing.routes())
    targets = tuple(_targets(routing, sources, path))
    fields = {route: _fields(application, route) for route in routes}
    return Source(targets, routes, fields, _tests(sources))


def _tests(sources: Sources) -> tuple[str, ...]:
    """Return the folders and files of tests, each only once."""
    found = []
    for finding in sources.left_out:
        if finding.kind != "file.test":
            continue
        path = PurePosixPath(finding.file)
        for end, part in enumerate(path.parts[:-1], start=1):
            if part in TEST_FOLDERS:
                path = PurePosixPath(*path.parts[:end])
                break
        if path.name != "conftest.py":
            found.append(path.as_posix())
    return tuple(dict.fromkeys(sorted(found)))


def _targets(
    routing: Routing,
    sources: Sources,
    path: Path,
) -> Iterator[Target]:
    modules = {file.module: file for file in sources.files}
    top = {name: _top_level(file) for name, file in modules.items()}
    for owner in routing.owners.values():
        if owner.kind != "app" or owner.made is None:
            continue
        dotted = _chosen(routing.application, owner.site, top)
        if dotted is None:
            continue
        module, _, name = dotted.rpartition(".")
        imported, base = _imported(modules[module], sources.root, path)
        place = f"{owner.made.file}:{owner.made.line}"
        yield Target(f"{imported}:{name}", base, owner.site, place)


def _chosen(
    application: Application,
    site: str,
    top: dict[str, dict[str, int | None]],
) -> str | None:
    """Return the dotted name of an application or of its factory.

    Best is a variable that the call itself is bound to, or one that holds a
    factory's result and that routes are registered on; then a factory that
    needs no arguments, then any variable that holds a factory's result.
    """
    decorators = {
        use.name
        for use in application.facts.uses
        if use.action is Action.DECORATE
    }
    direct, made, factories = [], [], []
    for module, names in top.items():
        for name, required in names.items():
            dotted = f"{module}.{name}"
            held = application.facts.bindings.get(dotted, [])
            if required is None:
                calls = [one for one in held if one.form is Form.CALL]
                direct += [dotted for one in calls if one.site == site]
                made += [
                    dotted for one in calls if _gives(application, one, site)
                ]
            elif required == 0 and _returns(application, dotted, site):
                factories.append(dotted)
    extended = [
        one
        for one in made
        if any(name.startswith(f"{one}.") for name in decorators)
    ]
    known = [one for one in factories if one.endswith(FACTORIES)]
    found = (*direct, *extended, *known, *factories, *made)
    return next(iter(found), None)


def _gives(application: Application, value: Value, site: str) -> bool:
    return any(
        target.site is not None and target.site.site == site
        for target in application.targets(value)
    )


def _returns(application: Application, dotted: str, site: str) -> bool:
    return any(
        target.site is not None and target.site.site == site
        for target in application.resolve(f"{dotted}()")
    )


def _top_level(file: File) -> dict[str, int | None]:
    """Return the names that a module has once it is imported.

    Functions come with how many arguments they require, others with None.
    """
    try:
        tree = ast.parse(file.path.read_bytes())
    except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
        return {}
    return dict(_bound(tree.body))


def _bound(body: list[ast.stmt]) -> Iterator[tuple[str, int | None]]:
    for node in body:
        if isinstance(node, ast.FunctionDef):
            yield node.name, _required(node.args)
        elif isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Name):
                    yield target.id, None
        elif isinstance(node, ast.AnnAssign):
            if isinstance(node.target, ast.Name):
                yield node.target.id, None
        elif _is_run(node):
            yield from _bound(node.body)


def _required(arguments: ast.arguments) -> int:
    by_place = len(arguments.posonlyargs) + len(arguments.args)
    by_name = sum(default is None for default in arguments.kw_defaults)
    return by_place - len(arguments.defaults) + by_name


def _is_run(node: ast.stmt) -> TypeGuard[ast.Try | ast.With | ast.If]:
    """Return whether a block is run when its module is imported."""
    if not isinstance(node, ast.If):
        return isinstance(node, (ast.Try, ast.With))
    names = (one for one in ast.walk(node.test) if isinstance(one, ast.Name))
    return all(name.id != "__name__" for name in names)


def _imported(file: File, root: Path, path: Path) -> tuple[str, str]:
    """Return how a module is imported, and from where below the root."""
    inside = packages(file.path.parent)
    parts = [folder.name for folder in inside]
    if file.path.name != "__init__.py":
        parts.append(file.path.stem)
    base = inside[0].parent if inside else file.path.parent
    if path.is_file() or not base.is_relative_to(root):
        return ".".join(parts[-1:] if path.is_file() else parts), ""
    return ".".join(parts), base.relative_to(root).as_posix()


def _fields(application: Application, route: Route) -> Fields:
    """Return what the views of a route read of a request, by name."""
    found: dict[str, list[str]] = {name: [] for name in FORMS}
    for use in application.facts.uses:
        if use.where not in route.view:
            continue
        key = use.item
        name = use.name
        if use.call is not None and use.call.items:
            first = use.call.items[0]
            key = first.text if first.form is Form.TEXT else None
            name = use.call.text
        if key is None:
            continue
        for outside in application.names(name):
            for part in FORMS:
                if outside.startswith(f"flask.request.{part}"):
                    found[part].append(key)
    form = (*found["form"], *found["values"])
    json = (*found["json"], *found["get_json()"])
    return Fields(
        tuple(dict.fromkeys(form)),
        tuple(dict.fromkeys(json)),
        tuple(dict.fromkeys(found["args"])),
    )
