"""The Git repository that the book stands in: what is asked of it, and the way back."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tools.build_scripts.git import UNMERGED, Changed, changes, environment, listed
from tools.updating.errors import UpdateError

# Only what is below the directory that they run in; files that Git ignores stay.
RESTORE = (
    ("git", "restore", "--source=HEAD", "--staged", "--worktree", "--", "."),
    ("git", "clean", "--quiet", "--force", "-d", "--", "."),
)
HOW_TO_RESTORE = "git restore --source=HEAD --staged --worktree -- . ; git clean -fd -- ."


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

    def _status(self) -> Iterator[Changed]:
        # Untracked files are asked for, because a setting can hide them and `restore` deletes them.
        options = ("--porcelain", "-z", "--ignored", "--untracked-files=normal")
        yield from changes(self._git("status", *options))

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


def _refuse(paths: Sequence[str], sentence: str) -> None:
    if paths:
        raise UpdateError(sentence.format(listed(paths)))


def _said(result: subprocess.CompletedProcess[str]) -> str:
    return " ".join(result.stderr.split()) or f"exit code {result.returncode}"
