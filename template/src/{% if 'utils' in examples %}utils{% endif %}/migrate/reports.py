"""The report on an application: routes, findings, totals, effort."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from .findings import LIMIT, WEIGHTS, Finding, Severity
from .mounting import Route

# How each report explains what it counts.
RULE = (
    "A route converts without a hand when nothing is heavier than "
    f"`{LIMIT.name.lower()}` in its registration, in its view, in the "
    "decorators of the view and in the functions of the application that "
    "it uses, directly or through others. What is registered for the whole "
    "application, such as hooks and error handlers, is counted once and "
    "not with each route."
)
POINTS = (
    "Points compare parts of the application with each other; they are no "
    "hours. Each finding weighs: "
    + ", ".join(
        f"{severity.name.lower()} {weight}"
        for severity, weight in WEIGHTS.items()
    )
    + "."
)
# What may stand for any number of routes.
HIDING = ("blueprint.unmounted", "route.dynamic", "route.loop")
OWN = "(the application itself)"
SHARED = "(shared code)"


@dataclass(frozen=True)
class Judged:
    """A route, and what keeps it from being converted without a hand."""

    route: Route
    blockers: tuple[Finding, ...]

    @property
    def converts(self) -> bool:
        """Return whether a program can convert it."""
        return not self.blockers


@dataclass(frozen=True)
class Effort:
    """How much work a blueprint is, beside the others.

    Attributes:
        name: the blueprint; or the application itself, or what is shared.
        routes: how many routes it has.
        convertible: how many of them convert without a hand.
        counts: how many findings of each severity.
        points: their weights added up.
    """

    name: str
    routes: int
    convertible: int
    counts: tuple[tuple[Severity, int], ...]
    points: int


@dataclass(frozen=True)
class Made:
    """An application: where it is made, and how many routes it has."""

    name: str
    file: str
    line: int
    routes: int


@dataclass(frozen=True)
class Report:
    """All that was found.

    Attributes:
        name: what was analysed.
        files: how many files were read.
        lines: how many lines they have.
        applications: where Flask is called.
        routes: all routes, each with what keeps it back.
        findings: all findings, by file and line.
        effort: the work for each blueprint.
    """

    name: str
    files: int
    lines: int
    applications: tuple[Made, ...]
    routes: tuple[Judged, ...]
    findings: tuple[Finding, ...]
    effort: tuple[Effort, ...]

    @property
    def convertible(self) -> int:
        """Return how many routes convert without a hand."""
        return sum(judged.converts for judged in self.routes)

    @property
    def share(self) -> str:
        """Return the share of routes that convert without a hand."""
        if not self.routes:
            return "no routes were found"
        percent = 100 * self.convertible // len(self.routes)
        hidden = sum(one.kind in HIDING for one in self.findings)
        more = f"; {hidden} registrations may hide more routes"
        return (
            f"{self.convertible} of {len(self.routes)} routes "
            f"convert without a hand ({percent} %){more if hidden else ''}"
        )

    @property
    def totals(self) -> tuple[tuple[Severity, int], ...]:
        """Return how many findings of each severity there are."""
        return count(self.findings)

    @property
    def kinds(self) -> tuple[tuple[str, int], ...]:
        """Return how many findings of each kind there are, most first."""
        found = Counter(finding.kind for finding in self.findings)
        return tuple(sorted(found.items(), key=lambda kv: (-kv[1], kv[0])))


def count(findings: Iterable[Finding]) -> tuple[tuple[Severity, int], ...]:
    """Return how many findings of each severity there are, heaviest first."""
    found = Counter(finding.severity for finding in findings)
    return tuple((one, found[one]) for one in sorted(Severity, reverse=True))


def points(findings: Iterable[Finding]) -> int:
    """Return what findings weigh together."""
    return sum(WEIGHTS[finding.severity] for finding in findings)
