"""The comparison as one page of HTML that needs nothing beside itself."""

from collections.abc import Iterator
from html import escape

from ..page import document, table, words
from .results import Verification
from .text import outcome, sent


def as_page(found: Verification) -> str:
    """Return what was found as a page."""
    title = f"Verification: {escape(found.old)} and {escape(found.new)}"
    body = "\n".join(
        (
            f"<h1>{title}</h1>",
            f"<p><strong>{words(found.summary)}.</strong></p>",
            f"<p>{words(found.tests)}.</p>",
            *_requests(found),
            *_tests(found),
            *_routes(found),
        )
    )
    return document(title, body)


def _requests(found: Verification) -> Iterator[str]:
    yield "<h2>Requests</h2>"
    rows = (
        (sent(one), one.place, each.what, each.first, each.second)
        for one in found.different
        for each in one.differences
    )
    head = ("request", "route", "what", "OLD", "NEW")
    yield from table("What is answered differently", head, rows)
    yield from (f"<p>NEW wrote: {escape(one)}</p>" for one in found.errors)
    names = ", ".join(found.left_out)
    yield f"<p>Headers of the servers themselves, not compared: {names}.</p>"
    yield (
        f"<p>OLD was run {found.runs} times; what changed there is masked. "
        f"{found.spelled} bodies of JSON say the same in other bytes.</p>"
    )


def _tests(found: Verification) -> Iterator[str]:
    if found.suite is None:
        return
    yield "<h2>Tests</h2>"
    rows = (
        (one.test, outcome(one.old), outcome(one.new))
        for one in found.suite.changed
    )
    head = ("test", "OLD", "NEW")
    yield from table("Tests that end differently", head, rows)


def _routes(found: Verification) -> Iterator[str]:
    yield "<h2>Routes</h2>"
    rows = (
        (
            one.route.rule,
            ", ".join(one.route.methods),
            one.route.endpoint,
            f"{one.route.file}:{one.route.line}",
            one.state.value,
            ", ".join(one.unproven),
            ", ".join(one.redirected),
            one.requests,
            one.different,
        )
        for one in found.routes
    )
    head = (
        *("rule", "methods", "endpoint", "place", "state"),
        *("not proven", "by redirects alone", "requests", "different"),
    )
    yield from table("Routes, and what is known of each", head, rows)
