"""What is typical of many measurements, and how far they lie apart."""

import math
import statistics
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .measurement import Measurement

# What is compared, each with its quartiles.
MEASURES = ("per_second", "p50_ms", "p99_ms", "cpu_ms", "memory_mb")
# How the columns of a spread are called.
PARTS = {"low": "{}_q1", "median": "{}", "high": "{}_q3"}
Key = tuple[str, str, str, int]


def percentile(ordered: Sequence[float], percent: float) -> float:
    """Return the value within which so many per cent of all are.

    It is one that was measured (the nearest rank), never one in between.
    """
    return ordered[math.ceil(len(ordered) * percent / 100) - 1]


# region: spread
@dataclass(frozen=True)
class Spread:
    """The median over the rounds, and the quartiles on both sides of it."""

    low: float
    median: float
    high: float

    def overlaps(self, other: "Spread") -> bool:
        """Whether a difference between both is within the noise.

        It is when the middle halves of their rounds have values in common.
        """
        return self.low <= other.high and other.low <= self.high


def spread(values: Iterable[float | None]) -> Spread | None:
    """Return the quartiles of values, or None where one is missing."""
    found = list(values)
    known = [value for value in found if value is not None]
    if not known or len(known) < len(found):
        return None
    if len(known) == 1:
        return Spread(known[0], known[0], known[0])
    return Spread(*statistics.quantiles(known, n=4, method="inclusive"))


# endregion


@dataclass(frozen=True)
class Summary:
    """What all rounds of one load on one contender come to.

    Attributes:
        case, contender, load, level: as of a measurement.
        rounds: how many there were.
        answers: how many requests were answered, in all rounds together.
        errors: how many were not.
        spreads: the quartiles of each measure, without those of which some
            round measured too little.
    """

    case: str
    contender: str
    load: str
    level: int
    rounds: int
    answers: int
    errors: int
    spreads: Mapping[str, Spread]

    def row(self) -> dict[str, Any]:
        """Return it as a row of the data."""
        return {
            **{name: getattr(self, name) for name in HEAD},
            **dict(self._cells()),
        }

    def _cells(self) -> Iterator[tuple[str, float | None]]:
        for name in MEASURES:
            found = self.spreads.get(name)
            for part, column in PARTS.items():
                value = round(getattr(found, part), 3) if found else None
                yield column.format(name), value


HEAD = (
    *("case", "contender", "load", "level"),
    *("rounds", "answers", "errors"),
)


# region: summarize
def summarize(measurements: Iterable[Measurement]) -> tuple[Summary, ...]:
    """Return the medians and quartiles of every load over its rounds."""
    groups: dict[Key, list[Measurement]] = {}
    for one in measurements:
        key = (one.case, one.contender, one.load, one.level)
        groups.setdefault(key, []).append(one)
    return tuple(_summary(key, groups[key]) for key in sorted(groups))


def _summary(key: Key, group: Sequence[Measurement]) -> Summary:
    found = {
        name: spread(getattr(one, name) for one in group) for name in MEASURES
    }
    return Summary(
        *key,
        rounds=len(group),
        answers=sum(one.answers for one in group),
        errors=sum(one.errors for one in group),
        spreads={name: value for name, value in found.items() if value},
    )


# endregion
