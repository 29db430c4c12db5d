"""A small book that holds every element that a chapter can hold."""

from __future__ import annotations

import shutil
from pathlib import Path

HERE = Path(__file__).resolve().parent
TOOLS = HERE.parent.parent / "template" / "tools"


def make_gallery(root: Path) -> Path:
    """Write the book, with the template's tools, and return its directory."""
    for name in ("first", "second"):
        number = {"first": 1, "second": 2}[name]
        shutil.copytree(HERE / name, root / "chapters" / f"{number:02}_{name}")
    shutil.copytree(HERE / "src", root / "src")
    shutil.copytree(HERE / "images", root / "assets" / "images")
    shutil.copytree(TOOLS, root / "tools", ignore=shutil.ignore_patterns("__pycache__"))
    bibliography = root / "research" / "references" / "bibliography.bib"
    bibliography.parent.mkdir(parents=True)
    shutil.copyfile(HERE / "references.bib", bibliography)
    shutil.copyfile(HERE / "book.yml", root / "book.yml")
    version = '[project]\nname = "gallery"\nversion = "1.0.0"\n'
    (root / "pyproject.toml").write_text(version, encoding="utf-8")
    return root
