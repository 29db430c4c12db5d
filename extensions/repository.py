"""A book's Git repository: reading what was committed, merging, and putting a result in place."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

LINK_MODE = "120000"
SUBMODULE_MODE = "160000"
MINIMUM_GIT = (2, 38)  # `git merge-tree --write-tree`
RESTORE = "git restore --source=HEAD --staged --worktree -- . && git clean -fdq -- ."
# Copier's own labels (9.19), so that a conflict looks the same wherever its file stands.
OURS, BASE, THEIRS = "before updating", "last update", "after updating"
# Hooks judge what an author commits, not what Git does for us. The commits that `git merge-tree`
# needs for finding the base of a merge are in no branch, and nobody reads them.
# Whole ids can be found in the text of a conflict, where labels take their place.
_SETTINGS = (
    *("-c", f"core.hooksPath={os.devnull}", "-c", "core.safecrlf=false", "-c", "core.abbrev=no"),
    *("-c", "user.name=copier-techbook", "-c", "user.email=copier-techbook@localhost"),
)


class GitError(RuntimeError):
    """A Git command failed; its text is what Git said."""


class Blob(NamedTuple):
    """The content of a path: its mode as Git writes it, and the id of its object."""

    mode: str
    id: str


Tree = Mapping[str, Blob]


class Contest(NamedTuple):
    """A path that both the author and the template changed."""

    base: Blob | None
    ours: Blob
    theirs: Blob


class Merged(NamedTuple):
    """What Git makes of a contested path."""

    blob: Blob
    conflict: bool


class Repository:
    """The repository that a book is in; the book may be a folder of it.

    Every path in and out is relative to the book's root, with forward slashes.
    """

    def __init__(self, book: Path) -> None:
        """Find the repository.

        Raises:
            GitError: the book is in none.
        """
        self.book = book
        self._prefix = os.fsdecode(self._git("rev-parse", "--show-prefix")).rstrip("\n")

    # --- reading -------------------------------------------------------------------------------

    def files(self, revision: str = "HEAD") -> dict[str, Blob]:
        """Return the files of the book in a commit or a tree.

        Raises:
            GitError: there is no such revision.
        """
        found = {}
        for line in filter(None, self._git("ls-tree", "-rz", revision).split(b"\0")):
            details, _, path = line.partition(b"\t")
            mode, _, id = details.decode().split()
            found[os.fsdecode(path)] = Blob(mode, id)
        return found

    def read(self, ids: Iterable[str]) -> dict[str, bytes]:
        """Return the contents of objects by their ids.

        Raises:
            GitError: the repository does not hold one of them.
        """
        wanted = sorted(set(ids))
        answer = self._git("cat-file", "--batch", given="".join(f"{id}\n" for id in wanted))
        contents, place = {}, 0
        for id in wanted:
            end = answer.index(b"\n", place)
            _, kind, *sizes = answer[place:end].split()
            if not sizes:
                raise GitError(f"the object {id} is {kind.decode()} in the repository")
            size = int(sizes[0])
            contents[id] = answer[end + 1 : end + 1 + size]
            place = end + size + 2
        return contents

    # --- storing -------------------------------------------------------------------------------

    def store(self, contents: Iterable[bytes]) -> list[str]:
        """Keep contents as objects and return their ids."""
        with tempfile.TemporaryDirectory(prefix="copier-techbook.") as name:
            files = []
            for place, content in enumerate(contents):
                files.append(Path(name) / str(place))
                files[-1].write_bytes(content)
            return self._store_files(files)

    def store_folder(self, folder: Path) -> dict[str, Blob]:
        """Keep every file below a folder as an object, and return the tree they make."""
        found = sorted(path for path in folder.rglob("*") if path.is_symlink() or path.is_file())
        links = [path for path in found if path.is_symlink()]
        files = [path for path in found if not path.is_symlink()]
        ids = [*self._store_files(files), *self.store(os.fsencode(p.readlink()) for p in links)]
        modes = ["100755" if file.stat().st_mode & 0o100 else "100644" for file in files]
        return {
            path.relative_to(folder).as_posix(): Blob(mode, id)
            for path, mode, id in zip(
                [*files, *links], modes + [LINK_MODE] * len(links), ids, strict=True
            )
        }

    def _store_files(self, files: Sequence[Path]) -> list[str]:
        paths = "".join(f"{file}\n" for file in files)
        options = ("-w", "--no-filters", "--stdin-paths")
        return self._git("hash-object", *options, given=paths).decode().split()

    # --- merging -------------------------------------------------------------------------------

    def merge(self, contests: Mapping[str, Contest]) -> dict[str, Merged]:
        """Merge contested files three ways, as `git merge` would.

        A conflict in a text leaves the markers that Copier writes; another keeps the author's.
        """
        if not contests:
            return {}
        bases = {path: contest.base for path, contest in contests.items() if contest.base}
        root = self._commit(bases)
        ours = self._commit({path: contest.ours for path, contest in contests.items()}, root)
        theirs = self._commit({path: contest.theirs for path, contest in contests.items()}, root)
        options = ("--write-tree", "-z", "--name-only", "--no-messages")
        answer = self._git("merge-tree", *options, ours, theirs, accept=(0, 1))
        tree, *conflicts = filter(None, answer.split(b"\0"))
        in_conflict = {os.fsdecode(path).removeprefix(self._prefix) for path in conflicts}
        merged = self.files(tree.decode())
        labels = {ours: OURS, root: BASE, theirs: THEIRS}
        merged |= self._labelled({path: merged[path] for path in in_conflict}, labels)
        return {path: Merged(blob, path in in_conflict) for path, blob in merged.items()}

    def _commit(self, tree: Tree, parent: str | None = None) -> str:
        with self._index_of(tree) as index:
            root = self._git("write-tree", index=index).decode().strip()
        parents = ("-p", parent) if parent else ()
        return self._git("commit-tree", root, *parents, "-m", "One side").decode().strip()

    def _labelled(self, tree: Tree, labels: Mapping[str, str]) -> dict[str, Blob]:
        """Return files in whose conflict markers labels stand instead of commits."""
        contents = self.read(blob.id for blob in tree.values())
        for commit, label in labels.items():
            contents = {
                id: content.replace(commit.encode(), label.encode())
                for id, content in contents.items()
            }
        ids = self.store(contents[blob.id] for blob in tree.values())
        modes = (blob.mode for blob in tree.values())
        return {path: Blob(*side) for path, *side in zip(tree, modes, ids, strict=True)}

    # --- writing -------------------------------------------------------------------------------

    def put_in_place(
        self, result: Tree, renamed: Mapping[str, str], conflicts: Mapping[str, Contest]
    ) -> None:
        """Make the book's folder what an update makes of it, from whatever stands in it now.

        Args:
            result: all files that the book will hold, but for those that Git ignores.
            renamed: old path to new path of the files that moved, for the index.
            conflicts: the sides of the files in which conflict markers are left.
        """
        self._git("restore", "--source=HEAD", "--staged", "--worktree", "--", ".")
        self._git("clean", "-fdq", "--", ".")
        before = self.files()
        for path in before.keys() - result.keys():
            (self.book / path).unlink(missing_ok=True)
        changed = {path: blob for path, blob in result.items() if before.get(path) != blob}
        with self._index_of(changed) as index:
            names = "".join(f"{path}\0" for path in changed)
            self._git("checkout-index", "-fz", "--stdin", index=index, given=names)
        self._update_index(
            [
                *((old, None, 0) for old in renamed),
                *((new, before[old], 0) for old, new in renamed.items()),
                *((path, None, 0) for path in conflicts),
                *(
                    (path, blob, stage)
                    for path, contest in conflicts.items()
                    for stage, blob in enumerate(contest, start=1)
                    if blob
                ),
            ]
        )
        remove_empty(self.book, {parent(path) for path in before.keys() - result.keys()})

    def _update_index(
        self, entries: Iterable[tuple[str, Blob | None, int]], index: Path | None = None
    ) -> None:
        """Write entries (path, content or None to remove it, stage) into an index."""
        lines = (
            f"{blob.mode} {blob.id} {stage}\t{self._prefix}{path}\0"
            if blob
            else f"0 {'0' * 40}\t{self._prefix}{path}\0"
            for path, blob, stage in entries
        )
        self._git("update-index", "-z", "--index-info", index=index, given="".join(lines))

    @contextmanager
    def _index_of(self, tree: Tree) -> Iterator[Path]:
        """Give an index that holds just the files of a tree."""
        with tempfile.TemporaryDirectory(prefix="copier-techbook.") as folder:
            index = Path(folder) / "index"
            self._update_index(((path, blob, 0) for path, blob in tree.items()), index)
            yield index

    def _git(
        self,
        *arguments: str,
        given: str = "",
        index: Path | None = None,
        accept: tuple[int, ...] = (0,),
    ) -> bytes:
        environment = {**os.environ, "GIT_INDEX_FILE": str(index)} if index else None
        result = subprocess.run(
            ["git", *_SETTINGS, *arguments],
            cwd=self.book,
            input=os.fsencode(given),
            capture_output=True,
            check=False,
            env=environment,
        )
        if result.returncode not in accept:
            said = result.stderr.decode(errors="replace").strip()
            raise GitError(f"git {arguments[0]}: {said}")
        return result.stdout


def git_version() -> tuple[int, ...]:
    """Return the version of Git, (2, 39, 5), or an empty tuple where it cannot be told."""
    said = subprocess.run(["git", "--version"], capture_output=True, text=True, check=False).stdout
    found = re.search(r"\d+(?:\.\d+)+", said)
    return tuple(map(int, found[0].split("."))) if found else ()


def parent(path: str) -> str:
    """Return the directory of a path, empty for the book's root."""
    return path.rpartition("/")[0]


def remove_empty(book: Path, directories: Iterable[str]) -> None:
    """Remove directories that nothing is in any more, and those that held only them."""
    for directory in sorted(directories, key=len, reverse=True):
        while directory:
            with suppress(OSError):  # not empty, or gone already
                (book / directory).rmdir()
            directory = parent(directory)


def move_ignored(book: Path, directories: Mapping[str, str]) -> None:
    """Let what is left in old directories, which is what Git ignores, follow to the new ones.

    Args:
        book: the book's root.
        directories: old directory to new directory.
    """
    for old, new in directories.items():
        if (book / old).is_dir() and not (book / old).is_symlink():
            _move_left(book / old, book / new)
            remove_empty(book, [old])


def _move_left(old: Path, new: Path) -> None:
    for path in sorted(old.iterdir()):
        target = new / path.name
        if path.is_dir() and not path.is_symlink() and target.is_dir():
            _move_left(path, target)
            with suppress(OSError):  # something there had no room
                path.rmdir()
        elif not target.exists():
            new.mkdir(parents=True, exist_ok=True)
            shutil.move(path, target)
