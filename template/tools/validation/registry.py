"""The checks of the book, each with the rules that it looks after. Add yours here."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass

from tools.build_scripts.book import Problem
from tools.validation import (
    assets,
    built_links,
    code,
    evidence,
    external_links,
    links,
    outputs,
    prose,
    shown_code,
    tree,
    wording,
)
from tools.validation.context import Context
from tools.validation.rules import RULES

ON_REQUEST = frozenset({"external-link"})


@dataclass(frozen=True)
class Check:
    """A function from the book to what breaks some rules.

    Attributes:
        run: the function.
        rules: the ids of the rules.
    """

    run: Callable[[Context], Iterable[Problem]]
    rules: tuple[str, ...]


def build_problems(context: Context) -> Iterator[Problem]:
    """Yield whatever a build would refuse, and the other files that cannot be read."""
    yield from context.survey.problems
    yield from context.unreadable


CHECKS: tuple[Check, ...] = (
    Check(tree.directories, ("outline",)),
    Check(tree.licences, ("licence",)),
    Check(
        evidence.unfounded,
        ("unwritten", "marker", "section", "deliverable", "proof"),
    ),
    Check(links.links, ("link",)),
    Check(prose.headings, ("heading",)),
    Check(prose.alternative_text, ("alt-text",)),
    Check(prose.claims, ("claim",)),
    Check(assets.undrawn, ("drawing",)),
    Check(assets.wrong_origins, ("origin",)),
    Check(assets.unsourced, ("origin",)),
    Check(assets.oversized, ("image-size",)),
    Check(code.code, ("code",)),
    Check(code.pasted, ("pasted",)),
    Check(outputs.stale, ("output",)),
    Check(built_links.built_links, ("built-link",)),
    Check(external_links.external_links, ("external-link",)),
    Check(wording.spelling, ("spelling",)),
    Check(wording.terms, ("term",)),
    Check(wording.prose, ("wording", "passive")),
    Check(shown_code.untested_files, ("untested",)),
    Check(assets.unused, ("unused-asset",)),
    Check(shown_code.unused_regions, ("unused-region",)),
)
# Every other rule is kept by the build, which comes first.
_OTHERS = tuple(rule.id for rule in RULES if not any(rule.id in c.rules for c in CHECKS))
BUILD = Check(build_problems, ("link", *_OTHERS))


def find(context: Context, rules: Collection[str]) -> list[Problem]:
    """Return what breaks some rules, in reading order: chapters first, then files by name.

    Args:
        context: the book.
        rules: the ids of the rules.

    Raises:
        BuildError: a check cannot run.
    """
    wanted = set(rules)
    found = {
        problem: None
        for check in (BUILD, *CHECKS)
        if wanted.intersection(check.rules)
        for problem in check.run(context)
        if problem.rule in wanted
    }
    order = {name: place for place, name in enumerate(context.prose)}
    return sorted(
        found,
        key=lambda one: (
            order.get(one.path, len(order)),
            one.path,
            one.line or 0,
            one.column or 0,
        ),
    )
