"""The Git repository that the book stands in: what is asked of it, and the way back."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from tools.updating.errors import UpdateError

UNMERGED = frozenset({"DD", "AU", "UD", "UA", "DU", "AA", "UU"})
# Only what is below the directory that they run in; files that Git ignores stay.
RESTORE = (
    ("git", "restore", "--source=HEAD", "--staged", "--worktree", "--", "."),
    ("git", "clean", "--quiet", "--force", "-d", "--", "."),
)
HOW_TO_RESTORE = "git restore --source=HEAD --staged --worktree -- . ; git clean -fd -- ."


class _Changed(NamedTuple):
    """A path that Git's status lists, relative to the repository's root, and its two letters."""

    code: str
    path: str


@dataclass(frozen=True)
class Repository:
    """The repository around a book.

    Attributes:
        book: the book's directory, the repository's root or a directory in it.
    """

    book: Path

    def require_ready(self, *needed: str) -> None:
        """Refuse a state from which nobody could come back.

        Args:
            needed: files of the book that have to be committed.

        Raises:
            UpdateError: there is no repository, a merge is unfinished, something in the book is
                not committed, or a file of an earlier merge would be taken for a new one.
        """
        prefix = self._prefix()
        changed = tuple(self._status())
        _refuse(
            [path for code, path in changed if code in UNMERGED],
            "Conflicts are not resolved in {}; resolve them, git add the files and commit first.",
        )
        _refuse(
            [path for code, path in changed if code != "!!" and path.startswith(prefix)],
            "The book has changes that are not committed, in {}; commit them first, or put them "
            "aside with: git stash --include-untracked",
        )
        # Copier merges every such file it finds, wherever in the repository and whosesoever.
        _refuse(
            [path for code, path in changed if code in {"??", "!!"} and path.endswith(".rej")],
            "An earlier merge left {}; delete it or move it out of the repository first.",
        )
        _refuse(
            [path for path in needed if not self._is_committed(path)],
            "No commit holds {}, so nobody could go back to it; commit it first.",
        )

    def conflicts(self) -> tuple[str, ...]:
        """Return the book's files with conflicts, relative to the book's root."""
        listed = self._git("ls-files", "--unmerged", "-z").split("\0")
        return tuple(dict.fromkeys(line.partition("\t")[2] for line in listed if line))

    def restore(self) -> None:
        """Bring the book, and nothing else in the repository, back to the last commit.

        Raises:
            UpdateError: Git cannot; the text says what to do.
        """
        for program, *arguments in RESTORE:
            result = self._run(program, *arguments)
            if result.returncode:
                raise UpdateError(
                    f"The book could not be restored ({_said(result)}); "
                    f"do it in {self.book}: {HOW_TO_RESTORE}"
                )

    def _prefix(self) -> str:
        """Return the book's path below the repository's root, empty or with a slash at its end."""
        result = self._run("git", "rev-parse", "--show-prefix")
        if result.returncode == 0:
            return result.stdout.rstrip("\n")
        if "not a git repository" in result.stderr:
            raise UpdateError(
                f"{self.book} is in no Git repository, so nobody could go back; "
                "run: git init && git add --all && git commit"
            )
        raise UpdateError(f"Git refuses to work in {self.book}: {_said(result)}")

    def _status(self) -> Iterator[_Changed]:
        # Untracked files are asked for, because a setting can hide them and `restore` deletes them.
        fields = iter(
            self._git(
                *("status", "--porcelain", "-z", "--ignored", "--untracked-files=normal")
            ).split("\0")
        )
        for field in fields:
            if not field:
                continue
            code, path = field[:2], field[3:]
            yield _Changed(code, path)
            if {"R", "C"} & set(code):  # followed by where the file was
                next(fields)

    def _is_committed(self, path: str) -> bool:
        return self._run("git", "cat-file", "-e", f"HEAD:./{path}").returncode == 0

    def _git(self, *arguments: str) -> str:
        result = self._run("git", *arguments)
        if result.returncode:
            raise UpdateError(f"Git fails in {self.book}: {_said(result)}")
        return result.stdout

    def _run(self, *command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            cwd=self.book,
            env=environment(),
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            check=False,
            stdin=subprocess.DEVNULL,
            start_new_session=True,  # a Ctrl-C must not reach it in the middle of restoring
        )


def environment() -> Mapping[str, str]:
    """Return an environment in which Git speaks English and finds its repository by itself."""
    # A hook or an alias has these set, and they would hold for Copier's own repositories too.
    own = {"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_COMMON_DIR"}
    inherited = {name: value for name, value in os.environ.items() if name not in own}
    return {**inherited, "LC_ALL": "C.UTF-8"}


def _refuse(paths: Sequence[str], sentence: str) -> None:
    if paths:
        more = f" and {len(paths) - 1} more" if len(paths) > 1 else ""
        raise UpdateError(sentence.format(f"{paths[0]}{more}"))


def _said(result: subprocess.CompletedProcess[str]) -> str:
    return " ".join(result.stderr.split()) or f"exit code {result.returncode}"
