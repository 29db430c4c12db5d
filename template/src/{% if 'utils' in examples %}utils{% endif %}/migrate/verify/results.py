"""What a comparison found: requests, routes, tests."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from ...differences import Difference
from ...probe import Answer, Request
from ..mounting import Route
from .comparing import SERVER_OWN
from .suites import Suite

# Flask answers these by itself, so they prove nothing of a view.
AUTOMATIC = {"HEAD", "OPTIONS"}


class State(Enum):
    """What is known of a route."""

    SAME = "same"
    DIFFERS = "differs"
    NOT_PROVEN = "not proven"


@dataclass(frozen=True)
class Exchange:
    """A request, and what both sides answered.

    Attributes:
        request: what was asked.
        route: the route that it is about, where one is known.
        old, new: the answers.
        differences: in what they differ.
        proves: whether the view of the route gave a good answer on OLD.
        is_noise: whether OLD answers with another status in each run.
        is_spelled: whether JSON says the same in other bytes.
    """

    request: Request
    route: Route | None
    old: Answer
    new: Answer
    differences: tuple[Difference, ...]
    proves: bool
    is_noise: bool = False
    is_spelled: bool = False

    @property
    def place(self) -> str:
        """Return where the route is registered."""
        if self.route is None:
            return "no route"
        if not self.route.file:
            return self.route.endpoint
        return f"{self.route.file}:{self.route.line}"


@dataclass(frozen=True)
class Judged:
    """A route, and what the requests said of it.

    Attributes:
        route: the route.
        state: what is known of it.
        requests: how many requests were about it.
        different: how many of them were answered differently.
        unproven: its methods of which no request had a good answer on OLD.
        redirected: its methods whose only good answers were redirects,
            which may lead away from the view, such as to a login.
    """

    route: Route
    state: State
    requests: int
    different: int
    unproven: tuple[str, ...]
    redirected: tuple[str, ...] = ()


@dataclass(frozen=True)
class Verification:
    """All that was found.

    Attributes:
        old, new: what was compared: directory and application.
        runs: how often OLD was run.
        exchanges: all requests, in the order they were sent.
        routes: all routes of OLD.
        suite: what its tests said; None where it has none.
        errors: how the tracebacks end that NEW wrote and OLD did not.
    """

    old: str
    new: str
    runs: int
    exchanges: tuple[Exchange, ...]
    routes: tuple[Judged, ...]
    suite: Suite | None
    errors: tuple[str, ...] = ()

    @property
    def different(self) -> tuple[Exchange, ...]:
        """Return the exchanges that differ."""
        return tuple(one for one in self.exchanges if one.differences)

    @property
    def is_same(self) -> bool:
        """Return whether nothing differs."""
        return not self.different and not (self.suite and self.suite.changed)

    @property
    def code(self) -> int:
        """Return 0 if nothing differs, 1 if something does.

        2 says that tests could not be run, and that nothing else differs.
        """
        if not self.is_same:
            return 1
        return 2 if self.suite and self.suite.problem else 0

    @property
    def summary(self) -> str:
        """Return what was found, in a few words."""
        total = len(self.routes)
        same = len(self.of(State.SAME))
        differ = len(self.of(State.DIFFERS))
        unproven = total - same - differ
        return (
            f"{same} of {total} routes answer the same, {differ} differ, "
            f"{unproven} not proven; {len(self.different)} of "
            f"{len(self.exchanges)} requests are answered differently"
        )

    @property
    def tests(self) -> str:
        """Return what the tests said, in a few words."""
        suite = self.suite
        if suite is None:
            return "no tests were run"
        if suite.problem:
            return suite.problem
        unsteady = len(suite.unsteady)
        more = f"; {unsteady} change by themselves" if unsteady else ""
        return (
            f"{suite.tests} tests, {suite.passed} pass on OLD; "
            f"{len(suite.changed)} end differently on NEW{more}"
        )

    @property
    def left_out(self) -> tuple[str, ...]:
        """Return the headers that were there and were not compared."""
        names = {
            name
            for one in self.exchanges
            for answer in (one.old, one.new)
            for name, _ in answer.headers
        }
        return tuple(sorted(names.intersection(SERVER_OWN)))

    @property
    def spelled(self) -> int:
        """Return how many bodies of JSON say the same in other bytes."""
        return sum(one.is_spelled for one in self.exchanges)

    @property
    def noisy(self) -> tuple[Exchange, ...]:
        """Return what OLD answers with another status each time."""
        return tuple(one for one in self.exchanges if one.is_noise)

    def of(self, state: State) -> tuple[Judged, ...]:
        """Return the routes of which this is known."""
        return tuple(one for one in self.routes if one.state is state)


def judged(
    routes: Iterable[Route],
    exchanges: Iterable[Exchange],
) -> tuple[Judged, ...]:
    """Return for each route what the requests said of it.

    A route is only the same if each of its methods had a good answer, 2xx
    or 3xx, on OLD, and nothing about it differs.
    """
    about: dict[Route, list[Exchange]] = {route: [] for route in routes}
    for exchange in exchanges:
        if exchange.route in about:
            about[exchange.route].append(exchange)
    return tuple(_judge(route, found) for route, found in about.items())


def _judge(route: Route, exchanges: list[Exchange]) -> Judged:
    proving = [one for one in exchanges if one.proves]
    proven = {one.request.method for one in proving}
    reached = {one.request.method for one in proving if one.old.status < 300}
    methods = [m for m in route.methods if m not in AUTOMATIC]
    unproven = tuple(m for m in methods if m not in proven)
    different = sum(bool(one.differences) for one in exchanges)
    if different:
        state = State.DIFFERS
    elif unproven or not proven:
        state = State.NOT_PROVEN
    else:
        state = State.SAME
    redirected = tuple(sorted(proven - reached))
    return Judged(
        route, state, len(exchanges), different, unproven, redirected
    )
