"""The text of a run: written by its data, and by nobody's hope."""

from collections.abc import Iterator, Sequence

from . import provenance, tables
from .results import MANIFEST, MEASUREMENTS, Run, as_csv
from .summary import summarize
from .verdicts import (
    CLOSE,
    FASTAPI,
    FLASK,
    NOISE,
    Table,
    Verdict,
    verdicts,
)

PAGE, SUMMARY = "README.md", "summary.csv"
READING = """\
- One machine, one run. On another the numbers differ, and so may verdicts.
- Everything is on this machine: no network is waited for, and 50 ms are
  50 ms.
- Clients speak to the servers themselves. Sync workers close every
  connection; a proxy would keep connections to clients open, and would let
  slow clients wait.
- PostgreSQL runs on whatever core is free, the servers' among them.
- The number of processes is the same for all. In production, sync workers
  are given more of them, and pay with memory.
- Flask checks orders by Pydantic too, and sends what it has as it is.
  FastAPI also checks what it sends: that is part of its price.
- In a closed loop a client asks again when it was answered, so slow servers
  are asked less. At a fixed rate, a request counts from when it was due."""


def files(run: Run, pictures: Sequence[str] = ()) -> dict[str, str]:
    """Return all files of a run: its data, its tables and its page.

    Args:
        run: what was measured.
        pictures: the charts of the page, as Markdown.
    """
    summaries = summarize(run.measurements)
    table = Table(summaries)
    found = list(verdicts(table))
    derived = {
        "throughput.csv": tables.by_setup(table, "closed", "per_second"),
        "latency.csv": tables.by_setup(table, "open", "p99_ms"),
        "cpu.csv": tables.by_setup(table, "closed", "cpu_ms"),
        "memory.csv": tables.by_setup(table, "closed", "memory_mb"),
    }
    if found:
        derived["verdicts.csv"] = tables.of_verdicts(found)
    return {
        **run.files(),
        SUMMARY: as_csv([one.row() for one in summaries]),
        **{name: as_csv(rows) for name, rows in derived.items()},
        PAGE: page(run, table, found, pictures),
    }


# region: page
def page(
    run: Run,
    table: Table,
    found: Sequence[Verdict],
    pictures: Sequence[str],
) -> str:
    """Return the page of a run."""
    highest = table.levels[-1]
    parts = [
        "# Flask and FastAPI, measured",
        "Written by `python -m research.benchmarks` from "
        f"[the measurements]({MEASUREMENTS}) and [the machine]({MANIFEST}); "
        f"[medians and quartiles]({SUMMARY}) are data too.",
        *provenance.warnings(run),
        "## The run",
        "\n".join(f"- {line}" for line in provenance.machine(run.manifest)),
        *_compared(found, highest),
        *(["## In pictures", *pictures] if pictures else []),
    ]
    for case in table.cases:
        parts += [
            f"## {case.title}",
            f"With {highest} connections, and at {case.rate} requests "
            "a second:",
            tables.markdown(tables.by_case(table, case)),
        ]
    commands = tables.setups(table.contenders, run.manifest["commands"])
    parts += [
        *("## The servers", commands),
        *("## How to read this", READING),
    ]
    return "\n\n".join(parts) + "\n"


def _compared(found: Sequence[Verdict], highest: int) -> Iterator[str]:
    if not found:
        return
    yield (
        f"Compared below are FastAPI with `async def` and, each time, that "
        f"set-up of Flask that is best at it: by {highest} connections in a "
        "closed loop, and at the fixed rate of the case. A difference is "
        "within noise where the middle halves of the rounds overlap, or "
        f"where it is {100 * CLOSE:.0f} % or less."
    )
    for better, title, nothing in (
        (FLASK, "Where FastAPI loses", "Nowhere in this run."),
        (FASTAPI, "Where FastAPI wins", "Nowhere in this run."),
        (NOISE, "Within noise", "Nothing in this run."),
    ):
        yield f"## {title}"
        chosen = [one for one in found if one.better == better]
        yield "\n".join(map(_sentence, chosen)) if chosen else nothing


def _sentence(one: Verdict) -> str:
    ours, theirs = map(tables.number, (one.ours.median, one.theirs.median))
    return (
        f"- {one.case.title}, {one.measure.title}: {ours} with FastAPI, "
        f"{theirs} with {one.rival.title}"
    )


# endregion


def shown(run: Run) -> str:
    """Return what a terminal shows of a run."""
    table = Table(summarize(run.measurements))
    parts = []
    for title, load, measure in (
        ("Requests per second", "closed", "per_second"),
        ("Median ms at a fixed rate", "open", "p50_ms"),
        ("CPU ms per request", "closed", "cpu_ms"),
        ("MB of memory", "closed", "memory_mb"),
    ):
        rows = tables.by_setup(table, load, measure)
        parts.append(f"{title}\n{tables.plain(rows)}")
    found = tables.of_verdicts(list(verdicts(table)))
    if found:
        parts.append(f"FastAPI and the best Flask\n{tables.plain(found)}")
    return "\n\n".join(parts)
