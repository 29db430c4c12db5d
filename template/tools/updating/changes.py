"""What another outline changes in a book, told before it is done."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tools.build_scripts.book import Book, Entry

DRAFTS = "drafts"


@dataclass(frozen=True)
class Change:
    """One thing that changes.

    Attributes:
        what: a word for it.
        where: the folders or titles that it is about.
    """

    what: str
    where: str


def compare(root: Path, before: Book, after: Book) -> tuple[Change, ...]:
    """Return what changes between two outlines, in the order of the new one.

    Args:
        root: the book's directory, where chapters that were dropped wait in `drafts/`.
        before: the book that is there.
        after: the book that the new outline gives.
    """
    origins = {entry.id: _origin(entry, before, after) for entry in after.entries}
    changes = [
        change for entry in after.entries for change in _of_entry(root, origins[entry.id], entry)
    ]
    kept = {origin.id for origin in origins.values() if origin}
    changes += [
        Change("dropped", f"{entry.path} (what you wrote goes to {DRAFTS}/{entry.id})")
        for entry in before.entries
        if entry.id not in kept
    ]
    if before.parts != after.parts:
        titles = ", ".join(f"{part.title} (from {part.first})" for part in after.parts)
        changes.append(Change("parts", titles or "none"))
    return tuple(changes)


def _origin(entry: Entry, before: Book, after: Book) -> Entry | None:
    """Return the entry that this one was: of the same id, or of one that it had before."""
    there = {old.id: old for old in before.entries}
    still_used = {new.id for new in after.entries}
    names = (entry.id, *(id for id in entry.was if id not in still_used))
    return next((there[name] for name in names if name in there), None)


def _of_entry(root: Path, origin: Entry | None, entry: Entry) -> Iterator[Change]:
    if origin is None:
        parked = f"{DRAFTS}/{entry.id}"
        is_back = (root / parked).is_dir()
        yield Change("back", f"{parked} -> {entry.path}") if is_back else Change("new", entry.path)
        return
    if origin.id != entry.id:
        yield Change("new id", f"{origin.id} -> {entry.id}")
    if origin.path != entry.path:
        yield Change("moved", f"{origin.path} -> {entry.path}")
    if origin.title != entry.title:
        yield Change("retitled", f"{entry.path}: {origin.title} -> {entry.title}")


def table(changes: Sequence[Change]) -> str:
    """Return the changes, one a line."""
    width = max(len(change.what) for change in changes)
    return "\n".join(f"  {change.what:{width}}  {change.where}" for change in changes)
