"""The map as a diagram in Mermaid: the parts by stage, and their needs."""

from collections.abc import Iterator

from .facts import Map, Part
from .order import Graph, reached
from .text import count

# What Mermaid would take for its own, and what is shown in its place.
ESCAPED = str.maketrans('"`<>', "''()")
# So that the letters are still large enough where the page is narrow.
CLOSE = (
    '%%{init: {"flowchart": '
    '{"nodeSpacing": 15, "rankSpacing": 30, "padding": 8}}}%%'
)
# In the colours of the book's diagrams.
STYLES = {
    "routes": "fill:#d6e4f9",
    "cycle": "stroke:#b3261e,stroke-width:3px",
}


def as_mermaid(found: Map) -> str:
    """Return the map as a flowchart.

    An arrow leads to what a part needs. It is left out where a longer
    way says the same, so that few lines cross.
    """
    graph = {part.name: frozenset(part.needs) for part in found.parts}
    in_cycles = {name for cycle in found.cycles for name in cycle}
    keys = {name: f"part{place}" for place, name in enumerate(graph)}
    lines = [CLOSE, "flowchart TB"]
    for part in found.parts:
        lines.append(f'  {keys[part.name]}["{_label(part)}"]')
    lines += [f"  {keys[a]} --> {keys[b]}" for a, b in sorted(short(graph))]
    with_routes = {part.name for part in found.parts if part.found.routes}
    for style, names in (("routes", with_routes), ("cycle", in_cycles)):
        if names:
            members = ",".join(keys[name] for name in sorted(names))
            lines.append(f"  classDef {style} {STYLES[style]}")
            lines.append(f"  class {members} {style}")
    return "\n".join(lines)


def _label(part: Part) -> str:
    routes = len(part.found.routes)
    more = f"<br>{count(routes, 'route')}" if routes else ""
    return part.name.translate(ESCAPED) + more


# region: short
def short(graph: Graph) -> Iterator[tuple[str, str]]:
    """Yield the needs that do not follow from other needs."""
    below = {part: reached(graph, part) for part in graph}
    for part, needs in graph.items():
        for need in needs:
            others = needs - {need}
            is_implied = any(
                need in below[other] and part not in below[other]
                for other in others
                if other not in below[need]
            )
            if not is_implied:
                yield part, need


# endregion
