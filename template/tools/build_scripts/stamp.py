"""Knowing quickly that there is nothing to do: what the last build read and wrote, as hashes."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from contextlib import suppress
from functools import cache as remembered
from pathlib import Path

import msgspec

from tools.build_scripts import book as books
from tools.build_scripts import cache, installed
from tools.build_scripts.cache import digest, file_digest
from tools.build_scripts.pandoc import HERE

# Their versions decide what is written, besides the tools in this directory.
PACKAGES = (
    "fontpkg-amiri",
    "fontpkg-pt-serif",
    "fontpkg-source-code-pro",
    "fontpkg-source-sans-3",
    "fontpkg-source-serif-4",
    "jinja2",
    "manimgx-fonts",
    "pikepdf",
    "pypandoc-binary",
    "typst",
)


class Stamp(msgspec.Struct, frozen=True):
    """A build that was finished.

    Attributes:
        tools: the hash of the programs that made it, and of the date that it carries.
        inputs: the hashes of the files that it read, by path in the book; None where there was
            no file, and one would have been read. That of a directory is of the names in it.
        targets: the paths that links of the book lead to.
        outputs: the hashes of the files that it wrote, by path.
        built: the formats, each with its main file.
    """

    tools: str
    inputs: dict[str, str | None]
    targets: tuple[str, ...]
    outputs: dict[str, str | None]
    built: tuple[tuple[str, str], ...]


def _is_kept(path: Path) -> bool:
    return path.is_file() and "__pycache__" not in path.parts


@remembered
def programs() -> str:
    """Return the hash of the programs that build a book, and of what they look like."""
    files = sorted(path for path in HERE.rglob("*") if _is_kept(path))
    return digest(sys.version, installed.versions(PACKAGES), *(file.read_bytes() for file in files))


def tools(root: Path) -> str:
    """Return the hash of whatever decides how a book is built besides its files."""
    return digest(programs(), books.build_date(root))


def hashes(root: Path, names: Iterable[str]) -> dict[str, str | None]:
    """Return the hashes of files and directories, None for what is not there, by name."""
    return {name: _hash(root / name) for name in names}


def write(root: Path, request: object, stamp: Stamp) -> None:
    """Remember a build, unless somebody changed a file while it ran.

    Args:
        root: the book's directory.
        request: what was asked for.
        stamp: what was done.
    """
    if not _holds(root, stamp.inputs):
        return
    with cache.opened(root, "builds") as kept:
        kept.write(digest(request), "json", msgspec.json.encode(stamp))


def staging_prefix(root: Path) -> str:
    """Return what the names of the directories begin with that builds of a book write to."""
    return f".building-{digest(str(root))[:8]}-"


def interrupted(root: Path, output: Path) -> bool:
    """Say whether a build of a book runs, or left something behind when it was killed."""
    return any(output.glob(f"{staging_prefix(root)}*"))


def unchanged(root: Path, request: object) -> Stamp | None:
    """Return the last build of the same request when it would be built the same again.

    Args:
        root: the book's directory.
        request: what is asked for.
    """
    path = root / cache.DIRECTORY / "builds" / f"{digest(request)}.json"
    try:
        stamp = msgspec.json.decode(path.read_bytes(), type=Stamp)
    except (OSError, msgspec.DecodeError):
        return None
    is_same = (
        all((root / target).exists() for target in stamp.targets)
        and _holds(root, stamp.inputs)
        and stamp.tools == tools(root)
        and _holds(root, stamp.outputs)
    )
    return stamp if is_same else None


def _holds(root: Path, expected: Mapping[str, str | None]) -> bool:
    return all(_hash(root / name) == known for name, known in expected.items())


def _hash(path: Path) -> str | None:
    with suppress(OSError):
        return file_digest(path)
    return _names_digest(path) if path.is_dir() else None


def _names_digest(directory: Path) -> str:
    """Return the hash of the names of the files below a directory."""
    files = (path for path in directory.rglob("*") if _is_kept(path))
    return digest(sorted(path.relative_to(directory).as_posix() for path in files))
