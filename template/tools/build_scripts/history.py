"""When the chapters were last changed, as Git knows it."""

from __future__ import annotations

import subprocess
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Change:
    """The day of the last commit, empty where there is none, and whether more was changed."""

    date: str
    is_uncommitted: bool


def last_changes(root: Path, directories: Collection[str]) -> dict[str, Change]:
    """Return when directories were last changed; nothing where Git does not keep the book.

    Args:
        root: the book's directory.
        directories: the directories, relative to it.
    """
    try:
        dates = _dates(root, directories)
        uncommitted = _uncommitted(root, directories)
    except (OSError, subprocess.CalledProcessError):
        return {}
    return {
        directory: Change(dates.get(directory, ""), directory in uncommitted)
        for directory in directories
    }


def _dates(root: Path, directories: Collection[str]) -> dict[str, str]:
    """Return the days of the last commits, reading no more of the history than needed."""
    dates: dict[str, str] = {}
    date = ""
    with subprocess.Popen(
        _git("log", "--format=%x00%cs", "--name-only", "--no-show-signature", "--", *directories),
        cwd=root,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        encoding="utf-8",
        errors="surrogateescape",
    ) as log:
        for line in log.stdout or ():
            if line.startswith("\0"):
                date = line.strip("\0\n")
                continue
            for directory in _holding(line, directories):
                dates.setdefault(directory, date)
            if len(dates) == len(directories):
                log.kill()
                break
    return dates


def _uncommitted(root: Path, directories: Collection[str]) -> frozenset[str]:
    done = subprocess.run(
        _git("status", "--porcelain", "--no-renames", "--untracked-files=all", "--", *directories),
        cwd=root,
        capture_output=True,
        check=True,
        encoding="utf-8",
        errors="surrogateescape",
    )
    lines = done.stdout.splitlines()
    return frozenset(found for line in lines for found in _holding(line[3:], directories))


def _git(*arguments: str) -> list[str]:
    options = ("--literal-pathspecs", "--no-optional-locks", "-c", "core.quotePath=false")
    return ["git", *options, *arguments]


def _holding(path: str, directories: Collection[str]) -> Iterator[str]:
    """Yield the directories that hold a path, which Git tells from the root of its repository."""
    whole = f"/{path.lstrip(chr(34))}"
    yield from (directory for directory in directories if f"/{directory}/" in whole)
