"""The book as book.yml describes it, and the errors that a person can mend.

book.yml is computed by the template and is the only file that the tools read the outline from.
It is checked here, once, on reading; everything after relies on it.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Annotated, Literal

import msgspec
import msgspec.yaml
from msgspec import Meta, Struct

from tools.build_scripts.toml import tomllib

BOOK_FILE = "book.yml"
# The pages that the website has besides those of chapters.
SITE_PAGES = frozenset({"404.html", "book-index.html", "index.html", "print.html", "status.html"})
Format = Literal["html", "epub", "pdf", "markdown"]
FORMATS: tuple[Format, ...] = ("html", "epub", "pdf", "markdown")
Paper = Literal["technical", "a4", "letter"]
# How far a chapter is, each further than the one before.
Status = Literal["planned", "drafted", "reviewed", "done"]

# 2020-01-01, for a book that has no commit yet.
FALLBACK_DATE = 1_577_836_800
RIGHT_TO_LEFT = frozenset({"ar", "arc", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"})

# Characters that XML, and so EPUB, cannot hold, and those that no text is to hold.
UNPRINTABLE = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufdd0-\ufdef\ufffe\uffff"
Text = Annotated[str, Meta(min_length=1, pattern=f"^[^{UNPRINTABLE}]*$")]
OptionalText = Annotated[str, Meta(pattern=f"^[^{UNPRINTABLE}]*$")]
Id = Annotated[str, Meta(pattern=r"^[\w-]+$")]
FileName = Annotated[str, Meta(pattern=r"^[^/\\:*?\"<>|\s.][^/\\:*?\"<>|\s]*$")]


@dataclass(frozen=True)
class Problem:
    """Something in the book that its author can mend.

    Attributes:
        path: the file, relative to the book's root where it is inside.
        line: the line, from 1, or None when the problem is the file itself.
        message: one sentence that says what is wrong and what to do.
        rule: the id of what is broken; tools/validation/rules.py says what each asks for.
        column: the column, from 1, or None when it is not known.
    """

    path: str
    line: int | None
    message: str
    rule: str = "build"
    column: int | None = None

    def __str__(self) -> str:
        """Return the problem as editors and terminals make links of it: `file:line: message`."""
        place = self.path if self.line is None else f"{self.path}:{self.line}"
        return f"{place}: {self.message}"


class BuildError(Exception):
    """The book cannot be built; holds every problem that was found."""

    def __init__(self, *problems: Problem) -> None:
        """Keep the problems in the order they are to be shown."""
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


class Author(Struct, frozen=True, forbid_unknown_fields=True):
    """A person who wrote the book."""

    name: Text
    email: str | None = None
    affiliation: OptionalText | None = None


class Licenses(Struct, frozen=True, forbid_unknown_fields=True):
    """The licences of the text and of the code."""

    text: str
    code: str


class Section(Struct, frozen=True, forbid_unknown_fields=True):
    """A section that a chapter promises."""

    title: Text
    summary: OptionalText = ""


class Deliverable(Struct, frozen=True, forbid_unknown_fields=True):
    """A file that a chapter promises, its path relative to the chapter's directory."""

    path: Text
    title: Text


class Entry(Struct, frozen=True, forbid_unknown_fields=True):
    """A chapter or an appendix in its place; `was` holds the ids that it had before."""

    id: Id
    number: Annotated[int, Meta(ge=1)]
    label: Text
    title: Text
    path: Text
    anchor: Text
    page: FileName
    summary: OptionalText = ""
    sections: tuple[Section, ...] = ()
    deliverables: tuple[Deliverable, ...] = ()
    was: tuple[Id, ...] = ()

    @property
    def prose(self) -> str:
        """The file that holds its text, relative to the book's root."""
        return f"{self.path}/chapter.md"

    @property
    def prefix(self) -> str:
        """What the ids of its headings begin with."""
        return prefix_of(self.id)

    @property
    def former_anchors(self) -> tuple[str, ...]:
        """The anchors that it had under its former ids."""
        return tuple(f"sec-{former}" for former in self.was)


class Part(Struct, frozen=True, forbid_unknown_fields=True):
    """A group of chapters, named by the id of its first chapter."""

    title: Text
    first: str


class Phase(Struct, frozen=True, forbid_unknown_fields=True):
    """A phase of the plan, and the ids of the chapters that cover it."""

    title: Text
    weeks: str
    items: tuple[str, ...] = ()
    chapters: tuple[str, ...] = ()


class Milestone(Struct, frozen=True, forbid_unknown_fields=True):
    """A milestone: the state that chapters, named by id, are to reach; it may have no title.

    `due` is what older templates wrote; nothing reads it.
    """

    title: Text | None = None
    state: Literal["drafted", "reviewed", "done"] = "done"
    chapters: tuple[str, ...] | Literal["all"] = "all"
    due: str | None = None


class Book(Struct, frozen=True, forbid_unknown_fields=True):
    """What book.yml holds."""

    schema: Literal[1]
    edition: str
    title: Text
    subtitle: OptionalText | None
    slug: FileName
    authors: tuple[Author, ...]
    description: OptionalText
    language: Text
    repository: str | None
    isbn: str | None
    licenses: Licenses
    formats: tuple[Format, ...]
    parts: tuple[Part, ...]
    chapters: Annotated[tuple[Entry, ...], Meta(min_length=1)]
    appendices: tuple[Entry, ...]
    phases: tuple[Phase, ...] = ()
    milestones: tuple[Milestone, ...] = ()
    # A book.yml of an older template names none.
    paper: Paper = "technical"

    @property
    def entries(self) -> tuple[Entry, ...]:
        """All chapters, then all appendices, in reading order."""
        return self.chapters + self.appendices

    @property
    def direction(self) -> Literal["ltr", "rtl"]:
        """The direction its language is written in."""
        return "rtl" if self.language.split("-")[0].lower() in RIGHT_TO_LEFT else "ltr"

    @property
    def author_names(self) -> tuple[str, ...]:
        """The names of its authors."""
        return tuple(author.name for author in self.authors)

    @property
    def rights(self) -> str:
        """The licences, in a line."""
        text, code = license_name(self.licenses.text), license_name(self.licenses.code)
        return text if text == code else f"{text} (text), {code} (code)"

    def named(self, ids: Iterable[str] | Literal["all"]) -> tuple[Entry, ...]:
        """Return the entries that a milestone or a phase names; ids of no entry are left out."""
        wanted = None if ids == "all" else frozenset(ids)
        return tuple(entry for entry in self.entries if wanted is None or entry.id in wanted)

    def is_appendix(self, entry: Entry) -> bool:
        """Say whether an entry stands among the appendices."""
        return entry in self.appendices

    def part_at(self, entry: Entry) -> tuple[int, Part] | None:
        """Return the part that begins at a chapter, with its number from 1, or None."""
        numbered = enumerate(self.parts, start=1)
        return next(((n, part) for n, part in numbered if part.first == entry.id), None)


def prefix_of(id: str) -> str:
    """Return what the ids of a chapter's headings begin with: a letter, as XML wants for an id."""
    return f"{id}-" if id[0].isalpha() else f"s{id}-"


def former_page(former: str) -> str:
    """Return the name of the page that a chapter had under a former id."""
    return f"{former}.html"


def license_name(identifier: str) -> str:
    """Return how a licence is printed: SPDX identifiers as they are, and what is none in words."""
    return "All rights reserved" if identifier == "All-Rights-Reserved" else identifier


def load(root: Path) -> Book:
    """Read and check the book.yml of a book.

    Args:
        root: the book's directory.

    Raises:
        BuildError: it is missing, is not YAML, or does not describe a book.
    """
    try:
        text = (root / BOOK_FILE).read_bytes()
    except OSError as error:
        message = f"cannot be read ({error.strerror}); the directory of the book is {root}."
        raise BuildError(Problem(BOOK_FILE, None, message)) from error
    try:
        book = msgspec.yaml.decode(text, type=Book)
    except msgspec.ValidationError as error:
        said = re.sub(r"matching regex .*(?= - at )", "without forbidden characters", str(error))
        message = f"{said}; `copier update` writes the file anew."
        raise BuildError(Problem(BOOK_FILE, None, message)) from error
    except msgspec.DecodeError as error:
        message = f"is not YAML: {' '.join(str(error).split())}"
        raise BuildError(Problem(BOOK_FILE, None, message)) from error
    problems = [Problem(BOOK_FILE, None, message) for message in _contradictions(book)]
    if problems:
        raise BuildError(*problems)
    return book


def _contradictions(book: Book) -> Iterator[str]:
    """Yield what a schema cannot say: names used twice, parts without a chapter, wild paths."""
    for what in ("id", "path", "anchor", "page"):
        for name in _repeated(getattr(entry, what) for entry in book.entries):
            yield f"two chapters have the {what} '{name}'."
    ids = {chapter.id for chapter in book.chapters}
    for part in book.parts:
        if part.first not in ids:
            yield f"the part '{part.title}' begins at '{part.first}', which is no chapter."
    for place, entry in enumerate(book.entries, start=1):
        path = PurePosixPath(entry.path)
        if path.is_absolute() or ".." in path.parts or "\\" in entry.path:
            yield f"the path '{entry.path}' of entry {place} leaves the book's directory."
        if entry.page in SITE_PAGES:
            yield f"the page of '{entry.id}' is {entry.page}, which the website has already."
    yield from _former_contradictions(book)


def _former_contradictions(book: Book) -> Iterator[str]:
    """Yield the former ids that would take a page from another chapter."""
    ids = {entry.id for entry in book.entries}
    pages = {*SITE_PAGES, *(entry.page for entry in book.entries)}
    for former in _repeated(former for entry in book.entries for former in entry.was):
        yield f"the former id '{former}' is claimed twice."
    for entry in book.entries:
        for former in entry.was:
            if former in ids:
                yield f"the former id '{former}' of '{entry.id}' is the id of a chapter."
            elif former_page(former) in pages:
                page = former_page(former)
                yield f"the former page of '{entry.id}' is {page}, which is another page."


def _repeated(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(name for name, count in Counter(names).items() if count > 1)


def version(root: Path) -> str:
    """Return the book's version, `project.version` of its pyproject.toml.

    Raises:
        BuildError: the file is missing or holds no version.
    """
    name = "pyproject.toml"
    try:
        with (root / name).open("rb") as file:
            found = tomllib.load(file).get("project", {}).get("version")
    except OSError as error:
        message = f"cannot be read ({error.strerror}); it holds the version of the book."
        raise BuildError(Problem(name, None, message)) from error
    except tomllib.TOMLDecodeError as error:
        raise BuildError(Problem(name, None, f"is not TOML: {error}")) from error
    if not isinstance(found, str) or not found:
        message = 'has no version; write version = "0.1.0" below [project].'
        raise BuildError(Problem(name, None, message))
    return found


def build_date(root: Path) -> int:
    """Return the date that the built files carry, in seconds since 1970.

    The one rule for it: SOURCE_DATE_EPOCH when it is set, else the book's last commit, else
    a fixed date. The clock is never asked, so that the same text gives the same files.

    Raises:
        BuildError: SOURCE_DATE_EPOCH is not a number.
    """
    given = os.environ.get("SOURCE_DATE_EPOCH", "")
    if re.fullmatch(r"\d+", given):
        return int(given)
    if given:
        message = f"is '{given}'; it must be a whole number of seconds since 1970."
        raise BuildError(Problem("SOURCE_DATE_EPOCH", None, message))
    return _last_commit(root) or FALLBACK_DATE


def _last_commit(root: Path) -> int | None:
    """Return when the book's directory was last committed, or None where nothing says so."""
    command = ["git", "log", "-1", "--format=%ct", "--", "."]
    try:
        answer = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return int(answer.stdout) if answer.stdout.strip() else None
