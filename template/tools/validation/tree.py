"""The tree of the book: directories of chapters, and licences."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from tools.build_scripts.book import Problem
from tools.validation.context import Context

CHAPTER_DIRECTORY = re.compile(r"\d+_.+")
APPENDIX_DIRECTORY = re.compile(r"[a-z]+_.+")


def directories(context: Context) -> Iterator[Problem]:
    """Yield chapters without a directory and numbered directories without a chapter."""
    expected = {entry.path for entry in context.book.entries}
    for path in sorted(expected):
        if not (context.root / path).is_dir():
            message = "book.yml names this directory, but it does not exist."
            yield Problem(path, None, message, "outline")
    for parent, pattern in (
        ("chapters", CHAPTER_DIRECTORY),
        ("chapters/appendices", APPENDIX_DIRECTORY),
    ):
        for path in _directories(context.root, parent, pattern):
            if path not in expected:
                message = "no chapter of book.yml lives here; move it to drafts or delete it."
                yield Problem(path, None, message, "outline")


def _directories(root: Path, parent: str, pattern: re.Pattern[str]) -> list[str]:
    if not (root / parent).is_dir():
        return []
    found = (child.name for child in (root / parent).iterdir() if child.is_dir())
    return sorted(f"{parent}/{name}" for name in found if pattern.fullmatch(name))


def licences(context: Context) -> Iterator[Problem]:
    """Yield the licences of the text and the code that nobody could read."""
    for name, licence in (
        ("LICENSE-TEXT.md", context.book.licenses.text),
        ("LICENSE", context.book.licenses.code),
    ):
        path = context.root / name
        if not path.is_file() or not path.read_text(encoding="utf-8", errors="replace").strip():
            message = f"is missing or empty; put the text of the licence {licence} there."
            yield Problem(name, None, message, "licence")
