"""What stops a render over an existing book: text that would be lost beyond restoring.

An update and a recopy write over the author's files, and the program that puts that right
(`moves.py`) takes the author's text from the last commit. So it must be there.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from .book import BOOK_FILE
from .repository import MINIMUM_GIT, git_version


def holds_book(folder: Path) -> bool:
    """Say whether a book with content stands in a folder."""
    return (folder / BOOK_FILE).is_file()


@dataclass(frozen=True)
class Render:
    """A render that is about to begin.

    Attributes:
        book: the folder to render into, which holds a book.
        structure_only: whether only folders are wanted.
        skip_tasks: whether the author told Copier to run no task.
        paths: the files that will be written, as far as they are known.
    """

    book: Path
    structure_only: bool
    skip_tasks: bool
    paths: Collection[str]


def refusals(render: Render) -> Iterator[str]:
    """Yield a sentence for each reason not to render, the gravest first."""
    book = render.book
    if render.structure_only:
        yield f"structure_only would remove all that is written in {book}; leave it off."
    if git_version() < MINIMUM_GIT:
        needed = ".".join(map(str, MINIMUM_GIT))
        yield f"Git {needed} or newer is needed to move chapters with their text; update Git."
    # A setting of Git can hide new files from Copier's own look at this (9.19).
    status = _git(book, "status", "--porcelain", "--untracked-files=normal", "--", ".")
    if status is None or _git(book, "rev-parse", "HEAD") is None:
        yield (
            f"{book} holds a book that was never committed, so its text could be lost; type first: "
            "git init && git add --all && git commit -m 'Start the book'"
        )
        return
    if status:
        yield (
            f"{book} has changes that are not committed, and they could be lost; commit or stash "
            "them, then try again."
        )
    for line in _files(book, "-v", "--", "."):
        if _hides_changes(line[:1]) and (book / line[2:]).exists():
            yield (
                f"Git is told not to look for changes in {line[2:]}, so they could be lost; type: "
                f"git update-index --no-assume-unchanged --no-skip-worktree {line[2:]}"
            )
    # Copier (9.19) takes every such file in the repository for one of its own, and deletes it.
    for path in _files(book, "--others", "--", ":(top)*.rej"):
        yield f"{path} is left of an earlier merge; move what is in it to its place and delete it."
    if render.skip_tasks:
        yield "With --skip-tasks a recopy would lose your text; leave it out."
    ignored = _files(book, "--others", "--ignored", "--exclude-standard")
    for path in sorted(set(ignored) & set(render.paths)):
        yield (
            f"{path} is ignored by Git, and would be written over; rename it, or commit it: "
            f"git add --force {path}"
        )


def _hides_changes(tag: str) -> bool:
    """Say whether a tag of `git ls-files -v` marks a file as skipped or assumed unchanged."""
    return tag == "S" or tag.islower()


def is_committed(book: Path, file: str) -> bool:
    """Say whether a file of a book, relative to its root, is in the last commit."""
    return bool(_git(book, "ls-tree", "--name-only", "HEAD", file))


def _files(book: Path, *options: str) -> list[str]:
    """Return the lines of `git ls-files`."""
    return list(filter(None, (_git(book, "ls-files", "-z", *options) or "").split("\0")))


def _git(book: Path, *arguments: str) -> str | None:
    """Return what Git prints, None where it fails."""
    command = ["git", "-C", str(book), *arguments]
    result = subprocess.run(command, capture_output=True, check=False)
    return None if result.returncode else os.fsdecode(result.stdout)
