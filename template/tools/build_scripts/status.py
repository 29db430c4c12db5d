"""Tell how far the book is: `python tools/build_scripts/status.py`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

if not __package__:  # run as a script, from whatever directory
    sys.path[0] = str(Path(__file__).resolve().parents[2])
    import tools.build_scripts  # noqa: F401  (says what is not installed, before click does)

import click

from tools.build_scripts import book as books
from tools.build_scripts import source
from tools.build_scripts.book import Book, Entry
from tools.build_scripts.cli import book_option, told

HEADER = ("", "Status", "Words", "To write", "Deliverables", "Title")
# The columns of numbers stand to the right.
NUMBERS = frozenset({2, 3, 4})


@dataclass(frozen=True)
class ChapterStatus:
    """How far a chapter is, counted from its files.

    Attributes:
        label: its number.
        title: its title.
        status: what its front matter says, `missing` without a file, empty where nothing is said.
        words: the words of its text.
        to_be_written: the sections that only say what they will hold.
        present: the deliverables that are there and not empty.
        promised: all its deliverables.
    """

    label: str
    title: str
    status: str
    words: int
    to_be_written: int
    present: int
    promised: int


def chapter_status(root: Path, entry: Entry) -> ChapterStatus:
    """Count what there is of a chapter.

    Raises:
        BuildError: its file cannot be read.
    """
    promised = [root / entry.path / deliverable.path for deliverable in entry.deliverables]
    present = sum(_is_present(path) for path in promised)
    if not (root / entry.prose).exists():
        return ChapterStatus(entry.label, entry.title, "missing", 0, 0, present, len(promised))
    text = source.read(root / entry.prose, entry.prose)
    return ChapterStatus(
        label=entry.label,
        title=entry.title,
        status=text.front_matter.status or "",
        words=text.words,
        to_be_written=text.to_be_written,
        present=present,
        promised=len(promised),
    )


def _is_present(path: Path) -> bool:
    if path.is_dir():
        return any(child.name != ".gitkeep" for child in path.iterdir())
    return path.is_file() and path.stat().st_size > 0


def table(book: Book, chapters: Sequence[ChapterStatus]) -> str:
    """Return the chapters and their sums as a table."""
    rows = [HEADER, *map(_row, chapters), _sums(chapters)]
    # Titles come last: scripts of different widths would bend the columns after them.
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADER) - 1)]
    lines = [f"{book.title}", ""]
    for row in rows:
        cells = [
            cell.rjust(width) if column in NUMBERS else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=False))
        ]
        lines.append("  ".join([*cells, row[-1]]).rstrip())
    return "\n".join(lines)


def _row(chapter: ChapterStatus) -> tuple[str, ...]:
    return (
        chapter.label,
        chapter.status or "-",
        f"{chapter.words:,}",
        str(chapter.to_be_written),
        f"{chapter.present}/{chapter.promised}",
        chapter.title,
    )


def _sums(chapters: Sequence[ChapterStatus]) -> tuple[str, ...]:
    present = sum(chapter.present for chapter in chapters)
    promised = sum(chapter.promised for chapter in chapters)
    return (
        "",
        "",
        f"{sum(chapter.words for chapter in chapters):,}",
        str(sum(chapter.to_be_written for chapter in chapters)),
        f"{present}/{promised}",
        "Total",
    )


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@book_option
def main(root: Path) -> None:
    """Tell how far the book is, chapter by chapter.

    All of it is counted from the files: the status in a chapter's front matter, its words
    without code, its sections marked "To be written", and the deliverables that are there.
    """
    with told():
        book = books.load(root)
        click.echo(table(book, [chapter_status(root, entry) for entry in book.entries]))


if __name__ == "__main__":
    main()
