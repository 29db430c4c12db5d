"""The map for people: the order first, and then each part."""

from collections.abc import Iterator, Sequence

from .facts import Map, Part, Route
from .order import shortest_loop

WIDTH = 79


def as_text(found: Map) -> str:
    """Return the map as text."""
    routes = sum(len(part.found.routes) for part in found.parts)
    parts = count(len(found.parts), "part")
    head = f"{found.application}: {parts}, {count(routes, 'route')}"
    intro = "In this order, each part is moved after all that it needs:"
    blocks = [head, intro, as_order(found)]
    blocks += ["\n".join(_told(part)) for part in found.parts]
    return "\n\n".join(blocks)


def as_order(found: Map) -> str:
    """Return the order of the parts as a table, and the cycles."""
    return "\n".join((*_order(found), "", *_cycles(found)))


# region: order-table
def _order(found: Map) -> Iterator[str]:
    parts = {part.name: part for part in found.parts}
    widest = max((len(name) for name in parts), default=0)
    widest = max(widest, len("part"))
    yield f"stage  {'part':{widest}}  needs  needed by  routes"
    for step in found.order:
        for name in step.parts:
            part = parts[name]
            counts = f"{len(part.needs):5}  {len(part.needed_by):9}"
            routes = len(part.found.routes)
            yield f"{step.stage:5}  {name:{widest}}  {counts}  {routes:6}"


def _cycles(found: Map) -> Iterator[str]:
    graph = {part.name: frozenset(part.needs) for part in found.parts}
    for cycle in found.cycles:
        yield from _wrapped("A cycle, to be cut or moved at once:", cycle)
        loop = shortest_loop(graph, cycle)
        arrows = [f"{part} ->" for part in loop[:-1]]
        yield from _wrapped("  its shortest loop:", [*arrows, loop[-1]], "")
    if not found.cycles:
        yield "No part needs itself by way of others."


# endregion


def _told(part: Part) -> Iterator[str]:
    found = part.found
    yield f"{part.name}  ({part.path}, stage {part.stage})"
    yield from _field("needs", part.needs)
    yield from _field("needed by", part.needed_by)
    for blueprint in found.blueprints:
        where = " and ".join(p or "/" for p in blueprint.prefixes)
        place = f"at {where}" if where else "mounted nowhere"
        yield from _field("blueprint", [f"{blueprint.name} {place}"])
    for route in found.routes:
        is_first = route == found.routes[0]
        yield f"  {'routes' if is_first else '':11}{_route(route)}"
    hooks = [f"{hook.hook}: {hook.function}" for hook in found.hooks]
    handlers = [f"{h.error}: {h.function}" for h in found.error_handlers]
    yield from _field("hooks", hooks)
    yield from _field("errors", handlers)
    yield from _field("packages", found.packages)
    yield from _field("extensions", found.extensions)
    yield from _field("globals", found.globals)
    yield from _field("templates", found.templates)
    yield from _field("defines", (*found.models_defined, *found.tasks_defined))
    yield from _field("models", found.models_used)
    yield from _field("tasks", found.tasks_called)
    yield from _field("links to", found.endpoints_linked)
    yield from _field("reads", found.config_read)
    yield from _field("sets", found.config_set)


def _route(route: Route) -> str:
    methods = ",".join(route.methods)
    return f"{methods:6} {route.rule}  {route.endpoint}"


def _field(name: str, values: Sequence[str]) -> Iterator[str]:
    if values:
        yield from _wrapped(f"  {name:10}", values)


def _wrapped(
    head: str,
    values: Sequence[str],
    between: str = ",",
) -> Iterator[str]:
    """Yield values behind a head, on as many lines as they need."""
    line = head
    for place, value in enumerate(values):
        comma = between if place + 1 < len(values) else ""
        if len(f"{line} {value}{comma}") > WIDTH and line.strip():
            yield line
            line = " " * len(f"  {'':10}")
        line = f"{line} {value}{comma}"
    yield line


def count(number: int, what: str) -> str:
    """Return a number of things in words."""
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
