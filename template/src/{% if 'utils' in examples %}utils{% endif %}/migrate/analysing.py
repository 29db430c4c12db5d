"""Analyse an application: from its files to the report."""

import gc
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from .application import Application
from .collecting import collect
from .converters import about
from .discovery import File, MigrateError, Sources, discover, read
from .facts import Action, Facts
from .findings import LIMIT, Finding, found
from .hooks import ASYNC
from .matching import matched
from .mounting import UNMOUNTED, Route, Routing
from .parsing import DEEP, parse, with_room
from .reports import (
    OWN,
    SHARED,
    Effort,
    Judged,
    Made,
    Report,
    count,
    points,
)
from .responses import returned


def analyse(path: Path) -> Report:
    """Return the report on the application at a path.

    Raises:
        MigrateError: there is nothing to report on.
    """
    sources = discover(path)
    name = path.resolve().name
    return with_room(lambda: _report(name, path, sources))


def _report(name: str, path: Path, sources: Sources) -> Report:
    facts, unread = read_all(sources)
    if not has_flask(facts) and not unread:
        message = f"{path.as_posix()}: no file below it imports Flask"
        raise MigrateError(message)
    application = Application(facts, sources.names)
    routing = Routing(application)
    routes = routing.routes()
    findings = findings_of(application, routing, routes)
    every = {*sources.left_out, *unread, *findings}
    judged = _judge(application, routes, findings)
    return Report(
        name,
        len(sources.files),
        facts.lines,
        _applications(routing, routes),
        judged,
        tuple(sorted(shown(finding) for finding in every)),
        _efforts(routing, judged, findings),
    )


def read_all(sources: Sources) -> tuple[Facts, list[Finding]]:
    """Return the facts of all files, and what could not be read."""
    facts = Facts()
    unread: list[Finding] = []
    with collected_by_file() as collect_garbage:
        for file in sources.files:
            problem = _read_one(file, sources, facts)
            if problem is not None:
                unread.append(problem)
            collect_garbage()
    return facts, unread


@contextmanager
def collected_by_file() -> Iterator[Callable[[], object]]:
    """Let garbage be collected once for each file, and not while it grows.

    A tree is of no use once its facts are known, but all of it is in use
    before: looking through it again and again is a sixth of the time.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield lambda: gc.collect(0)
    finally:
        if was_enabled:
            gc.enable()


def _read_one(file: File, sources: Sources, facts: Facts) -> Finding | None:
    code = read(file)
    if isinstance(code, Finding):
        return code
    tree = parse(file, code)
    if isinstance(tree, Finding):
        return tree
    facts.lines += code.count(b"\n")
    try:
        collect(file, sources, tree, facts)
    except RecursionError:
        return found(DEEP, file.shown, 0)
    return None


def has_flask(facts: Facts) -> bool:
    """Return whether any file imports Flask."""
    return any(
        use.name.startswith(("flask", "apiflask"))
        for use in facts.uses
        if use.action is Action.IMPORT
    )


def findings_of(
    application: Application,
    routing: Routing,
    routes: Iterable[Route],
) -> list[Finding]:
    """Return all that is found in files that could be read."""
    findings = list(routing.findings)
    for use in application.facts.uses:
        findings.extend(matched(application, use))
    for route in routes:
        findings.extend(about(route))
        for key in route.view:
            function = application.facts.functions.get(key)
            if function is None:
                continue
            findings.extend(returned(application, function))
            if function.is_async:
                file, line = function.file, function.line
                findings.append(found(ASYNC, file, line, key))
    for owner in routing.owners.values():
        is_lost = owner.kind == "blueprint" and not any(routing.places(owner))
        if is_lost and owner.made is not None:
            use = owner.made
            findings.append(found(UNMOUNTED, use.file, use.line, use.where))
    return list(dict.fromkeys(findings))


def _judge(
    application: Application,
    routes: Iterable[Route],
    findings: Iterable[Finding],
) -> tuple[Judged, ...]:
    """Return the routes, each with what is above the limit in it."""
    heavy: dict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        if finding.severity > LIMIT:
            heavy[finding.where].append(finding)
    used = used_by(application)
    judged = []
    for route in routes:
        own = [each for each in about(route) if each.severity > LIMIT]
        inside = [
            finding
            for place in reached(used, route.view)
            for finding in heavy[place]
            if not finding.kind.startswith("route.")
        ]
        blockers = sorted({shown(each) for each in (*own, *inside)})
        judged.append(Judged(route, tuple(blockers)))
    return tuple(judged)


def used_by(application: Application) -> Mapping[str, set[str]]:
    """Return for each function the functions and classes that it uses."""
    used: dict[str, set[str]] = defaultdict(set)
    facts = application.facts
    for function in facts.functions.values():
        used[function.parent].add(function.key)
        if function.cls is not None:
            used[function.key].add(function.cls)
    for use in facts.uses:
        if use.action is Action.IMPORT:
            continue
        # What is called, not what it returns.
        name = use.call.text if use.call is not None else use.name
        for target in application.resolve(name):
            key = target.name.removesuffix("()")
            if key in facts.functions or key in facts.classes:
                used[use.function or use.where].add(key)
    return used


def reached(
    used: Mapping[str, set[str]],
    start: Iterable[str],
) -> list[str]:
    """Return what functions reach, themselves included."""
    seen: set[str] = set()
    waiting = list(start)
    methods = set(waiting)
    while waiting:
        key = waiting.pop()
        if key in seen:
            continue
        seen.add(key)
        waiting.extend(used.get(key, ()))
    return sorted(seen | methods)


def _applications(
    routing: Routing,
    routes: Iterable[Route],
) -> tuple[Made, ...]:
    made = []
    for owner in routing.owners.values():
        use = owner.made
        if owner.kind != "app" or use is None:
            continue
        total = sum(route.application == owner.site for route in routes)
        made.append(Made(shown_name(use.where), use.file, use.line, total))
    return tuple(sorted(made, key=lambda one: (one.file, one.line)))


def shown_name(key: str) -> str:
    """Return the key of a function as people write it."""
    return key.rpartition("@")[0].replace(".<locals>", "") or key


def shown(finding: Finding) -> Finding:
    return replace(finding, where=shown_name(finding.where))


def _efforts(
    routing: Routing,
    judged: Iterable[Judged],
    findings: Iterable[Finding],
) -> tuple[Effort, ...]:
    """Return the effort for each blueprint, the largest first."""
    routes: dict[str, list[Judged]] = defaultdict(list)
    owner_of: dict[str, str] = {}
    for each in judged:
        name = each.route.blueprint or OWN
        routes[name].append(each)
        for key in each.route.view:
            owner_of.setdefault(key, name)
    files = _files_of_blueprints(judged)
    parts: dict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        name = owner_of.get(finding.where) or files.get(finding.file, SHARED)
        parts[name].append(finding)
    efforts = [
        Effort(
            name,
            len(routes[name]),
            sum(each.converts for each in routes[name]),
            count(parts[name]),
            points(parts[name]),
        )
        for name in sorted({*routes, *parts})
    ]
    return tuple(sorted(efforts, key=lambda one: (-one.points, one.name)))


def _files_of_blueprints(judged: Iterable[Judged]) -> dict[str, str]:
    """Return the blueprint of each file whose routes are all of one."""
    names: dict[str, set[str]] = defaultdict(set)
    for each in judged:
        names[each.route.file].add(each.route.blueprint or OWN)
    return {
        file: next(iter(found))
        for file, found in names.items()
        if len(found) == 1
    }
