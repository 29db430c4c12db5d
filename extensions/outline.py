"""The outline of a book: stable ids in, numbers, labels, directories and neighbours out.

This module is the only code that numbers anything. It knows neither Jinja nor Copier.
"""

from __future__ import annotations

import posixpath
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import cached_property
from itertools import pairwise
from typing import Literal

Kind = Literal["chapter", "appendix"]

CHAPTERS_DIRECTORY = "chapters"
APPENDICES_DIRECTORY = "appendices"
MAXIMUM_ID_LENGTH = 48
# A page is named after its chapter's id: these names belong to the website itself, or name
# devices that Windows refuses as file names (Microsoft, "Naming Files, Paths, and Namespaces").
WEBSITE_NAMES = frozenset({"404", "assets", "index", "print", "search", "status"})
WINDOWS_DEVICES = frozenset(
    {"aux", "con", "nul", "prn"} | {f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10)}
)
RESERVED_IDS = WEBSITE_NAMES | WINDOWS_DEVICES
_ID = re.compile(r"[^\W_]+(?:_[^\W_]+)*")
_NO_WORD = re.compile(r"[\W_]+")
_NOT_IN_FRAGMENT = re.compile(r"[^\w\- ]")


class OutlineError(ValueError):
    """An outline that cannot be numbered; its text is one sentence for the author."""


class UnknownChapterError(OutlineError):
    """A reference to an id that the outline does not hold."""

    def __init__(self, unknown: str, known: Iterable[str]) -> None:
        """Name the unknown id and the closest of the known ones."""
        closest = get_close_matches(unknown, list(known), n=1, cutoff=0.0)
        hint = f"; did you mean '{closest[0]}'?" if closest else "."
        super().__init__(f"No chapter has the id '{unknown}'{hint}")


@dataclass(frozen=True)
class Section:
    """A section that a chapter promises."""

    title: str
    summary: str = ""

    @property
    def fragment(self) -> str:
        """The fragment of its heading, as GitHub and pandoc's `gfm_auto_identifiers` make it."""
        return _NOT_IN_FRAGMENT.sub("", self.title.lower()).replace(" ", "-")


@dataclass(frozen=True)
class Deliverable:
    """A file that a chapter promises, its path relative to the chapter."""

    path: str
    title: str


@dataclass(frozen=True)
class Chapter:
    """A chapter or an appendix before it has a place: all that does not depend on order.

    Attributes:
        id: its stable name.
        title: its title.
        was: the ids that it had before.
        source: the edition's chapter whose text it starts from, empty where there is none.
    """

    id: str
    title: str
    was: tuple[str, ...] = ()
    source: str = ""
    summary: str = ""
    objectives: tuple[str, ...] = ()
    sections: tuple[Section, ...] = ()
    deliverables: tuple[Deliverable, ...] = ()


@dataclass(frozen=True)
class Entry(Chapter):
    """A chapter or an appendix in its place.

    Attributes:
        kind: whether it is numbered with the chapters or lettered with the appendices.
        number: its place among its kind, from 1.
        label: the number as printed, `3` or `B`.
        directory: its directory below `chapters/`, `03_api` or `appendices/b_tips`.
        part: the title of the part it stands in, if any.
    """

    kind: Kind = "chapter"
    number: int = 1
    label: str = "1"
    directory: str = ""
    part: str | None = None

    @property
    def path(self) -> str:
        """Its directory relative to the book's root, with forward slashes."""
        return f"{CHAPTERS_DIRECTORY}/{self.directory}"

    @property
    def prose(self) -> str:
        """The file that holds its text, relative to the book's root."""
        return f"{self.path}/chapter.md"

    @property
    def anchor(self) -> str:
        """The label that cross-references use; it does not change when the chapter moves."""
        return f"sec-{self.id}"

    @property
    def page(self) -> str:
        """The name of its page in the website; it does not change when the chapter moves."""
        return f"{self.id}.html"

    @property
    def name(self) -> str:
        """Its name in running text, `Chapter 3` or `Appendix B`."""
        return f"{self.kind.capitalize()} {self.label}"


@dataclass(frozen=True)
class Part:
    """A group of chapters that begins at one of them; parts do not restart numbers."""

    title: str
    first: str


@dataclass(frozen=True)
class Outline:
    """A numbered book: chapters, then appendices."""

    chapters: tuple[Entry, ...]
    appendices: tuple[Entry, ...] = ()
    parts: tuple[Part, ...] = ()

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """All chapters, then all appendices, in reading order."""
        return self.chapters + self.appendices

    @cached_property
    def _places(self) -> dict[str, int]:
        return {
            id: place for place, entry in enumerate(self.entries) for id in (*entry.was, entry.id)
        }

    def find(self, id: str) -> Entry | None:
        """Return the entry that has this id or had it before, or None."""
        place = self._places.get(id)
        return None if place is None else self.entries[place]

    def get(self, id: str) -> Entry:
        """Return the entry that has this id or had it before.

        Raises:
            UnknownChapterError: no entry has it; the error names the closest id.
        """
        entry = self.find(id)
        if entry is None:
            raise UnknownChapterError(id, (known.id for known in self.entries))
        return entry

    def previous(self, entry: Entry) -> Entry | None:
        """Return the entry before this one in reading order, or None for the first."""
        return self._at(self._places[entry.id] - 1)

    def next(self, entry: Entry) -> Entry | None:
        """Return the entry after this one in reading order, or None for the last."""
        return self._at(self._places[entry.id] + 1)

    def _at(self, place: int) -> Entry | None:
        return self.entries[place] if 0 <= place < len(self.entries) else None


def number(
    chapters: Sequence[Chapter], appendices: Sequence[Chapter] = (), parts: Sequence[Part] = ()
) -> Outline:
    """Give every chapter and appendix its number, label and directory.

    Args:
        chapters: the chapters in reading order.
        appendices: the appendices in reading order.
        parts: the parts in reading order, each naming the chapter it begins at.

    Raises:
        OutlineError: an id stands twice, or a part begins at no chapter or out of order.
    """
    _refuse_duplicates([*chapters, *appendices])
    part_of = _part_of_each_chapter(chapters, parts)
    width = max(2, len(str(len(chapters))))
    return Outline(
        chapters=tuple(
            _place(chapter, "chapter", n, str(n), f"{n:0{width}}_{chapter.id}", part_of[chapter.id])
            for n, chapter in enumerate(chapters, start=1)
        ),
        appendices=tuple(
            _place(
                chapter,
                "appendix",
                n,
                letters(n),
                f"{APPENDICES_DIRECTORY}/{letters(n).lower()}_{chapter.id}",
            )
            for n, chapter in enumerate(appendices, start=1)
        ),
        parts=tuple(parts),
    )


def _place(
    chapter: Chapter, kind: Kind, number: int, label: str, directory: str, part: str | None = None
) -> Entry:
    return Entry(
        **{name: getattr(chapter, name) for name in Chapter.__dataclass_fields__},
        kind=kind,
        number=number,
        label=label,
        directory=directory,
        part=part,
    )


def _refuse_duplicates(chapters: Iterable[Chapter]) -> None:
    owners: dict[str, Chapter] = {}
    listed = tuple(chapters)
    for chapter in listed:
        if chapter.id in owners:
            raise OutlineError(
                f"The id '{chapter.id}' stands twice; give one of the two another id, "
                f"like '- {chapter.id}_2: {chapter.title}'."
            )
        owners[chapter.id] = chapter
    for chapter in listed:
        for former in chapter.was:
            if former in owners:
                raise OutlineError(
                    f"'{chapter.id}' says that it was '{former}', but so is or was "
                    f"'{owners[former].id}'; leave the 'was' of one of them out."
                )
            owners[former] = chapter


def _part_of_each_chapter(
    chapters: Sequence[Chapter], parts: Sequence[Part]
) -> dict[str, str | None]:
    ids = [chapter.id for chapter in chapters]
    for part in parts:
        if part.first not in ids:
            unknown = UnknownChapterError(part.first, ids)
            raise OutlineError(f"The part '{part.title}' begins nowhere: {unknown}")
    places = [ids.index(part.first) for part in parts]
    if any(later <= earlier for earlier, later in pairwise(places)):
        raise OutlineError("Write the parts in the order of their chapters, each chapter once.")
    starts = dict(zip(places, (part.title for part in parts), strict=True))
    part_of: dict[str, str | None] = {}
    current: str | None = None
    for place, id in enumerate(ids):
        current = starts.get(place, current)
        part_of[id] = current
    return part_of


def letters(number: int) -> str:
    """Return the letters of the n-th appendix, from 1: A … Z, AA, AB …"""
    label = ""
    while number > 0:
        number, remainder = divmod(number - 1, 26)
        label = chr(ord("A") + remainder) + label
    return label


def derive_id(title: str) -> str:
    """Return the id of a bare title, or an empty string when the title has no letter or digit.

    Accents are dropped, other scripts are kept, and what is no letter or digit becomes an
    underscore, so that the id is a file name on every system.
    """
    plain = "".join(c for c in unicodedata.normalize("NFKD", title) if not unicodedata.combining(c))
    words = _NO_WORD.split(unicodedata.normalize("NFC", plain.lower()))
    id = ""
    for word in filter(None, words):
        longer = f"{id}_{word}" if id else word[:MAXIMUM_ID_LENGTH]
        if len(longer) > MAXIMUM_ID_LENGTH:
            break
        id = longer
    return f"{id}_chapter" if id in RESERVED_IDS else id


def relative_link(target: str, source: str) -> str:
    """Return the link from one rendered file to another.

    Args:
        target: path of a file or directory relative to the book's root, with forward slashes.
        source: path of the file that holds the link, likewise.
    """
    return posixpath.relpath(target, posixpath.dirname(source) or ".")


def read_lines(answer: object, known: Mapping[str, Chapter]) -> tuple[Chapter, ...]:
    """Read the answer that lists chapters or appendices, one line each.

    Args:
        answer: what YAML made of it: a list of titles and of `id: title` pairs.
        known: chapters of the edition by id, whose content a line with their id or title takes.

    Raises:
        OutlineError: one sentence that names the line.
    """
    lines = _listed(answer, "a chapter", "- Getting started")
    chapters = tuple(_read_line(line, place, known) for place, line in enumerate(lines, start=1))
    _refuse_repeated_lines(chapters)
    return chapters


def read_parts(answer: object) -> tuple[Part, ...]:
    """Read the answer that lists parts, one line each, `- Title: id of its first chapter`.

    Raises:
        OutlineError: one sentence that names the line.
    """
    return tuple(
        _read_part(line, place)
        for place, line in enumerate(_listed(answer, "a part", "- Foundations: intro"), start=1)
    )


def _listed(answer: object, what: str, example: str) -> Sequence[object]:
    if answer is None or answer == "":
        return ()
    if not isinstance(answer, list):
        raise OutlineError(f"Write {what} a line, each after a dash, like '{example}'.")
    return answer


def _read_line(line: object, place: int, known: Mapping[str, Chapter]) -> Chapter:
    if not isinstance(line, dict):
        return _read_title(_text(line, place, "title"), place, known)
    if len(line) != 1:
        raise OutlineError(f"Line {place}: write one chapter a line, like '- some_id: Its title'.")
    ((key, value),) = line.items()
    id = _read_id(key, place)
    title, was = _title_and_former_ids(value, place)
    content = next((known[known_id] for known_id in (id, *was) if known_id in known), None)
    return replace(content or Chapter(id, title), id=id, title=title, was=was)


def _read_title(title: str, place: int, known: Mapping[str, Chapter]) -> Chapter:
    same_title = (c for c in known.values() if c.title.casefold() == title.casefold())
    chapter = next(same_title, None)
    if chapter is not None:
        return chapter
    id = derive_id(title)
    if not id:
        raise OutlineError(
            f"Line {place}: no id can be made of the title '{title}'; "
            f"write one before it, like '- some_id: {title}'."
        )
    return replace(known[id], title=title) if id in known else Chapter(id, title)


def _read_id(key: object, place: int) -> str:
    id = _text(key, place, "id")
    if not is_id(id):
        raise OutlineError(
            f"Line {place}: '{id}' is no id (small letters, digits and single underscores, at most "
            f"{MAXIMUM_ID_LENGTH}); if the colon belongs to the title, put the line in quotes."
        )
    if id in RESERVED_IDS:
        raise OutlineError(f"Line {place}: the id '{id}' is reserved; write '{id}_chapter'.")
    return id


def _title_and_former_ids(value: object, place: int) -> tuple[str, tuple[str, ...]]:
    if not isinstance(value, dict):
        return _text(value, place, "title"), ()
    if not {"title"} <= set(value) <= {"title", "was"}:
        raise OutlineError(
            f"Line {place}: after an id stands a title, or '{{title: Its title, was: its_old_id}}'."
        )
    former = value.get("was") or []
    ids = former if isinstance(former, list) else [former]
    return _text(value["title"], place, "title"), tuple(_read_id(id, place) for id in ids)


def write_line(chapter: Chapter) -> dict[str, object]:
    """Return the line of an answer that `read_lines` reads as this chapter, its id shown."""
    if not chapter.was:
        return {chapter.id: chapter.title}
    was = chapter.was[0] if len(chapter.was) == 1 else list(chapter.was)
    return {chapter.id: {"title": chapter.title, "was": was}}


def _read_part(line: object, place: int) -> Part:
    if not isinstance(line, dict) or len(line) != 1:
        raise OutlineError(f"Line {place}: write a part as '- Its title: id_of_its_first_chapter'.")
    ((title, first),) = line.items()
    return Part(_text(title, place, "title"), _text(first, place, "chapter id"))


def _text(value: object, place: int, what: str) -> str:
    if value is None or (isinstance(value, str) and not value.strip()):
        raise OutlineError(f"Line {place}: the {what} is empty; write one.")
    if not isinstance(value, str):
        raise OutlineError(
            f"Line {place}: YAML reads the {what} as {_yaml_name(value)} ({value}), not as text; "
            "put it in quotes."
        )
    return " ".join("".join(c for c in value if c.isspace() or ord(c) >= 32).split())


def _yaml_name(value: object) -> str:
    names = {"bool": "yes or no", "int": "a number", "float": "a number", "list": "a list"}
    kind = type(value).__name__
    return names.get(kind, "a mapping" if isinstance(value, dict) else f"a {kind}")


def is_id(text: str) -> bool:
    """Say whether a text can be an id: lower case, digits, single underscores, not too long."""
    return bool(_ID.fullmatch(text)) and text == text.lower() and len(text) <= MAXIMUM_ID_LENGTH


def _refuse_repeated_lines(chapters: Sequence[Chapter]) -> None:
    first: dict[str, int] = {}
    for place, chapter in enumerate(chapters, start=1):
        if chapter.id in first:
            raise OutlineError(
                f"Line {place}: the id '{chapter.id}' already stands on line {first[chapter.id]}; "
                f"write another, like '- {chapter.id}_2: {chapter.title}'."
            )
        first[chapter.id] = place


def walk_directories(outline: Outline) -> Iterator[str]:
    """Yield every directory that the outline asks for, relative to the book's root."""
    for entry in outline.entries:
        yield entry.path
        yield f"{entry.path}/deliverables"
