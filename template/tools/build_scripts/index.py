"""The index of a book: every place that a chapter marks, under what it is about."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby

from tools.build_scripts.book import Entry
from tools.build_scripts.chapters import Manuscript


@dataclass(frozen=True)
class Locator:
    """A place that the index names: the number of its section, its chapter, and its id."""

    label: str
    entry: Entry
    id: str


@dataclass(frozen=True)
class Term:
    """A line of the index.

    Attributes:
        text: what it is about.
        locators: where that is.
        ids: the ids of all its places; locators leave out what is in the same section.
        below: the lines below it.
    """

    text: str
    locators: list[Locator] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    below: list[Term] = field(default_factory=list)


def terms(manuscript: Manuscript) -> list[Term]:
    """Return the lines of the index in the order of the alphabet; none where nothing is marked."""
    whole = Term("")
    for chapter in manuscript.chapters:
        for place in chapter.report.index_entries:
            term = whole
            for level in place.entry.split("!"):
                term = _below(term, level.strip())
            term.ids.append(place.id)
            label = place.section or chapter.entry.label
            # One place of a section is enough.
            if label not in (locator.label for locator in term.locators):
                term.locators.append(Locator(label, chapter.entry, place.id))
    _sort(whole)
    return whole.below


def letters(sorted_terms: Sequence[Term]) -> list[tuple[str, list[Term]]]:
    """Return sorted terms by the letter that they stand under, `#` for what begins with none."""
    return [(letter, list(found)) for letter, found in groupby(sorted_terms, key=_letter)]


def _below(term: Term, text: str) -> Term:
    """Return the line with a text below another, made when there is none."""
    for found in term.below:
        if found.text == text:
            return found
    term.below.append(Term(text))
    return term.below[-1]


def _sort(term: Term) -> None:
    term.below.sort(key=lambda below: _alphabetical(below.text))
    for below in term.below:
        _sort(below)


def _alphabetical(text: str) -> tuple[str, str]:
    """Return what an index is sorted by: without accents, small and capital letters alike."""
    letters = unicodedata.normalize("NFKD", text)
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return plain.casefold(), text


def _letter(term: Term) -> str:
    first = _alphabetical(term.text)[0][:1]
    return first.upper() if first.isalpha() else "#"
