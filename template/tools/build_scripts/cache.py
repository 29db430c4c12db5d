"""Results of earlier builds, each under the hash of all that it was made of.

Nothing else decides whether a result still holds, a time stamp least of all.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from hashlib import blake2b
from pathlib import Path

import msgspec

DIRECTORY = ".book_cache"
PIECE = 2**18
# Keeps the cache out of Git and out of backups (https://bford.info/cachedir/).
TAG = "Signature: 8a477f597d28d172789f06886806bc55\n"


def digest(*parts: object) -> str:
    """Return a hash of values that JSON can hold, and of bytes."""
    hashed = blake2b(digest_size=16)
    for part in parts:
        data = part if isinstance(part, bytes) else msgspec.json.encode(part)
        hashed.update(len(data).to_bytes(8, "little"))
        hashed.update(data)
    return hashed.hexdigest()


def file_digest(path: Path) -> str:
    """Return what `digest` returns for the bytes of a file, which is read a piece at a time."""
    with path.open("rb") as file:
        hashed = blake2b(os.fstat(file.fileno()).st_size.to_bytes(8, "little"), digest_size=16)
        while piece := file.read(PIECE):
            hashed.update(piece)
    return hashed.hexdigest()


class Cache:
    """A directory of results; one that is read was written whole."""

    def __init__(self, directory: Path) -> None:
        """Use a directory that exists."""
        self.directory = directory

    def path(self, key: str, ending: str) -> Path:
        """Return where a result is or will be."""
        return self.directory / f"{key}.{ending}"

    def has(self, key: str, endings: Collection[str]) -> bool:
        """Say whether all results of a key are there."""
        return all(self.path(key, ending).is_file() for ending in endings)

    def read(self, key: str, ending: str) -> bytes | None:
        """Return a result, or None."""
        try:
            return self.path(key, ending).read_bytes()
        except OSError:
            return None

    def write(self, key: str, ending: str, data: bytes) -> None:
        """Keep a result: written aside, then renamed."""
        path = self.path(key, ending)
        aside = path.with_name(f"{path.name}.{os.getpid()}.part")
        aside.write_bytes(data)
        aside.replace(path)

    def keep_only(self, keys: Collection[str]) -> None:
        """Delete the results of all other keys."""
        for path in self.directory.iterdir():
            if path.name.partition(".")[0] not in keys:
                path.unlink(missing_ok=True)


@contextmanager
def opened(root: Path, name: str, *, fresh: bool = False) -> Iterator[Cache]:
    """Open a part of a book's cache.

    Args:
        root: the book's directory.
        name: the part, a directory of the cache.
        fresh: use an empty one, which is deleted afterwards.

    A book that cannot be written to is built all the same, as if `fresh` were asked for.
    """
    directory = None if fresh else _made(root / DIRECTORY, name)
    if directory is not None:
        yield Cache(directory)
        return
    with tempfile.TemporaryDirectory(prefix="book-") as aside:
        yield Cache(Path(aside))


@contextmanager
def locked(root: Path) -> Iterator[None]:
    """Wait until no other build of a book runs, and keep others waiting."""
    whole = _made(root / DIRECTORY, "")
    if whole is None:
        yield
        return
    from filelock import FileLock  # loads too much for a build that has nothing to do

    with FileLock(whole / "lock"):
        yield


def _made(whole: Path, name: str) -> Path | None:
    """Make a part of the cache and return it, None where nothing can be written."""
    try:
        (whole / name).mkdir(parents=True, exist_ok=True)
        for file, text in ((".gitignore", "*\n"), ("CACHEDIR.TAG", TAG)):
            if not (whole / file).exists():
                (whole / file).write_text(text, encoding="utf-8")
    except OSError:
        return None
    return whole / name if os.access(whole / name, os.W_OK) else None
