"""What a render over an existing book would move or drop, and the refusal to do so.

Copier (9.19) writes a file anew at its new path and deletes the old one with the author's edits in
it, without a conflict. Until the text can follow its chapter, no render may get that far.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from .outline import Outline


class LossError(ValueError):
    """A render that would lose what an author wrote; its text is one sentence for the author."""


@dataclass(frozen=True)
class Move:
    """A chapter whose directory changes.

    Attributes:
        before: the directory that is there, relative to the book's root.
        after: the directory that the new outline gives it, None when it leaves the outline.
    """

    before: str
    after: str | None

    def __str__(self) -> str:
        """Say what would happen."""
        return f"{self.before} would {f'become {self.after}' if self.after else 'be dropped'}"


def moves(book: Path, outline: Outline) -> Iterator[Move]:
    """Yield the chapters of an existing book that a new outline moves or drops.

    Args:
        book: the book's root; without a book.yml in it there is nothing to move.
        outline: the outline to render.

    Raises:
        LossError: the book.yml cannot be read, so nobody can tell.
    """
    file = book / "book.yml"
    if not file.is_file():
        return
    for id, before in _paths(file).items():
        entry = outline.find(id)
        after = entry.path if entry else None
        if after != before and (book / before).is_dir():
            yield Move(before, after)


def _paths(file: Path) -> dict[str, str]:
    """Return the directories of a book's chapters and appendices by id."""
    try:
        content = yaml.safe_load(file.read_text(encoding="utf-8"))
        entries = [*content["chapters"], *content["appendices"]]
        return {entry["id"]: entry["path"] for entry in entries}
    except (yaml.YAMLError, UnicodeDecodeError, KeyError, TypeError):
        raise LossError(
            f"{file} is no outline of a book; restore it with: git checkout REVISION -- book.yml"
        ) from None


def refuse_loss(book: Path, outline: Outline, *, structure_only: bool) -> None:
    """Refuse to render over a book in which text would be lost.

    Raises:
        LossError: a chapter would move or leave, or all content would.
    """
    if structure_only and (book / "book.yml").is_file():
        raise LossError(f"structure_only would remove all that is written in {book}; leave it off.")
    found = list(moves(book, outline))
    if found:
        more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
        raise LossError(
            f"{found[-1]}{more}, and in this version the text in it would be lost; keep the order "
            "of the chapters and their ids, and add new chapters after the last."
        )
