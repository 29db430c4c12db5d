"""The text of chapters beyond what a build needs: headings, images for all readers, claims."""

from __future__ import annotations

import csv
import posixpath
import re
from collections.abc import Iterable, Iterator
from urllib.parse import unquote

from tools.build_scripts.book import Entry, Problem
from tools.build_scripts.report import Image, Report
from tools.build_scripts.source import Place, Source
from tools.validation.context import Context

# `[40 %](../../research/benchmarks/latency.csv){.claim}`
CLAIM = re.compile(
    r"\[(?P<text>[^\[\]]+)\](?:\((?P<target><[^>]*>|[^()\s]*)[^()]*\))?"
    r"\{[^{}]*\.claim(?![\w-])[^{}]*\}"
)
NUMBER = re.compile(r"\d+(?:[.,\u00a0\u202f ]\d{3})*(?:[.,]\d+)?")
DATA = ("research/", "chapters/")


def _chapters(context: Context) -> Iterator[tuple[Entry, Source, Report]]:
    """Yield the chapters that could be read."""
    for entry in context.book.entries:
        report = context.survey.reports.get(entry.id)
        if report is not None:
            yield entry, context.survey.sources[entry.id], report


def headings(context: Context) -> Iterator[Problem]:
    """Yield the headings that stand more than one level below the one above them."""
    for text in context.survey.sources.values():
        above = 1
        for heading in text.headings:
            if heading.level > above + 1:
                message = (
                    f"a heading of level {heading.level} below one of level {above}; write "
                    f"{'#' * (above + 1)} {heading.text}"
                )
                yield Problem(text.name, heading.line, message, "heading", 1)
            above = heading.level


def alternative_text(context: Context) -> Iterator[Problem]:
    """Yield the images that say nothing to readers who cannot see them."""
    for _, text, report in _chapters(context):
        for image in dict.fromkeys(report.images):
            if not image.alt.strip():
                yield from _without_words(text, report, image)


def _without_words(text: Source, report: Report, image: Image) -> Iterator[Problem]:
    drawn = next((one for one in report.diagrams if one.path == image.path), None)
    if drawn is not None:
        message = (
            f'the {drawn.language} diagram has no alternative text; add fig-alt="what it shows"'
        )
        yield Problem(text.name, text.fence_of(drawn.text), message, "alt-text", 1)
        return
    message = (
        f"image '{image.written}' has no alternative text; say what it shows: ![what it shows](…)"
    )
    yield from text.problems(text.find_target(image.written), message, "alt-text")


def claims(context: Context) -> Iterator[Problem]:
    """Yield the claims without data, and those whose numbers the data does not hold."""
    for entry, text, _ in _chapters(context):
        for number, line in enumerate(text.lines, start=1):
            for claim in CLAIM.finditer(line):
                message = _claim_message(context, entry, claim["text"], claim["target"])
                if message is not None:
                    place = Place(number, claim.start() + 1)
                    yield from text.problems([place], message, "claim")


def _claim_message(context: Context, entry: Entry, text: str, target: str | None) -> str | None:
    """Say what is wrong with a claim, or None."""
    if not target:
        return (
            f"the claim '{text}' leads to no data; link it to a file below research/: "
            f"[{text}](../../research/…){{.claim}}"
        )
    written = unquote(target.strip("<>").partition("#")[0])
    path = posixpath.normpath(posixpath.join(entry.path, written))
    if not path.startswith(DATA):
        return f"the claim '{text}' leads to {path}; data stands below research/ or deliverables/."
    try:
        data = (context.root / path).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return None  # a missing file is a dead link, and data that is no text cannot be searched
    known = {
        _plain(number[0]) for piece in _pieces(path, data) for number in NUMBER.finditer(piece)
    }
    stale = [number[0] for number in NUMBER.finditer(text) if _plain(number[0]) not in known]
    if not stale:
        return None
    return (
        f"the claim '{text}' says {', '.join(stale)}, which {path} does not; correct one of them."
    )


def _pieces(path: str, data: str) -> Iterable[str]:
    """Return the texts that numbers stand in: of a CSV its cells, where commas stand between."""
    if not path.endswith(".csv"):
        return (data,)
    return (cell for row in csv.reader(data.splitlines()) for cell in row)


def _plain(number: str) -> str:
    """Return a number without what groups its thousands: `1,200` and `1 200` are 1200.

    >>> _plain("12.50"), _plain("1,200"), _plain("1.5")
    ('12.5', '1200', '1.5')
    """
    grouped = re.fullmatch(r"\d{1,3}(?:[,\u00a0\u202f ]\d{3})+(\.\d+)?", number)
    plain = re.sub("[,\u00a0\u202f ]", "", number) if grouped else number.replace(",", ".")
    return plain.rstrip("0").rstrip(".") if "." in plain else plain
