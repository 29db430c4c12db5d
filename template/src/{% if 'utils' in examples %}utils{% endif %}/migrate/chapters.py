"""The chapters of this book, which findings refer to."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec.yaml

ROOT = Path(__file__).resolve().parents[3]


@dataclass(frozen=True)
class Chapter:
    """A chapter: how it is called, and where its text is.

    Attributes:
        id: its name, which never changes.
        title: its number or letter, and its title.
        path: its text, from the book's root.
    """

    id: str
    title: str
    path: str


def chapters(root: Path = ROOT) -> Mapping[str, Chapter]:
    """Return the chapters and appendices of the book by their ids.

    One that the outline leaves out is missing here, and a report then names
    its id.
    """
    book = root / "book.yml"
    if not book.exists():
        return {}
    facts: dict[str, Any] = msgspec.yaml.decode(book.read_bytes())
    entries = (*facts.get("chapters", ()), *facts.get("appendices", ()))
    return {
        entry["id"]: Chapter(
            entry["id"],
            f"{entry['label']}. {entry['title']}",
            f"{entry['path']}/chapter.md",
        )
        for entry in entries
    }
