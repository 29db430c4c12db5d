"""The tables that the text and the chapters show."""

from collections.abc import Callable, Mapping, Sequence

from .cases import Case
from .contenders import Contender
from .summary import Summary
from .verdicts import Table, Verdict

NONE = "\N{EN DASH}"
Row = Mapping[str, str]


def number(value: float) -> str:
    """Return a number with as many digits as it is worth.

    >>> number(1234.5), number(56.78), number(0.1234)
    ('1234', '56.8', '0.12')
    """
    if value >= 100:
        return f"{value:.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def cell(summary: Summary | None, measure: str) -> str:
    """Return a median, and how many requests failed where some did."""
    if summary is None:
        return NONE
    spread = summary.spreads.get(measure)
    shown = number(spread.median) if spread else NONE
    failed = f" ({summary.errors} failed)" if summary.errors else ""
    return f"{shown}{failed}"


def by_setup(table: Table, load: str, measure: str) -> list[Row]:
    """Return a row for each set-up, with a column for each case."""
    return [
        {
            "Set-up": who.title,
            **{
                case.title: cell(table.find(case, who, load), measure)
                for case in table.cases
            },
        }
        for who in table.contenders
    ]


def by_case(table: Table, case: Case) -> list[Row]:
    """Return a row for each set-up, with a column for each measure."""
    columns: Mapping[str, tuple[str, str]] = {
        "requests/s": ("closed", "per_second"),
        "p50 ms": ("closed", "p50_ms"),
        "p99 ms": ("closed", "p99_ms"),
        "CPU ms": ("closed", "cpu_ms"),
        "MB": ("closed", "memory_mb"),
        f"p50 ms at {case.rate}/s": ("open", "p50_ms"),
        f"p99 ms at {case.rate}/s": ("open", "p99_ms"),
    }
    return [
        {
            "Set-up": who.title,
            **{
                title: cell(table.find(case, who, load), measure)
                for title, (load, measure) in columns.items()
            },
        }
        for who in table.contenders
        if who.answers(case)
    ]


def of_verdicts(found: Sequence[Verdict]) -> list[Row]:
    """Return a row for each comparison."""
    return [
        {
            "Case": one.case.title,
            "Measure": one.measure.title,
            "FastAPI, async def": number(one.ours.median),
            "Best Flask": number(one.theirs.median),
            "Set-up": one.rival.title,
            "Better": one.better,
        }
        for one in found
    ]


def markdown(rows: Sequence[Row]) -> str:
    """Return rows as a table of Markdown, numbers to the right."""
    names = list(rows[0])
    rules = ["---:" if _is_number(rows, name) else "---" for name in names]
    lines = [names, rules, *([row[name] for name in names] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _is_number(rows: Sequence[Row], name: str) -> bool:
    return any(row[name][:1].isdecimal() for row in rows)


def plain(rows: Sequence[Row]) -> str:
    """Return rows as a table for a terminal."""
    names = list(rows[0])
    width = {
        name: max(len(name), *(len(row[name]) for row in rows))
        for name in names
    }

    def line(of: Callable[[str], str]) -> str:
        first, *others = names
        cells = [f"{of(first):{width[first]}}"]
        cells += [f"{of(name):>{width[name]}}" for name in others]
        return "  ".join(cells).rstrip()

    return "\n".join([line(str), *(line(row.__getitem__) for row in rows)])


def setups(
    contenders: Sequence[Contender], commands: Mapping[str, str]
) -> str:
    """Return how each server is started."""
    found = ((one, commands.get(one.name)) for one in contenders)
    return "\n".join(
        f"- {one.title}: `{command}`" for one, command in found if command
    )
