"""In which order parts can be moved: each after all that it needs."""

from collections import deque
from collections.abc import Collection, Iterator, Mapping

from .facts import Step

Graph = Mapping[str, frozenset[str]]


def groups(graph: Graph) -> Iterator[tuple[str, ...]]:
    """Yield parts that need each other together, and after their needs.

    It is Tarjan's search for strongly connected components, without
    recursion, for the longest chain of imports is not known.
    """
    number: dict[str, int] = {}
    lowest: dict[str, int] = {}
    open_: list[str] = []
    done: set[str] = set()
    for start in sorted(graph):
        way = [] if start in number else [(start, iter(sorted(graph[start])))]
        while way:
            part, needs = way[-1]
            if part not in number:
                number[part] = lowest[part] = len(number)
                open_.append(part)
            for need in needs:
                if need not in number:
                    way.append((need, iter(sorted(graph[need]))))
                    break
                if need not in done:
                    lowest[part] = min(lowest[part], lowest[need])
            else:
                way.pop()
                if lowest[part] == number[part]:
                    group = open_[open_.index(part) :]
                    del open_[open_.index(part) :]
                    done.update(group)
                    yield tuple(sorted(group))
                elif way:
                    above = way[-1][0]
                    lowest[above] = min(lowest[above], lowest[part])


def reached(graph: Graph, start: str) -> frozenset[str]:
    """Return all that a part needs, by way of others too."""
    found: set[str] = set()
    waiting = [start]
    while waiting:
        more = graph[waiting.pop()] - found
        found |= more
        waiting += more
    return frozenset(found)


def shortest_loop(graph: Graph, parts: Collection[str]) -> tuple[str, ...]:
    """Return the shortest way from a part by others back to itself."""
    loops = (_way_back(graph, part) for part in sorted(parts))
    return min(filter(None, loops), key=len, default=())


def _way_back(graph: Graph, start: str) -> tuple[str, ...]:
    came_from: dict[str, str] = {}
    waiting = deque([start])
    while waiting:
        part = waiting.popleft()
        for need in sorted(graph[part]):
            if need not in came_from:
                came_from[need] = part
                waiting.append(need)
        if start in came_from:
            break
    if start not in came_from:
        return ()
    way = [start]
    while len(way) == 1 or way[-1] != start:
        way.append(came_from[way[-1]])
    return tuple(reversed(way))


# region: order
def order(graph: Graph) -> tuple[Step, ...]:
    """Return the steps of a migration that begins at the bottom.

    Stage 1 needs nothing of the application, stage 2 only stage 1, and
    so on. Within a stage come first those with the fewest needs, and of
    these the ones that the fewest others need.
    """
    stages: dict[str, int] = {}
    steps = []
    for group in groups(graph):
        needs = {need for part in group for need in graph[part]} - {*group}
        stage = 1 + max((stages[need] for need in needs), default=0)
        stages.update(dict.fromkeys(group, stage))
        steps.append(Step(stage, group))

    users: dict[str, set[str]] = {part: set() for part in graph}
    for part in graph:
        for need in graph[part]:
            users[need].add(part)

    def weight(step: Step) -> tuple[object, ...]:
        needed = {need for part in step.parts for need in graph[part]}
        using = {user for part in step.parts for user in users[part]}
        counts = len(step.parts), len(needed), len(using)
        return step.stage, *counts, step.parts

    return tuple(sorted(steps, key=weight))


# endregion
