"""Tell how far the book is: `python tools/build_scripts/status.py`."""

from __future__ import annotations

import shutil
import sys
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Literal

if not __package__:  # run as a script, from whatever directory
    sys.path[0] = str(Path(__file__).resolve().parents[2])
    import tools.build_scripts  # noqa: F401  (says what is not installed, before click does)

import click
import msgspec

from tools.build_scripts import book as books
from tools.build_scripts import history, progress
from tools.build_scripts.book import Problem
from tools.build_scripts.cli import book_option, told
from tools.build_scripts.history import Change
from tools.build_scripts.pandoc import Json
from tools.build_scripts.progress import Chapter, Goal, Progress, rounded

HEADER = ("", "State", "Words", "Min", "Tested", "Files", "Open", "Changed", "Title")
# The columns of numbers stand to the right.
NUMBERS = frozenset({2, 3, 4, 5, 6})
LEAST_TITLE = 12
UNCOMMITTED, UNFOUNDED = "*", "!"


# For people --------------------------------------------------------------------------------


def report(found: Progress, changes: Mapping[str, Change], width: int | None) -> str:
    """Return how far a book is, as people read it.

    Args:
        found: how far it is.
        changes: when the directories of its chapters were last changed, where that is known.
        width: the columns to keep to; None where titles are not to be cut.
    """
    rows = [HEADER, *(_row(chapter, changes) for chapter in found.chapters), _sums(found)]
    parts = (
        [found.book.title],
        _table(rows, width),
        _legend(found, changes),
        _goals("Milestones", found.milestones),
        _goals("Phases", found.phases),
        _claims(found.chapters),
    )
    return "\n\n".join("\n".join(lines) for lines in parts if lines)


def _row(chapter: Chapter, changes: Mapping[str, Change]) -> tuple[str, ...]:
    state = chapter.state if chapter.text is not None else "missing"
    return (
        chapter.entry.label,
        f"{state} {UNFOUNDED}" if chapter.unfounded else state,
        f"{chapter.words:,}",
        str(rounded(chapter.minutes)),
        f"{chapter.tested_listings}/{len(chapter.listings)}",
        f"{chapter.present}/{len(chapter.promises)}",
        str(chapter.open_passages),
        _changed(changes.get(chapter.entry.path)),
        chapter.entry.title,
    )


def _changed(change: Change | None) -> str:
    if change is None:
        return "-"
    return f"{change.date or 'never'}{UNCOMMITTED if change.is_uncommitted else ''}"


def _sums(found: Progress) -> tuple[str, ...]:
    total = found.total
    return (
        "",
        "",
        f"{total.words:,}",
        str(rounded(total.minutes)),
        f"{total.tested_listings}/{total.listings}",
        f"{total.present}/{total.promises}",
        str(total.open_passages),
        "",
        "Total",
    )


def _table(rows: Sequence[Sequence[str]], width: int | None) -> list[str]:
    """Return rows as lines, the titles at the end: other scripts would bend what follows them."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADER) - 1)]
    room = None if width is None else max(LEAST_TITLE, width - sum(widths) - 2 * len(widths))
    lines = []
    for row in rows:
        cells = [
            cell.rjust(width) if column in NUMBERS else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=False))
        ]
        lines.append("  ".join([*cells, _cut(row[-1], room)]).rstrip())
    return lines


def _cut(text: str, room: int | None) -> str:
    """Return a text in so many columns, of which some characters take two and some none."""
    if room is None or sum(map(_columns, text)) <= room:
        return text
    kept, taken = "", 1
    for character in text:
        taken += _columns(character)
        if taken > room:
            break
        kept += character
    return f"{kept.rstrip()}…"


def _columns(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _legend(found: Progress, changes: Mapping[str, Change]) -> list[str]:
    lines = []
    if any(chapter.unfounded for chapter in found.chapters):
        lines.append(f"{UNFOUNDED} claims more than can be seen; what it lacks is told below.")
    if any(change.is_uncommitted for change in changes.values()):
        lines.append(f"{UNCOMMITTED} holds changes that are not committed.")
    return lines


def _goals(name: str, goals: Iterable[Goal]) -> list[str]:
    lines = [
        f"[{'x' if goal.is_reached else ' '}] {goal.reached:>2} of {goal.total:>2} "
        f"{goal.state:<8}  {goal.title or f'Every chapter {goal.state}'}"
        for goal in goals
    ]
    return [name, *lines] if lines else []


def _claims(chapters: Iterable[Chapter]) -> list[str]:
    return [
        str(Problem(lack.path, lack.line, f"claims '{chapter.claimed}', but {lack.message}"))
        for chapter in chapters
        for lack in chapter.unfounded
    ]


# For machines ------------------------------------------------------------------------------


def as_json(found: Progress, changes: Mapping[str, Change]) -> str:
    """Return how far a book is, as programs read it."""
    total = found.total
    data = {
        "title": found.book.title,
        "chapters": [
            _chapter(chapter, changes.get(chapter.entry.path)) for chapter in found.chapters
        ],
        "total": {
            "words": total.words,
            "minutes": rounded(total.minutes),
            "listings": total.listings,
            "tested_listings": total.tested_listings,
            "deliverables": total.promises,
            "present_deliverables": total.present,
            "open_passages": total.open_passages,
        },
        "milestones": [_goal(goal) for goal in found.milestones],
        "phases": [_goal(goal) for goal in found.phases],
    }
    return msgspec.json.format(msgspec.json.encode(data), indent=2).decode()


def _chapter(chapter: Chapter, change: Change | None) -> Json:
    return {
        "id": chapter.entry.id,
        "label": chapter.entry.label,
        "title": chapter.entry.title,
        "path": chapter.entry.path,
        "claimed": chapter.claimed,
        "state": chapter.state,
        "missing": list(_missing(chapter)),
        "words": chapter.words,
        "minutes": rounded(chapter.minutes),
        "listings": len(chapter.listings),
        "tested_listings": chapter.tested_listings,
        "deliverables": len(chapter.promises),
        "present_deliverables": chapter.present,
        "open_passages": chapter.open_passages,
        "changed": change.date or None if change else None,
        "uncommitted": change.is_uncommitted if change else None,
    }


def _missing(chapter: Chapter) -> Iterator[Json]:
    for lack in chapter.missing:
        problem = lack.problem
        place = {"path": problem.path, "line": problem.line}
        yield {"state": lack.state, **place, "message": problem.message}


def _goal(goal: Goal) -> Json:
    return {
        "title": goal.title,
        "state": goal.state,
        "reached": goal.reached,
        "total": goal.total,
    }


# The command -------------------------------------------------------------------------------


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="For people or for programs.",
)
@click.option("--write", is_flag=True, help="Write the section 'Status' of README.md anew.")
@click.option(
    "--check",
    is_flag=True,
    help="Only fail if that section was written and is stale; one never written is not.",
)
@book_option
def main(form: Literal["text", "json"], write: bool, check: bool, root: Path) -> None:
    """Tell how far the book is, chapter by chapter.

    All of it is counted from the files. A chapter claims a state in its front matter; the state
    told is the claim, lowered to what can be seen. Drafted: it has text. Reviewed: nothing is to
    be written or marked TODO, FIXME or XXX, and it has the sections that
    templates/chapter_template.md asks for. Done: its deliverables are there, and tests run what
    its listings include.

    Columns: words, minutes to read, listings (from tested files, of all), files (deliverables
    that are there, of all), open passages, and the day of the last commit.
    """
    if write and check:
        raise click.UsageError("--write makes the section new, so there is nothing to --check.")
    with told():
        found = progress.read(root, books.load(root))
        if write or check:
            _update_readme(root, found, check)
            return
        changes = history.last_changes(root, [entry.path for entry in found.book.entries])
        if form == "json":
            click.echo(as_json(found, changes))
        else:
            width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
            click.echo(report(found, changes, width))


def _update_readme(root: Path, found: Progress, check: bool) -> None:
    from tools.build_scripts import readme  # needs more than the table does

    if check:
        readme.check(root, found)
        return
    changed = readme.write(root, found)
    click.echo(f"{readme.NAME}: {'written' if changed else 'nothing changed'}.")


if __name__ == "__main__":
    main()
