"""The outline as three lists: read from book.yml, changed, and given to Copier as answers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Literal

from tools.build_scripts.book import Book, Entry
from tools.updating.errors import UpdateError

ListName = Literal["chapters", "appendices", "parts"]
LISTS: tuple[ListName, ...] = ("chapters", "appendices", "parts")
# What the template takes for an empty list of appendices; it takes an empty one for its own.
NO_APPENDICES = "none"
Line = object  # what YAML makes of a line; Copier judges it


@dataclass(frozen=True)
class Outline:
    """The three lists, each line as YAML reads it."""

    chapters: tuple[Line, ...]
    appendices: tuple[Line, ...]
    parts: tuple[Line, ...]

    def answers(self) -> dict[str, object]:
        """Return all three lists as answers to Copier."""
        return {name: self._answer(name) for name in LISTS}

    def answers_unlike(self, before: Outline) -> dict[str, object]:
        """Return the lists that differ from another outline's, as answers to Copier.

        The others stay as they are answered: an empty answer lets the edition go on deciding.
        """
        changed = (name for name in LISTS if getattr(self, name) != getattr(before, name))
        return {name: self._answer(name) for name in changed}

    def _answer(self, name: ListName) -> object:
        lines: tuple[Line, ...] = getattr(self, name)
        if name == "appendices" and not lines:
            return NO_APPENDICES
        return list(lines)


def of_book(book: Book) -> Outline:
    """Return the outline that a book has, every line with its id."""
    return Outline(
        chapters=tuple(map(_line, book.chapters)),
        appendices=tuple(map(_line, book.appendices)),
        parts=tuple({part.title: part.first} for part in book.parts),
    )


def _line(entry: Entry) -> Line:
    if not entry.was:
        return {entry.id: entry.title}
    was = entry.was[0] if len(entry.was) == 1 else list(entry.was)
    return {entry.id: {"title": entry.title, "was": was}}


def add(book: Book, line: Line, after: str | None) -> Outline:
    """Return the outline of a book with one more line.

    Args:
        book: the book.
        line: the line.
        after: the id of the chapter or appendix that it follows; None for after the last chapter.

    Raises:
        UpdateError: nothing has that id.
    """
    outline = of_book(book)
    if after is None:
        return replace(outline, chapters=(*outline.chapters, line))
    chapters = [entry.id for entry in book.chapters]
    if after in chapters:
        return replace(outline, chapters=_inserted(outline.chapters, line, chapters.index(after)))
    appendices = [entry.id for entry in book.appendices]
    if after in appendices:
        place = appendices.index(after)
        return replace(outline, appendices=_inserted(outline.appendices, line, place))
    closest = get_close_matches(after, [*chapters, *appendices], n=1, cutoff=0.0)
    raise UpdateError(f"No chapter has the id '{after}'; did you mean '{closest[0]}'?")


def _inserted(lines: tuple[Line, ...], line: Line, after: int) -> tuple[Line, ...]:
    return (*lines[: after + 1], line, *lines[after + 1 :])
