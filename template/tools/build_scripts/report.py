"""What chapter.lua reports of a chapter: its ids, its numbers, and whatever it refers to."""

from __future__ import annotations

import msgspec

from tools.build_scripts.pandoc import Json


class Identifier(msgspec.Struct, frozen=True):
    """An id that a chapter defines: in the book, as written, and whether somebody wrote it."""

    id: str
    written: str
    explicit: bool


class Alias(msgspec.Struct, frozen=True):
    """A former id of a heading: in the book, as written, and the id that it means now."""

    id: str
    written: str
    target: str


class Label(msgspec.Struct, frozen=True):
    """Something with a number: `3.2` is the second figure, table, … or section of chapter 3."""

    id: str
    number: str


class Heading(msgspec.Struct, frozen=True):
    """A heading of level 2 or deeper; `number` is None where it has none."""

    id: str
    level: int
    text: str
    number: str | None = None


class Link(msgspec.Struct, frozen=True):
    """A link within the book: to an id of a chapter, to a term, or to a file of the repository."""

    written: str
    id: str | None = None
    chapter: str | None = None
    fragment: str | None = None
    path: str | None = None
    term: str | None = None


class Image(msgspec.Struct, frozen=True):
    """An image: `path` is relative to the book's root, None when it is not inside.

    `drawing` is the file of draw.io's that it is made of at build time, likewise.
    """

    written: str
    alt: str
    remote: bool
    path: str | None = None
    drawing: str | None = None


class Reference(msgspec.Struct, frozen=True):
    """A cross-reference to one or more labels, and how its text is to be made."""

    ids: tuple[str, ...]
    number_only: bool
    prefix: str | None = None


class IndexEntry(msgspec.Struct, frozen=True):
    """A place that the index leads to; the levels of the entry are separated by `!`."""

    id: str
    entry: str
    section: str | None = None


class Term(msgspec.Struct, frozen=True):
    """A term that a glossary explains."""

    id: str
    term: str


class Diagram(msgspec.Struct, frozen=True):
    """A diagram to be drawn, and the file that it goes to, relative to the book's root.

    Attributes:
        language: what it is written in.
        text: its text.
        path: the file that it goes to.
        source: the file that its text stands in, unless that is the chapter.
        first: the line of that file where it begins, unless it is the whole file.
    """

    language: str
    text: str
    path: str
    source: str | None = None
    first: int | None = None


class WrongLines(msgspec.Struct, frozen=True):
    """Lines to highlight that a listing does not have; `last` is its last one."""

    written: str
    last: int


class Report(msgspec.Struct, frozen=True):
    """What pandoc found in a chapter."""

    ids: tuple[Identifier, ...]
    aliases: tuple[Alias, ...]
    labels: tuple[Label, ...]
    headings: tuple[Heading, ...]
    links: tuple[Link, ...]
    images: tuple[Image, ...]
    references: tuple[Reference, ...]
    index_entries: tuple[IndexEntry, ...]
    terms: tuple[Term, ...]
    diagrams: tuple[Diagram, ...]
    extra_titles: tuple[str, ...]
    misread: tuple[str, ...]
    unread_listings: tuple[str, ...]
    wrong_lines: tuple[WrongLines, ...]
    tabs_without_heading: tuple[str, ...]
    mixed_references: tuple[str, ...]
    unknown_sources: tuple[str, ...]
    messages: tuple[Json, ...]
    empty: bool
    title_slug: str | None = None
    bibliography_error: str | None = None

    @property
    def sections(self) -> tuple[Heading, ...]:
        """The sections that contents list: its numbered headings of level 2."""
        return tuple(h for h in self.headings if h.level == 2 and h.number is not None)
