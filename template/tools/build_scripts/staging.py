"""Writing directories aside and putting them in the place of those that are there.

A build that is stopped at any moment leaves what was built before, whole. Where the system can
exchange two directories there is no moment without one; elsewhere the next build finds it again.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from tools.build_scripts.book import BuildError, Problem
from tools.build_scripts.output import MARKER
from tools.build_scripts.stamp import staging_prefix

KEPT = ".gitkeep"
# Linux: renameat2(2), linux/fs.h.
CURRENT_DIRECTORY, EXCHANGE = -100, 2


def refuse_foreign(directory: Path) -> None:
    """Refuse to replace a directory that holds something else than a build.

    Raises:
        BuildError: it is a file, or holds files and was not written here.
    """
    if not os.path.lexists(directory):
        return
    if not directory.is_dir():
        raise BuildError(Problem(str(directory), None, "is in the way; move it or delete it."))
    if (directory / MARKER).is_file():
        return
    if any(found.name != KEPT for found in directory.iterdir()):
        message = (
            "holds files that were not built here, and a build replaces the whole directory; "
            "move them, or choose another directory with --output."
        )
        raise BuildError(Problem(str(directory), None, message))


@contextmanager
def staged(root: Path, output: Path, names: Sequence[str]) -> Iterator[Path]:
    """Make a directory to write to, and put what was written there in place at the end.

    Args:
        root: the book's directory.
        output: where the directories are to be.
        names: the directories that are written; the others in it are left alone.

    Raises:
        BuildError: nothing can be written there.
    """
    is_new = not output.exists()
    prefix = staging_prefix(root)
    try:
        output.mkdir(parents=True, exist_ok=True)
        _clear_up(output, prefix)
        staging = Path(tempfile.mkdtemp(prefix=prefix, dir=output))
    except OSError as error:
        message = f"cannot be written to ({error.strerror}); choose another with --output."
        raise BuildError(Problem(str(output), None, message)) from error
    try:
        yield staging
        for name in names:
            _put_in_place(staging / name, output / name, staging / f"old-{name}")
    finally:
        shutil.rmtree(staging, ignore_errors=True)
        if is_new:
            with suppress(OSError):  # it holds what was built
                output.rmdir()


def _clear_up(output: Path, prefix: str) -> None:
    """Take away what a build of the same book left behind that was killed.

    No other build of it runs now: a book is built by one at a time (build.py).
    """
    for left in output.glob(f"{prefix}*"):
        for old in left.glob("old-*"):
            place = output / old.name.removeprefix("old-")
            if not place.exists():
                old.rename(place)
        shutil.rmtree(left, ignore_errors=True)


def _put_in_place(new: Path, place: Path, old: Path) -> None:
    if (place / KEPT).is_file():
        shutil.copyfile(place / KEPT, new / KEPT)
    if not place.exists():
        new.rename(place)
        return
    if _exchange(new, place):
        return
    place.rename(old)
    try:
        new.rename(place)
    except BaseException:
        old.rename(place)
        raise


def _exchange(new: Path, place: Path) -> bool:
    """Exchange two directories in one step, if the system can."""
    if sys.platform != "linux":
        return False
    rename = getattr(ctypes.CDLL(None), "renameat2", None)
    if rename is None:
        return False
    paths = (CURRENT_DIRECTORY, os.fsencode(new), CURRENT_DIRECTORY, os.fsencode(place))
    return bool(rename(*paths, EXCHANGE) == 0)
