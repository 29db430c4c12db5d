"""Who is better at what, and where a difference is within the noise."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .cases import CASES, Case
from .contenders import CONTENDERS, Contender
from .summary import Spread, Summary

FLASK, FASTAPI, NOISE = "Flask", "FastAPI", "within noise"
# What is closer together than this is no difference that anybody would notice.
CLOSE = 0.05
OURS = next(one for one in CONTENDERS if one.name == "fastapi-async")
THEIRS = tuple(one for one in CONTENDERS if one.framework == FLASK)


@dataclass(frozen=True)
class Measure:
    """Something that is compared.

    Attributes:
        name: as it stands in the data.
        title: as it stands in tables.
        load: by which load it is compared: closed, the highest; or open.
        more_is_better: or less is.
    """

    name: str
    title: str
    load: str
    more_is_better: bool = False


COMPARED = (
    Measure("per_second", "requests per second", "closed", True),
    Measure("p50_ms", "median ms at a fixed rate", "open"),
    Measure("p99_ms", "p99 ms at a fixed rate", "open"),
    Measure("cpu_ms", "CPU ms per request", "closed"),
    Measure("memory_mb", "MB of memory", "closed"),
)


@dataclass(frozen=True)
class Verdict:
    """How FastAPI with `async def` compares with the best Flask in a case.

    Attributes:
        rival: the set-up of Flask that is best at it.
        ours, theirs: what both have.
        better: who is, or that the difference is within the noise.
    """

    case: Case
    measure: Measure
    rival: Contender
    ours: Spread
    theirs: Spread
    better: str


class Table:
    """The medians of a run, to be looked up."""

    def __init__(self, summaries: Sequence[Summary]) -> None:
        self._loads: dict[tuple[str, str, str], Summary] = {}
        for one in sorted(summaries, key=lambda one: one.level):
            # The highest load is what stays.
            self._loads[one.case, one.contender, one.load] = one
        self.levels = sorted(
            {one.level for one in summaries if one.load == "closed"}
        )
        cases = {one.case for one in summaries}
        names = {one.contender for one in summaries}
        self.cases = [case for case in CASES if case.name in cases]
        self.contenders = [one for one in CONTENDERS if one.name in names]

    def find(self, case: Case, who: Contender, load: str) -> Summary | None:
        """Return what came of a load; of closed ones, of the highest."""
        return self._loads.get((case.name, who.name, load))


# region: verdicts
def verdicts(table: Table) -> Iterator[Verdict]:
    """Compare FastAPI with that set-up of Flask that is best, each time.

    The best of several by what was measured has luck on its side, so the
    comparison leans towards Flask. A set-up that failed requests is no
    rival; if FastAPI failed some where a rival did not, Flask is better.
    """
    for case in table.cases:
        for measure in COMPARED:
            ours = table.find(case, OURS, measure.load)
            found = ours.spreads.get(measure.name) if ours else None
            rival = _best(table, case, measure)
            if ours and found and rival:
                who, theirs = rival
                better = _better(measure, found, theirs, ours.errors)
                yield Verdict(case, measure, who, found, theirs, better)


def _best(
    table: Table, case: Case, measure: Measure
) -> tuple[Contender, Spread] | None:
    rivals = []
    for who in THEIRS:
        summary = table.find(case, who, measure.load)
        if summary and not summary.errors and measure.name in summary.spreads:
            rivals.append((who, summary.spreads[measure.name]))
    sign = -1 if measure.more_is_better else 1
    return min(rivals, key=lambda rival: sign * rival[1].median, default=None)


def _better(
    measure: Measure, ours: Spread, theirs: Spread, errors: int
) -> str:
    if errors:
        return FLASK
    apart = abs(ours.median - theirs.median)
    if ours.overlaps(theirs) or apart <= CLOSE * theirs.median:
        return NOISE
    has_more = ours.median > theirs.median
    return FASTAPI if has_more == measure.more_is_better else FLASK


# endregion
