"""Who owns a file of a book, by the one table that says so."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Literal

from .placement import enclosing
from .yamlfile import load_yaml

Owner = Literal["computed", "shared", "author"]
TABLE = Path(__file__).with_name("ownership.yml")


@dataclass(frozen=True)
class Row:
    """A line of the table.

    Attributes:
        owner: who owns the paths.
        paths: patterns of paths, relative to the book's root.
        what: the paths in words.
    """

    owner: Owner
    paths: tuple[str, ...]
    what: str


@dataclass(frozen=True)
class Ownership:
    """The table, applied to one book.

    Attributes:
        rows: the table; the first row that matches decides.
        chapters: the directories of the book's chapters.
        edition_chapters: those of them whose text the edition holds.
        answers_file: the file that keeps the answers.
    """

    rows: tuple[Row, ...]
    chapters: Container[str]
    edition_chapters: Container[str]
    answers_file: str

    def owner(self, path: str) -> Owner:
        """Return who owns a file that the template writes."""
        names = self._names(path)
        return next(
            row.owner
            for row in self.rows
            if any(fnmatchcase(name, pattern) for pattern in row.paths for name in names)
        )

    def _names(self, path: str) -> tuple[str, ...]:
        """Return the path as the patterns of the table may name it."""
        if path == self.answers_file:
            return ("{answers file}",)
        chapter = enclosing(path, self.chapters)
        if chapter is None:
            return (path,)
        rest = path[len(chapter) + 1 :]
        kind = "edition" if chapter in self.edition_chapters else "own"
        return (path, f"{{chapter}}/{rest}", f"{{{kind} chapter}}/{rest}")


def load_rows(table: Path = TABLE) -> tuple[Row, ...]:
    """Read the table."""
    rows: list[Mapping[str, object]] = load_yaml(table.read_text(encoding="utf-8"))
    return tuple(Row(**{**row, "paths": tuple(row["paths"])}) for row in rows)  # type: ignore
