"""The report as one page of HTML that needs nothing beside itself."""

import os
from collections.abc import Iterable, Iterator, Mapping
from html import escape
from pathlib import Path, PurePath
from urllib.parse import quote

from .chapters import ROOT, Chapter
from .findings import Finding
from .reports import POINTS, RULE, Judged, Report

STYLE = """\
:root { color-scheme: light dark; }
body { font: 1rem/1.5 system-ui, sans-serif; margin: 0 auto;
  max-width: 75rem; padding: 1rem; }
table { border-collapse: collapse; width: 100%; }
caption { font-weight: bold; padding: .5rem 0; text-align: left; }
th, td { border: 1px solid; padding: .3rem .5rem; text-align: left;
  vertical-align: top; overflow-wrap: anywhere; }
.scroll { overflow-x: auto; }
.number { text-align: right; }
"""


def as_page(
    report: Report,
    chapters: Mapping[str, Chapter],
    folder: Path,
) -> str:
    """Return the report as a page.

    Args:
        report: what was found.
        chapters: the chapters that explain it.
        folder: where the page will be, for its links to chapters.
    """
    links = {id: _link(chapter, folder) for id, chapter in chapters.items()}
    title = f"Migration report: {escape(report.name)}"
    body = "\n".join(
        (
            f"<h1>{title}</h1>",
            *_summary(report),
            *_effort(report),
            *_routes(report),
            *_findings(report, links),
        )
    )
    return document(title, body)


def document(title: str, body: str) -> str:
    """Return a page with a title, both in HTML."""
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n'
        '<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width">\n'
        f"<title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n"
        f"<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
    )


def _link(chapter: Chapter, folder: Path) -> str:
    target = ROOT / chapter.path
    try:
        relative = os.path.relpath(target, folder.resolve())
    except ValueError:  # on another drive
        address = target.as_uri()
    else:
        address = quote(PurePath(relative).as_posix())
    return f'<a href="{escape(address)}">{escape(chapter.title)}</a>'


def _summary(report: Report) -> Iterator[str]:
    yield f"<p><strong>{escape(report.share)}.</strong></p>"
    yield f"<p>{report.files} files, {report.lines} lines.</p>"
    yield f"<p>{words(RULE)}</p>"
    yield f"<p>{words(POINTS)}</p>"
    rows = ((one.name.lower(), number) for one, number in report.totals)
    yield from table("Findings by severity", ("severity", "count"), rows)
    places = (
        (f"{made.file}:{made.line}", made.name, made.routes)
        for made in report.applications
    )
    head = ("place", "made in", "routes")
    yield from table("Applications", head, places)


def _effort(report: Report) -> Iterator[str]:
    yield "<h2>Effort</h2>"
    head = ("blueprint", "routes", "convertible", "points")
    rows = (
        (effort.name, effort.routes, effort.convertible, effort.points)
        for effort in report.effort
    )
    yield from table("Effort for each blueprint", head, rows)


def _routes(report: Report) -> Iterator[str]:
    yield "<h2>Routes</h2>"
    head = ("rule", "methods", "endpoint", "place", "without a hand")
    rows = (
        (
            judged.route.rule,
            ", ".join(judged.route.methods),
            judged.route.endpoint,
            f"{judged.route.file}:{judged.route.line}",
            _verdict(judged),
        )
        for judged in report.routes
    )
    yield from table("Routes, and which convert", head, rows)


def _verdict(judged: Judged) -> str:
    if judged.converts:
        return "yes"
    places = (
        f"{finding.file}:{finding.line} {finding.what}"
        for finding in judged.blockers
    )
    return f"no: {'; '.join(places)}"


def _findings(report: Report, links: Mapping[str, str]) -> Iterator[str]:
    yield "<h2>Findings</h2>"
    yield _opened("All findings, by file and line")
    yield _head(("place", "severity", "what", "becomes", "chapter"))
    yield "<tbody>"
    for finding in report.findings:
        yield _finding(finding, links)
    yield "</tbody></table></div>"


def _finding(finding: Finding, links: Mapping[str, str]) -> str:
    place = f"{finding.file}:{finding.line}" if finding.line else finding.file
    chapter = links.get(finding.chapter, escape(finding.chapter))
    cells = (
        escape(place),
        finding.severity.name.lower(),
        words(finding.what),
        words(finding.becomes),
        chapter,
    )
    return f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"


def table(
    caption: str,
    head: tuple[str, ...],
    rows: Iterable[tuple[object, ...]],
) -> Iterator[str]:
    """Yield a table that the keyboard can scroll."""
    yield _opened(caption)
    yield _head(head)
    yield "<tbody>"
    for row in rows:
        yield f"<tr>{''.join(map(_cell, row))}</tr>"
    yield "</tbody></table></div>"


def _opened(caption: str) -> str:
    """Return the beginning of a table that the keyboard can scroll."""
    label = escape(caption)
    scroll = 'class="scroll" role="region" tabindex="0"'
    return (
        f'<div {scroll} aria-label="{label}">\n'
        f"<table><caption>{label}</caption>"
    )


def _head(names: tuple[str, ...]) -> str:
    cells = "".join(f'<th scope="col">{escape(name)}</th>' for name in names)
    return f"<thead><tr>{cells}</tr></thead>"


def _cell(value: object) -> str:
    if isinstance(value, int):
        return f'<td class="number">{value}</td>'
    return f"<td>{words(str(value))}</td>"


def words(text: str) -> str:
    """Return text with what stands in backticks as code."""
    parts = escape(text).split("`")
    if len(parts) % 2 == 0:
        return escape(text)
    return "".join(
        f"<code>{part}</code>" if place % 2 else part
        for place, part in enumerate(parts)
    )
