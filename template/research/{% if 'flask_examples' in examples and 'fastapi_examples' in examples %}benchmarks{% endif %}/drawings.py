"""The charts of the stored run, which the book's own tool draws."""

import os
import subprocess
import sys
from pathlib import Path

from .processes import BenchmarkError
from .results import FOLDER

BOOK = Path(__file__).resolve().parents[2]
DRAW = BOOK / "tools/build_scripts/make_assets.py"


def _scripts() -> list[Path]:
    return sorted(BOOK.glob("assets/charts/benchmark_*.py"))


def draw() -> None:
    """Draw the charts anew.

    Raises:
        BenchmarkError: one cannot be drawn.
    """
    for script in _scripts():
        command = [sys.executable, str(DRAW), "--only", str(script)]
        if subprocess.run(command, cwd=BOOK, check=False).returncode:
            raise BenchmarkError(f"{script.name} cannot be drawn")


def pictures(folder: Path) -> list[str]:
    """Return the charts of a run as Markdown; only the stored one has some."""
    if folder != FOLDER:
        return []
    return [
        f"![{_title(script)}]({_address(script, folder)})"
        for script in _scripts()
    ]


def _title(script: Path) -> str:
    """Return what a script says of its chart."""
    first = script.read_text(encoding="utf-8").partition("\n")[0]
    return first.strip('"').rstrip(".")


def _address(script: Path, folder: Path) -> str:
    drawing = script.with_suffix(".svg")
    return Path(os.path.relpath(drawing, folder)).as_posix()
