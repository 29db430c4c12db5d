"""The comparison as text for a terminal."""

from collections.abc import Iterator

from ..mounting import Route
from .results import Exchange, State, Verification
from .suites import Outcome

WIDEST = 100


def as_text(found: Verification) -> str:
    """Return what was found, the summary first."""
    parts = (
        _head(found),
        _differences(found),
        _tests(found),
        _unproven(found),
        _redirected(found),
        _notes(found),
    )
    texts = ("\n".join(part) for part in parts)
    return "\n\n".join(text for text in texts if text)


def title(route: Route) -> str:
    """Return a route with its place."""
    place = f"{route.file}:{route.line}" if route.file else route.endpoint
    return f"{route.rule} ({place})"


def cut(text: str) -> str:
    """Return a text on one line, its end cut off if it is long."""
    line = " ".join(text.split())
    return line if len(line) <= WIDEST else f"{line[: WIDEST - 1]}…"


def _head(found: Verification) -> Iterator[str]:
    yield f"OLD {found.old}"
    yield f"NEW {found.new}"
    yield f"{found.summary}."
    yield f"{found.tests}."


def _differences(found: Verification) -> Iterator[str]:
    if not found.different:
        return
    yield "Requests that are answered differently"
    for exchange in found.different:
        yield from _exchange(exchange)
    for error in found.errors:
        yield f"  NEW wrote: {cut(error)}"


def _exchange(exchange: Exchange) -> Iterator[str]:
    yield f"  {sent(exchange)} ({exchange.place})"
    for one in exchange.differences:
        old, new = cut(one.first), cut(one.second)
        line = f"    {one.what}: OLD {old}, NEW {new}"
        if len(line) <= WIDEST:
            yield line
        else:
            yield from (f"    {one.what}", f"      OLD {old}")
            yield f"      NEW {new}"


def sent(exchange: Exchange) -> str:
    """Return a request in a few words."""
    request = exchange.request
    kind, body = request.content()
    if body is None:
        return request.title
    name = {key.lower(): value for key, value in kind.items()}
    content = cut(body.decode("utf-8", "replace"))
    return f"{request.title} with {name['content-type']} {content}"


def _tests(found: Verification) -> Iterator[str]:
    suite = found.suite
    if suite is None or not (suite.changed or suite.unsteady):
        return
    yield "Tests that end differently"
    for one in suite.changed:
        yield f"  {one.test}"
        yield f"    OLD {outcome(one.old)}"
        yield f"    NEW {outcome(one.new)}"
    for test in suite.unsteady:
        yield f"  {test}: not compared, it changes by itself on OLD"


def outcome(one: Outcome) -> str:
    """Return how a test ended, and why."""
    return f"{one.outcome}: {cut(one.reason)}" if one.reason else one.outcome


def _unproven(found: Verification) -> Iterator[str]:
    routes = found.of(State.NOT_PROVEN)
    if not routes:
        return
    yield "Not proven: no request had a good answer on OLD; record some"
    for one in routes:
        methods = ", ".join(one.unproven or one.route.methods)
        yield f"  {methods} {title(one.route)}"


def _redirected(found: Verification) -> Iterator[str]:
    routes = [one for one in found.routes if one.redirected]
    if not routes:
        return
    yield "Proven by redirects alone, which may lead away from the view"
    for one in routes:
        yield f"  {', '.join(one.redirected)} {title(one.route)}"


def _notes(found: Verification) -> Iterator[str]:
    yield f"OLD was run {found.runs} times; what changed there is masked."
    if found.left_out:
        names = ", ".join(found.left_out)
        yield f"Headers of the servers themselves, not compared: {names}."
    if found.spelled:
        yield (
            f"{found.spelled} bodies of JSON say the same in other bytes: "
            "spaces, or the order of members."
        )
    for request in dict.fromkeys(map(sent, found.noisy)):
        yield f"Not compared, OLD's status changes by itself: {request}"
