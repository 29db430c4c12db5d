"""How far the book is: what its chapters claim, what bears that out, and what is missing.

A chapter claims a state in its front matter. The state that holds is that claim, lowered to what
can be seen in the book's files, so that nobody has to believe it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Literal, get_args

from tools.build_scripts import source, tested
from tools.build_scripts.book import Book, BuildError, Deliverable, Entry, Problem, Status
from tools.build_scripts.listings import attributes_of
from tools.build_scripts.source import HeadingLine, Source

STATES: tuple[Status, ...] = get_args(Status)
TEMPLATE = "templates/chapter_template.md"
OPTIONAL_SECTION = "further reading"
# Silent reading of English, and of Chinese (M. Brysbaert, 2019, "How many words do we read per
# minute?", Journal of Memory and Language 109).
WORDS_A_MINUTE, CHARACTERS_A_MINUTE = 238, 260

_WORD = re.compile(r"\w")
_EMPHASIS = re.compile(r"[*_`]")
_LANGUAGE = re.compile(r"\s*\{?\s*\.?([\w=+#-]*)")
# What is drawn instead of shown; listings.lua has the same names.
_DIAGRAMS = frozenset({"mermaid", "dot", "graphviz"})


@dataclass(frozen=True)
class Listing:
    """A listing: its line, from 1, the files that it includes, and whether it is kept true.

    One that shows what a program prints includes no file, and is compared by a test.
    """

    line: int
    files: tuple[str, ...]
    is_taken: bool


@dataclass(frozen=True)
class Promise:
    """A deliverable, and what is in its place."""

    deliverable: Deliverable
    path: str
    found: Literal["there", "empty", "nothing"]


@dataclass(frozen=True)
class Template:
    """The book's template of a chapter: the sections it asks for, and the lines it begins with."""

    sections: tuple[HeadingLine, ...] = ()
    lines: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Missing:
    """What a chapter needs for a state; the problem's message goes on after "but"."""

    state: Status
    problem: Problem


@dataclass(frozen=True)
class Chapter:
    """A chapter or an appendix, and the evidence of how far it is.

    Attributes:
        entry: its place in the book.
        is_appendix: whether it stands among the appendices.
        text: its file, None where there is none.
        listings: its listings.
        promises: its deliverables.
        template: what chapters are asked for.
        tested: the files of listings that tests run.
    """

    entry: Entry
    is_appendix: bool
    text: Source | None
    listings: tuple[Listing, ...]
    promises: tuple[Promise, ...]
    template: Template
    tested: frozenset[str]

    @cached_property
    def claimed(self) -> Status:
        """The state that it claims; where it claims none, a text is a draft."""
        if self.text is None:
            return "planned"
        return self.text.front_matter.status or ("drafted" if self.is_begun else "planned")

    @cached_property
    def is_begun(self) -> bool:
        """Whether it has text besides headings, listings, and what is to be written."""
        return self.text is not None and any(self._written(self.text))

    def _written(self, text: Source) -> Iterator[str]:
        headings = {heading.line for heading in text.headings}
        left_out = text.unwritten | headings | {fence.line for fence in text.fences}
        for number, line in enumerate(text.lines, start=1):
            begins = number not in left_out and _WORD.search(line)
            if begins and line.strip() not in self.template.lines:
                yield line

    @cached_property
    def missing(self) -> tuple[Missing, ...]:
        """All that it needs for the states that do not hold, whether it claims them or not."""
        return tuple(missing(self))

    @cached_property
    def state(self) -> Status:
        """The state that holds: what it claims, lowered to what can be seen."""
        steps = STATES[: STATES.index(self.claimed) + 1]
        lacking = {missing.state for missing in self.missing}
        return next(
            (before for before, step in pairwise(steps) if step in lacking),
            self.claimed,
        )

    @property
    def unfounded(self) -> tuple[Problem, ...]:
        """What it lacks of the state that it claims."""
        claimed = STATES.index(self.claimed)
        return tuple(
            missing.problem for missing in self.missing if STATES.index(missing.state) <= claimed
        )

    @property
    def words(self) -> int:
        """The number of its words."""
        return self.text.words if self.text else 0

    @property
    def minutes(self) -> float:
        """How long it takes to read, code left out."""
        if self.text is None:
            return 0
        characters = self.text.unspaced_characters
        return (self.words - characters) / WORDS_A_MINUTE + characters / CHARACTERS_A_MINUTE

    @property
    def tested_listings(self) -> int:
        """How many of its listings show files that tests run."""
        return sum(
            listing.is_taken and self.tested.issuperset(listing.files) for listing in self.listings
        )

    @property
    def present(self) -> int:
        """How many of its deliverables are there."""
        return sum(promise.found == "there" for promise in self.promises)

    @property
    def open_passages(self) -> int:
        """How many passages are to be written, or marked for later."""
        return len(self.text.to_be_written) + len(self.text.markers) if self.text else 0


@dataclass(frozen=True)
class Goal:
    """A milestone or a phase: the state that its chapters are to reach, and how many have."""

    title: str | None
    state: Status
    reached: int
    total: int

    @property
    def is_reached(self) -> bool:
        """Whether all its chapters have reached the state."""
        return self.reached == self.total


@dataclass(frozen=True)
class Total:
    """What the chapters have together."""

    words: int
    minutes: float
    listings: int
    tested_listings: int
    promises: int
    present: int
    open_passages: int


@dataclass(frozen=True)
class Progress:
    """How far a book is.

    Attributes:
        book: what book.yml says.
        chapters: chapters, then appendices, in reading order.
        inputs: what was looked at besides the chapters, relative to the book's root.
    """

    book: Book
    chapters: tuple[Chapter, ...]
    inputs: tuple[str, ...]

    @cached_property
    def total(self) -> Total:
        """What the chapters have together."""
        return Total(
            words=sum(chapter.words for chapter in self.chapters),
            minutes=sum(chapter.minutes for chapter in self.chapters),
            listings=sum(len(chapter.listings) for chapter in self.chapters),
            tested_listings=sum(chapter.tested_listings for chapter in self.chapters),
            promises=sum(len(chapter.promises) for chapter in self.chapters),
            present=sum(chapter.present for chapter in self.chapters),
            open_passages=sum(chapter.open_passages for chapter in self.chapters),
        )

    @property
    def milestones(self) -> tuple[Goal, ...]:
        """The milestones; one whose chapters are all gone is none."""
        return tuple(
            self._goal(milestone.title, milestone.state, entries)
            for milestone in self.book.milestones
            if (entries := self.book.named(milestone.chapters))
        )

    @property
    def phases(self) -> tuple[Goal, ...]:
        """The phases that chapters cover, likewise."""
        return tuple(
            self._goal(phase.title, "done", entries)
            for phase in self.book.phases
            if (entries := self.book.named(phase.chapters))
        )

    def _goal(self, title: str | None, state: Status, entries: Sequence[Entry]) -> Goal:
        wanted = {entry.id for entry in entries}
        states = (chapter.state for chapter in self.chapters if chapter.entry.id in wanted)
        reached = sum(STATES.index(found) >= STATES.index(state) for found in states)
        return Goal(title, state, reached, len(entries))


def rounded(minutes: float) -> int:
    """Return whole minutes, of which the shortest text takes one."""
    return max(1, int(minutes + 0.5)) if minutes else 0


def missing(chapter: Chapter) -> Iterator[Missing]:
    """Yield what a chapter needs for each state, those it does not claim included.

    A draft has text. What is reviewed is whole: nothing is to be written or marked for later, and
    a chapter has the sections that the template asks for. When it is done, its deliverables are
    there, and the files that it shows are tested.
    """
    name, text = chapter.entry.prose, chapter.text
    if text is None:
        yield Missing("drafted", Problem(name, None, "the file does not exist.", "unwritten"))
    elif not chapter.is_begun:
        yield Missing("drafted", Problem(name, None, "it has no text yet.", "unwritten"))
    if text is not None:
        for problem in _unfinished(chapter, text):
            yield Missing("reviewed", problem)
    for problem in _unkept(chapter):
        yield Missing("done", problem)


def _unfinished(chapter: Chapter, text: Source) -> Iterator[Problem]:
    for line in text.to_be_written:
        yield Problem(text.name, line, "a passage is still to be written.", "unwritten")
    for line, mark in text.markers:
        yield Problem(text.name, line, f"'{mark}' marks a passage for later.", "marker")
    if chapter.is_appendix:
        return
    sections = {_plain(heading.text) for heading in text.headings}
    for asked in chapter.template.sections:
        if _plain(asked.text) not in sections:
            written = f"{'#' * asked.level} {asked.text}"
            message = f"the section '{written}' is missing, which {TEMPLATE} asks for."
            yield Problem(text.name, None, message, "section")


def _unkept(chapter: Chapter) -> Iterator[Problem]:
    for promise in chapter.promises:
        if promise.found != "there":
            what = "is empty" if promise.found == "empty" else "does not exist"
            message = f"the deliverable '{promise.deliverable.title}' {what}."
            yield Problem(promise.path, None, message, "deliverable")
    for listing in chapter.listings:
        for file in listing.files:
            if file not in chapter.tested:
                message = f"it shows {file}, which no test imports or names."
                yield Problem(chapter.entry.prose, listing.line, message, "proof")


def _plain(title: str) -> str:
    return " ".join(_EMPHASIS.sub("", title).split()).casefold()


# Reading -----------------------------------------------------------------------------------


def read(root: Path, book: Book) -> Progress:
    """Read the chapters of a book and find out how far it is.

    Raises:
        BuildError: holds what is wrong in files that cannot be read.
    """
    sources: dict[str, Source] = {}
    problems: list[Problem] = []
    for entry in book.entries:
        if (root / entry.prose).exists():
            try:
                sources[entry.id] = source.read(root / entry.prose, entry.prose)
            except BuildError as error:
                problems += error.problems
    if problems:
        raise BuildError(*problems)
    return survey(root, book, sources)


def survey(root: Path, book: Book, sources: Mapping[str, Source]) -> Progress:
    """Find out how far a book is whose chapters were read.

    Args:
        root: the book's directory.
        book: what book.yml says.
        sources: the files of the chapters that are there, by the chapter's id.

    Raises:
        BuildError: the template of a chapter cannot be read.
    """
    template = _template(root)
    listings = {id: tuple(_listings(text)) for id, text in sources.items()}
    files = {file for shown in listings.values() for listing in shown for file in listing.files}
    coverage = tested.coverage(root, files)
    chapters = tuple(
        Chapter(
            entry=entry,
            is_appendix=book.is_appendix(entry),
            text=sources.get(entry.id),
            listings=listings.get(entry.id, ()),
            promises=tuple(_promise(root, entry, promised) for promised in entry.deliverables),
            template=template,
            tested=coverage.files,
        )
        for entry in book.entries
    )
    promised = (promise.path for chapter in chapters for promise in chapter.promises)
    return Progress(book, chapters, (TEMPLATE, *promised, *coverage.inputs))


def _template(root: Path) -> Template:
    """Read the template of a chapter; where there is none, nothing is asked."""
    if not (root / TEMPLATE).is_file():
        return Template()
    text = source.read(root / TEMPLATE, TEMPLATE)
    return Template(
        sections=tuple(
            heading
            for heading in text.headings
            if ".unnumbered" in heading.attributes.split()
            and ".optional" not in heading.attributes.split()
            and _plain(heading.text) != OPTIONAL_SECTION
        ),
        lines=frozenset(filter(None, map(str.strip, text.lines))),
    )


def _listings(text: Source) -> Iterator[Listing]:
    for fence in text.fences:
        language = _LANGUAGE.match(fence.info)
        if language and (language[1] in _DIAGRAMS or language[1].startswith("=")):
            continue
        taken = attributes_of(fence.info)
        files = (taken[name] for name in ("before", "include") if taken.get(name))
        yield Listing(fence.line, tuple(files), bool({"include", "output"} & taken.keys()))


def _promise(root: Path, entry: Entry, promised: Deliverable) -> Promise:
    path = f"{entry.path}/{promised.path}"
    return Promise(promised, path, _found(root / path))


def _found(path: Path) -> Literal["there", "empty", "nothing"]:
    if path.is_dir():
        return "there" if any(child.name != ".gitkeep" for child in path.iterdir()) else "empty"
    if not path.is_file():
        return "nothing"
    return "there" if path.stat().st_size > 0 else "empty"
