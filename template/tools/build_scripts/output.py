"""The directory of a built format: written aside, keeping of the one before what still holds."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from pathlib import Path

import msgspec

from tools.build_scripts.book import BuildError, Problem
from tools.build_scripts.cache import digest, file_digest

# A directory with this file in it was written here and may be replaced whole.
MARKER = ".buildinfo"


class Written(msgspec.Struct, frozen=True):
    """A file that was built: the hash of what it was made of, and that of its bytes."""

    key: str
    bytes: str


class BuildInfo(msgspec.Struct, frozen=True):
    """What MARKER holds: the files that were built, by path."""

    files: dict[str, Written]
    about: str = "Written by tools/build_scripts/build_book.py, which replaces this directory."


class Output:
    """A directory that is being written."""

    def __init__(self, directory: Path, before: Path) -> None:
        """Begin to write.

        Args:
            directory: an empty directory.
            before: what was written the last time, if there is something.
        """
        self.directory = directory
        self._before = before
        self._old = read_info(before)
        self._files: dict[str, Written] = {}

    def keep(self, name: str, key: str) -> bool:
        """Keep a file of the last time, if it was made of the same and nobody changed it.

        Args:
            name: its path in the directory.
            key: the hash of all that it is made of.
        """
        old = self._old.get(name)
        if old is None or old.key != key:
            return False
        try:
            if file_digest(self._before / name) != old.bytes:
                return False
            _link(self._before / name, self._place(name))
        except OSError:
            return False
        self._files[name] = old
        return True

    def write(self, name: str, pieces: Iterable[str], key: str) -> None:
        """Write a file of text.

        Args:
            name: its path in the directory.
            pieces: the text, of which no more than a piece is held.
            key: the hash of all that it is made of.
        """
        with self._place(name).open("w", encoding="utf-8", newline="") as file:
            file.writelines(pieces)
        self.record(name, key)

    def put(self, name: str, data: bytes) -> None:
        """Write a file whose bytes are quickly had, or keep it when they are the same."""
        key = digest(data)
        if not self.keep(name, key):
            self._place(name).write_bytes(data)
            self._files[name] = Written(key, key)

    def record(self, name: str, key: str) -> None:
        """Take a file that something else wrote into the directory."""
        self._files[name] = Written(key, file_digest(self.directory / name))

    def copy(self, name: str, source: Path, shown_as: str) -> None:
        """Copy a file of the book.

        Args:
            name: its path in the directory.
            source: the file.
            shown_as: how to call it in messages.

        Raises:
            BuildError: it cannot be read.
        """
        try:
            data = source.read_bytes()
        except OSError as error:
            raise BuildError(Problem(shown_as, None, f"cannot be copied: {error}")) from error
        self.put(name, data)

    def close(self) -> None:
        """Write down what was written."""
        info = BuildInfo(dict(sorted(self._files.items())))
        data = msgspec.json.format(msgspec.json.encode(info), indent=1)
        (self.directory / MARKER).write_bytes(data + b"\n")

    def _place(self, name: str) -> Path:
        place = self.directory / name
        place.parent.mkdir(parents=True, exist_ok=True)
        return place


def read_info(directory: Path) -> dict[str, Written]:
    """Return the files that were built into a directory, by path; none where nobody wrote down."""
    try:
        return msgspec.json.decode((directory / MARKER).read_bytes(), type=BuildInfo).files
    except (OSError, msgspec.DecodeError):
        return {}


def _link(source: Path, target: Path) -> None:
    """Have a file at a second place too; its bytes are copied where there are no hard links."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)
