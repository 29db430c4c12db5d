"""Copy an application: everything but what is made anew elsewhere."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePath

# Version control, caches, and environments by their usual names.
LEFT_OUT = {
    *(".git", ".hg", ".svn", ".bzr", "CVS", "__pycache__", ".hypothesis"),
    *(".mypy_cache", ".pytest_cache", ".ruff_cache", ".cache", ".tox"),
    *(".nox", ".eggs"),
}
COMPILED = {".pyc", ".pyo"}

OUTSIDE = (
    "is a symbolic link out of the application and is not copied: link or "
    "copy what it leads to by hand"
)
SPECIAL = "is no plain file and is not copied"


@dataclass(frozen=True)
class Skipped:
    """Something that is not copied, and why."""

    path: str
    why: str


def copy(source: Path, target: Path) -> list[Skipped]:
    """Copy a folder, and tell of what is left out.

    Args:
        source: a folder, resolved.
        target: where its copy is to be; there must be nothing yet.

    Raises:
        OSError: something cannot be read or written.
    """
    target.mkdir()
    return sorted(
        _copied(source, target, source),
        key=lambda skipped: skipped.path,
    )


def _copied(
    folder: Path,
    target: Path,
    source: Path,
) -> Iterator[Skipped]:
    for entry in sorted(os.scandir(folder), key=lambda one: one.name):
        path, new = Path(entry.path), target / entry.name
        shown = path.relative_to(source).as_posix()
        if entry.is_symlink():
            link = _link(path, source)
            if link is None:
                yield Skipped(shown, OUTSIDE)
            else:
                new.symlink_to(link)
        elif entry.is_dir():
            if not is_left_out(path):
                new.mkdir()
                yield from _copied(path, new, source)
                shutil.copymode(path, new)
        elif entry.is_file():
            if path.suffix not in COMPILED:
                shutil.copy2(path, new)
        else:
            yield Skipped(shown, SPECIAL)


def is_left_out(folder: Path) -> bool:
    """Return whether a folder is made anew where the copy is."""
    return folder.name in LEFT_OUT or (folder / "pyvenv.cfg").exists()


def _link(path: Path, source: Path) -> PurePath | None:
    """Return what a copied link leads to; None for one that leads out."""
    stated = PurePath(path.readlink())
    target = Path(os.path.normpath(path.parent / stated))
    if not target.is_relative_to(source):
        return None
    try:
        if not path.resolve().is_relative_to(source):
            return None
    except (OSError, RuntimeError):
        # One that leads to itself stays what it is.
        return stated
    if not stated.is_absolute():
        return stated
    return PurePath(os.path.relpath(target, path.parent))


def python_in(folder: Path) -> Iterator[Path]:
    """Yield the Python files of a folder that is copied, links left out."""
    for around, folders, files in os.walk(folder):
        root = Path(around)
        folders[:] = sorted(
            name for name in folders if not is_left_out(root / name)
        )
        for name in sorted(files):
            path = root / name
            if path.suffix == ".py" and path.is_file():
                yield path
