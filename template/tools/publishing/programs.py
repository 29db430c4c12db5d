"""The book's other programs, each run as a process of its own on an export of the book."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from tools.build_scripts.cli import ROOT
from tools.publishing.errors import PublishError

TOOLS = ROOT / "tools"


def validate(book: Path) -> None:
    """Check a book; what is found is shown.

    Raises:
        PublishError: it has mistakes.
    """
    if _run(book, str(TOOLS / "validation" / "validate_book.py"), "--book", str(book)):
        raise PublishError("The book has mistakes, told above; mend them and commit.")


def check_outputs(book: Path) -> None:
    """Run the programs whose output listings show, and compare.

    Raises:
        PublishError: one prints something else than what is stored.
    """
    program = str(TOOLS / "build_scripts" / "outputs.py")
    if _run(book, program, "--check", "--book", str(book)):
        raise PublishError("Stored outputs are stale, told above; run make outputs and commit.")


def test(book: Path) -> None:
    """Run a book's tests, as `make test` does.

    Raises:
        PublishError: one fails, or there is nothing to run them with.
    """
    if find_spec("xdist") is None:
        raise PublishError("pytest is not installed, which runs the tests; run: make install")
    if _run(book, "-m", "pytest", "--quiet", "--numprocesses=auto", "--dist=loadscope"):
        raise PublishError("Tests fail, told above; mend them and commit.")


def build(book: Path, output: Path, date: int) -> None:
    """Build a book in all its formats.

    Args:
        book: the book's directory.
        output: the directory that gets one for every format.
        date: what the formats carry, in seconds since 1970.

    Raises:
        PublishError: it cannot be built; why is shown.
    """
    program = str(TOOLS / "build_scripts" / "build_book.py")
    where = ("--book", str(book), "--output", str(output))
    if _run(book, program, *where, quiet=True, SOURCE_DATE_EPOCH=str(date)):
        raise PublishError("The book cannot be built, told above; mend it and commit.")


def _run(book: Path, *arguments: str, quiet: bool = False, **variables: str) -> int:
    """Run Python in a book's directory and return its exit code."""
    own = {"PYTHONPATH", "SOURCE_DATE_EPOCH"}
    inherited = {name: value for name, value in os.environ.items() if name not in own}
    sys.stdout.flush()
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=book,
        env={**inherited, **variables},
        stdout=subprocess.DEVNULL if quiet else None,
        check=False,
    )
    return done.returncode
