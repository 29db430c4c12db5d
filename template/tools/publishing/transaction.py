"""Putting a release in place whole, or not at all.

What a release changes besides `dist` are references, and files that its commit holds already.
A plan of it is written down first. Whatever stops the program in between, the next run finds the
plan and undoes what was done of it.
"""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec
from filelock import FileLock, Timeout

from tools.build_scripts import cache
from tools.publishing.errors import PublishError
from tools.publishing.repository import Repository

DIST = "dist"
PLAN = "plan.json"
LOCK = "lock"
STOPPING = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
)


class Commit(msgspec.Struct, frozen=True):
    """The commit and the tag of a release.

    Attributes:
        branch: the full name of the branch that gets it.
        before: where the branch was.
        after: the commit.
        tag: the full name of the tag.
        tag_object: the tag itself.
        paths: the book's files that the commit changes.
    """

    branch: str
    before: str
    after: str
    tag: str
    tag_object: str
    paths: tuple[str, ...]


class Plan(msgspec.Struct, frozen=True):
    """What is put in place: `dist`, which was there before or not, and perhaps a commit."""

    had_dist: bool
    commit: Commit | None = None


@contextmanager
def workshop(book: Path) -> Iterator[Path]:
    """Give a directory to make a release of a book in, which no other run uses; it ends empty.

    Raises:
        PublishError: another release of the book is being made.
    """
    with cache.opened(book, "release") as kept:
        directory = kept.directory
        try:
            with FileLock(directory / LOCK, timeout=0):
                try:
                    yield directory
                finally:
                    clear(directory)
        except Timeout as error:
            raise PublishError(
                "Another release of this book is being made; wait for it."
            ) from error


def clear(directory: Path) -> None:
    """Take away all that a release was made of, but a plan that is still to be undone."""
    if (directory / PLAN).exists():
        return
    for path in directory.iterdir():
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        elif path.name != LOCK:
            path.unlink()


@dataclass(frozen=True)
class Transaction:
    """The last step of a release, and its undoing.

    Attributes:
        repository: the book's repository.
        directory: where the release was made; what is to become `dist` is its `dist`.
    """

    repository: Repository
    directory: Path

    @property
    def _dist(self) -> Path:
        return self.repository.book / DIST

    @property
    def _old(self) -> Path:
        return self.directory / f"old-{DIST}"

    @property
    def _plan(self) -> Path:
        return self.directory / PLAN

    def run(self, commit: Commit | None = None) -> None:
        """Put a release in place.

        Raises:
            PublishError: Git refuses; all is as it was.
        """
        with _undisturbed():
            plan = Plan(self._dist.exists(), commit)
            _write_whole(self._plan, msgspec.json.encode(plan))
            try:
                self._do(plan)
            except BaseException:
                self.undo()
                raise
            self._plan.unlink()

    def undo(self) -> bool:
        """Undo a release that was not put in place whole; say whether there was one."""
        try:
            plan = msgspec.json.decode(self._plan.read_bytes(), type=Plan)
        except FileNotFoundError:
            return False
        with _undisturbed():
            if plan.commit is not None:
                self._undo_commit(plan.commit)
            self._undo_dist(plan)
            self._plan.unlink()
        return True

    def _do(self, plan: Plan) -> None:
        if plan.had_dist:
            self._dist.rename(self._old)
        (self.directory / DIST).rename(self._dist)
        commit = plan.commit
        if commit is None:
            return
        self.repository.update_references(
            f"update {commit.branch} {commit.after} {commit.before}",
            f"create {commit.tag} {commit.tag_object}",
            reason=f"release: {commit.tag.removeprefix('refs/tags/')}",
        )
        self.repository.restore(commit.after, commit.paths)

    def _undo_commit(self, commit: Commit) -> None:
        has = self.repository.has_reference
        if has(commit.branch, commit.after) and has(commit.tag, commit.tag_object):
            self.repository.update_references(
                f"update {commit.branch} {commit.before} {commit.after}",
                f"delete {commit.tag} {commit.tag_object}",
                reason="release: undone",
            )
        # A file that somebody wrote to since is theirs.
        both = (commit.before, commit.after)
        paths = tuple(path for path in commit.paths if self.repository.holds(path, both))
        if has(commit.branch, commit.before):
            self.repository.restore(commit.before, paths)

    def _undo_dist(self, plan: Plan) -> None:
        is_moved = self._old.exists()
        if self._dist.exists() and (is_moved or not plan.had_dist):
            shutil.rmtree(self._dist)
        if is_moved:
            self._old.rename(self._dist)


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Let what takes a moment and must be whole go on when somebody asks to stop."""
    before = {number: signal.signal(number, signal.SIG_IGN) for number in STOPPING}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _write_whole(path: Path, data: bytes) -> None:
    aside = path.with_name(f"{path.name}.part")
    with aside.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    aside.replace(path)
