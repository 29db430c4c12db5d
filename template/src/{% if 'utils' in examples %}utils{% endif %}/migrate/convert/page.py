"""The report on a conversion as one page of HTML."""

from collections.abc import Iterator
from html import escape

from ..page import document, table, words
from .conversions import LINES, RULE, Conversion


def as_page(conversion: Conversion) -> str:
    """Return the report as a page."""
    title = f"Conversion report: {escape(conversion.name)}"
    parts = (
        f"<h1>{title}</h1>",
        *_summary(conversion),
        *_steps(conversion),
        *_routes(conversion),
        *_marks(conversion),
        *_files(conversion),
    )
    return document(title, "\n".join(parts))


def _summary(conversion: Conversion) -> Iterator[str]:
    yield f"<p><strong>{escape(conversion.share)}.</strong></p>"
    yield f"<p>Written to {escape(conversion.output)}.</p>"
    yield f"<p>{words(RULE)}</p>"
    yield f"<p>{words(LINES)}</p>"


def _steps(conversion: Conversion) -> Iterator[str]:
    yield "<h2>Next</h2>"
    yield "<ol>"
    yield from (f"<li>{words(step)}</li>" for step in conversion.steps)
    yield "</ol>"


def _routes(conversion: Conversion) -> Iterator[str]:
    yield "<h2>Routes</h2>"
    head = ("rule", "methods", "endpoint", "place", "status", "stands on")
    rows = (
        (
            one.route.rule,
            ", ".join(one.route.methods),
            one.route.endpoint,
            f"{one.route.file}:{one.route.line}",
            ": ".join(filter(None, (one.status, "; ".join(one.reasons)))),
            ", ".join(one.stands_on),
        )
        for one in conversion.routes
    )
    yield from table("Routes, and what became of each", head, rows)


def _marks(conversion: Conversion) -> Iterator[str]:
    yield "<h2>Places marked</h2>"
    rows = (
        (f"{mark.file}:{mark.line}", mark.reason) for mark in conversion.marks
    )
    yield from table("Places with a comment", ("place", "reason"), rows)


def _files(conversion: Conversion) -> Iterator[str]:
    yield "<h2>Files</h2>"
    yield f"<p>{conversion.copied} files are copied as they are.</p>"
    rows = ((one.file, one.status, one.reason) for one in conversion.files)
    head = ("file", "status", "reason")
    yield from table("Files that are not simply copied", head, rows)
