"""The report as text for a terminal."""

from collections.abc import Iterable, Iterator, Mapping

from .chapters import Chapter
from .findings import LIMIT, Finding
from .reports import POINTS, RULE, Report


def as_text(
    report: Report,
    chapters: Mapping[str, Chapter],
    *,
    everything: bool,
) -> str:
    """Return the report as text.

    Args:
        report: what was found.
        chapters: the chapters that explain it.
        everything: whether findings at or below the limit are told as well.
    """
    head = "\n".join(_head(report))
    parts = (
        _routes(report),
        _findings(report, chapters, everything),
        (RULE.replace("`", ""), "", POINTS),
    )
    return "\n\n".join((f"{head}\n{overview(report)}", *map("\n".join, parts)))


def overview(report: Report) -> str:
    """Return how many there are of everything, and the effort."""
    return "\n".join((*_totals(report), "", *_effort(report)))


def _head(report: Report) -> Iterator[str]:
    yield f"{report.name}: {report.files} files, {report.lines} lines"
    for made in report.applications:
        place = f"{made.file}:{made.line}"
        yield f"{place}: an application, {made.routes} routes"


def _totals(report: Report) -> Iterator[str]:
    yield report.share
    totals = (f"{n} {one.name.lower()}" for one, n in report.totals)
    yield f"{len(report.findings)} findings: {', '.join(totals)}"


def _routes(report: Report) -> Iterator[str]:
    yield "Routes (+ converts without a hand, - does not)"
    for judged in report.routes:
        route = judged.route
        sign = "+" if judged.converts else "-"
        methods = ",".join(route.methods)
        place = f"{route.file}:{route.line}"
        yield f"  {sign} {route.rule} {methods} {route.endpoint} ({place})"
        for finding in judged.blockers:
            yield f"      {finding.file}:{finding.line}: {finding.what}"


def _effort(report: Report) -> Iterable[str]:
    names = [effort.name for effort in report.effort]
    width = max((len(name) for name in names), default=0)
    yield f"{'Effort':<{width}}  routes  convert  points"
    for effort in report.effort:
        yield (
            f"{effort.name:<{width}}  {effort.routes:>6}  "
            f"{effort.convertible:>7}  {effort.points:>6}"
        )


def _findings(
    report: Report,
    chapters: Mapping[str, Chapter],
    everything: bool,
) -> Iterator[str]:
    told = [
        finding
        for finding in report.findings
        if everything or finding.severity > LIMIT
    ]
    left = len(report.findings) - len(told)
    hint = f"; --all tells of {left} lighter ones too" if left else ""
    yield f"Findings: {len(told)}{hint}"
    for finding in told:
        yield from _finding(finding, chapters)


def _finding(
    finding: Finding,
    chapters: Mapping[str, Chapter],
) -> Iterator[str]:
    place = f"{finding.file}:{finding.line}" if finding.line else finding.file
    name = finding.severity.name.lower()
    yield f"{place}: {name}: {finding.what} [{finding.kind}]"
    chapter = chapters.get(finding.chapter)
    title = chapter.title if chapter else finding.chapter
    yield f"    becomes {finding.becomes} (chapter {title})"
