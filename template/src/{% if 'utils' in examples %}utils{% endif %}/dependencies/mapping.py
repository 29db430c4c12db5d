"""Make the map of an application from its source."""

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from .bindings import origin_of
from .definitions import Definitions, find_definitions, find_named, find_sent
from .facts import ErrorHandler, Found, Hook, Map, Part
from .hooks import find_hooks
from .names import Application
from .order import Graph, order, reached
from .reading import MapError, Module, Sources, read
from .routes import Mounts, find_mounts
from .uses import (
    find_config,
    find_extensions,
    find_globals,
    find_links,
    find_packages,
    find_templates,
)
from .views import find_routes
from .walking import Seen, walk


@dataclass(frozen=True)
class Whole:
    """What is known of all modules when one is looked at."""

    application: Application
    mounts: Mounts
    definitions: Definitions


# region: make-map
def make_map(path: Path, start: str | None = None) -> Map:
    """Make the map of the application at a path.

    Args:
        path: its directory, or its only file.
        start: the part to begin with: what it does not need is left out.

    Raises:
        MapError: there is nothing to read, or no such part.
    """
    sources = read(path)
    application = _application(sources)
    nodes = {
        name: list(walk(application, module))
        for name, module in application.modules.items()
    }
    every = [seen for found in nodes.values() for seen in found]
    whole = Whole(application, find_mounts(every), find_definitions(every))
    graph: Graph = {
        module.title: frozenset(needs(application, module, nodes[name]))
        for name, module in application.modules.items()
    }
    if start is not None:
        graph = _needed(graph, start, path)
    steps = order(graph)
    stages = {part: step.stage for step in steps for part in step.parts}
    parts = [
        _part(module, graph, stages, find(whole, module, nodes[name]))
        for name, module in application.modules.items()
        if module.title in graph
    ]
    parts.sort(key=lambda part: part.name)
    unread = tuple(str(one) for one in sources.unread)
    return Map(sources.application, tuple(parts), steps, unread)


# endregion


def _needed(graph: Graph, start: str, path: Path) -> Graph:
    """Return the graph of a part and all that it needs."""
    if start not in graph:
        close = get_close_matches(start, graph, n=1)
        hint = f"; did you mean {close[0]!r}?" if close else ""
        raise MapError(f"{path.as_posix()}: has no part {start!r}{hint}")
    kept = {start, *reached(graph, start)}
    return {part: graph[part] for part in graph if part in kept}


def _application(sources: Sources) -> Application:
    modules = {module.name: module for module in sources.modules}
    # So it may call itself, where the directories above are packages.
    aliases = {}
    for module in sources.modules:
        is_root = module.title == sources.application
        within = "" if is_root else f".{module.title}"
        alias = f"{sources.application}{within}"
        if alias not in modules:
            aliases[alias] = module.name
    return Application(modules, aliases)


def _part(
    module: Module,
    graph: Graph,
    stages: dict[str, int],
    found: Found,
) -> Part:
    name = module.title
    users = sorted(user for user in graph if name in graph[user])
    return Part(
        name,
        module.path,
        stages[name],
        tuple(sorted(graph[name])),
        tuple(users),
        found,
    )


def needs(
    application: Application,
    module: Module,
    nodes: list[Seen],
) -> Iterator[str]:
    """Yield the other parts that a module imports, wherever it does."""
    for seen in nodes:
        if not isinstance(seen.node, (ast.Import, ast.ImportFrom)):
            continue
        for dotted in _imported(module, seen.node):
            owner = application.module_of(application.find(dotted))
            if owner and owner != module.name:
                yield application.modules[owner].title


def _imported(module: Module, node: ast.Import | ast.ImportFrom) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    origin = origin_of(module, node)
    return [f"{origin}.{alias.name}".lstrip(".") for alias in node.names]


def find(whole: Whole, module: Module, nodes: list[Seen]) -> Found:
    """Return all that is to be told of a module."""
    title = whole.application.title
    blueprints = tuple(sorted(whole.mounts.blueprints(module.name)))
    routes = tuple(sorted(set(find_routes(nodes, whole.mounts))))
    # The one that a link such as `.index` stays within.
    names = [route.endpoint.rpartition(".")[0] for route in routes]
    own = next(iter([*names, *(each.name for each in blueprints)]), "")
    around = set(find_hooks(nodes))
    config = set(find_config(nodes))
    models, tasks = whole.definitions.models, whole.definitions.tasks
    named = {title(task) for task in find_named(nodes, tasks)}

    def defined(names: frozenset[str]) -> set[str]:
        return {n for n in names if n.rpartition(".")[0] == module.name}

    return Found(
        blueprints=blueprints,
        routes=routes,
        hooks=tuple(sorted(h for h in around if isinstance(h, Hook))),
        error_handlers=tuple(
            sorted(h for h in around if isinstance(h, ErrorHandler)),
        ),
        packages=_sorted(find_packages(nodes)),
        extensions=_sorted(find_extensions(nodes)),
        globals=_sorted(find_globals(nodes)),
        templates=_sorted(find_templates(nodes)),
        models_defined=_sorted(map(title, defined(models))),
        models_used=_sorted(
            map(title, {*find_named(nodes, models)} - defined(models)),
        ),
        tasks_defined=_sorted(map(title, defined(tasks))),
        tasks_called=_sorted(named | {*find_sent(nodes)}),
        endpoints_linked=_sorted(find_links(nodes, own)),
        config_read=_sorted(key for is_set, key in config if not is_set),
        config_set=_sorted(key for is_set, key in config if is_set),
    )


def _sorted(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(names)))
