"""What the book's formats say in the same words: titles, the imprint, the index."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from tools.build_scripts.book import Entry, license_name
from tools.build_scripts.chapters import Manuscript

# The levels of an index entry, and where it stands: places of chapters in the book, and ids.
IndexEntry = tuple[tuple[str, ...], tuple[tuple[int, str], ...]]


@dataclass(frozen=True)
class Fact:
    """A line of the imprint: what is told, and where it leads."""

    name: str
    value: str
    address: str | None = None


@dataclass(frozen=True)
class Locator:
    """A place that the index names: the number of its section, its chapter, and its id."""

    label: str
    entry: Entry
    id: str


@dataclass(frozen=True)
class Term:
    """A line of the index, and the lines below it."""

    text: str
    locators: list[Locator] = field(default_factory=list)
    below: list[Term] = field(default_factory=list)


def full_title(manuscript: Manuscript, entry: Entry) -> str:
    """Return the title of a chapter or an appendix with its number."""
    if manuscript.book.is_appendix(entry):
        return f"{entry_name(manuscript, entry)}: {entry.title}"
    return f"{entry.label} {entry.title}"


def entry_name(manuscript: Manuscript, entry: Entry) -> str:
    """Return what an entry is called without its title, `Chapter 3` or `Appendix B`."""
    kind = "Appendix" if manuscript.book.is_appendix(entry) else "Chapter"
    return f"{manuscript.terms[kind]} {entry.label}"


def part_name(number: int, terms: dict[str, str]) -> str:
    """Return the name of a part, `Part II`."""
    return f"{terms['Part']} {roman(number)}"


def roman(number: int) -> str:
    """Return a number in Roman numerals."""
    numerals = (
        (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"),
        (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
    )  # fmt: skip
    letters = ""
    for value, numeral in numerals:
        count, number = divmod(number, value)
        letters += numeral * count
    return letters


def imprint(manuscript: Manuscript) -> Iterator[Fact]:
    """Yield what the page after the title tells."""
    book, words = manuscript.book, manuscript.terms
    yield Fact(words["Version"], manuscript.version)
    if book.isbn:
        yield Fact("ISBN", book.isbn)
    for name, license in (("Text", book.licenses.text), ("Code", book.licenses.code)):
        yield Fact(words[name], license_name(license), _license_address(license))
    if book.repository:
        yield Fact(words["Source"], book.repository, book.repository)


def _license_address(identifier: str) -> str | None:
    """Return where a licence can be read; what is no identifier of SPDX's is in no such place."""
    is_reserved = identifier != license_name(identifier)
    return None if is_reserved else f"https://spdx.org/licenses/{identifier}.html"


def book_index(manuscript: Manuscript) -> list[IndexEntry]:
    """Return the index of a book, in the order of the alphabet."""
    found: dict[tuple[str, ...], list[tuple[int, str]]] = {}
    for number, chapter in enumerate(manuscript.chapters):
        for place in chapter.report.index_entries:
            levels = tuple(level.strip() for level in place.entry.split("!"))
            found.setdefault(levels, []).append((number, place.id))
    ordered = sorted(found, key=lambda levels: [(_sort_key(level), level) for level in levels])
    return [(levels, tuple(found[levels])) for levels in ordered]


def _sort_key(text: str) -> str:
    """Return what a term is sorted by: without accents, small and capital letters alike."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def index_terms(
    manuscript: Manuscript,
    index: Sequence[IndexEntry],
    fragments: Sequence[str],
    heading: Callable[[str], str],
    place: Callable[[str], str],
) -> list[Term]:
    """Return the index as a tree, each place named by the section that it is in.

    Args:
        manuscript: the book.
        index: its index entries, in the order they are to be printed.
        fragments: the texts of the chapters.
        heading: returns how a text writes the heading that has an id.
        place: returns how a text writes the place that has an id.
    """
    whole = Term("")
    for levels, places in index:
        term = whole
        for level in levels:
            term = _below(term, level)
        for number, id in places:
            chapter, text = manuscript.chapters[number], fragments[number]
            numbers = ((text.find(heading(h.id)), h.number) for h in chapter.report.headings)
            end = text.find(place(id))
            before = [found for start, found in numbers if found is not None and start < end]
            label = before[-1] if before else chapter.entry.label
            # One place of a section is enough.
            if label not in (locator.label for locator in term.locators):
                term.locators.append(Locator(label, chapter.entry, id))
    return whole.below


def _below(term: Term, text: str) -> Term:
    """Return the line with a text below another, which is the last one or new."""
    if not term.below or term.below[-1].text != text:
        term.below.append(Term(text))
    return term.below[-1]
