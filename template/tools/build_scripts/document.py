"""What the book's formats say in the same words: titles, and the imprint."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timezone

from tools.build_scripts.book import FALLBACK_DATE, Entry, license_name
from tools.build_scripts.chapters import Manuscript


@dataclass(frozen=True)
class Fact:
    """A line of the imprint: what is told, and where it leads."""

    name: str
    value: str
    address: str | None = None


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


def copyright_line(manuscript: Manuscript) -> str:
    """Return who holds the rights, and since when."""
    date = datetime.fromtimestamp(manuscript.date, tz=timezone.utc)
    # A book that was never committed has no date that means anything.
    year = "" if manuscript.date == FALLBACK_DATE else f"{date.year} "
    return f"© {year}{', '.join(manuscript.book.author_names)}".rstrip()


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
