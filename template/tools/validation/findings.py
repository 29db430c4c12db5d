"""What the checks find, and mending what can be mended without its author."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tools.build_scripts.book import Problem
from tools.build_scripts.files import put
from tools.validation.rules import BY_ID, Severity


@dataclass(frozen=True)
class Fixable(Problem):
    """A problem that goes away when a text at its place is replaced.

    Attributes:
        old: what stands there.
        new: what should.
    """

    old: str = ""
    new: str = ""


def severity(problem: Problem) -> Severity:
    """Return how much a problem weighs."""
    return BY_ID[problem.rule].severity


def fix(root: Path, problems: Iterable[Problem]) -> list[Fixable]:
    """Mend what can be mended, each file written aside and renamed.

    Args:
        root: the book's directory.
        problems: what was found.

    Returns:
        What was mended.
    """
    by_path: dict[str, list[Fixable]] = {}
    for problem in problems:
        if isinstance(problem, Fixable):
            by_path.setdefault(problem.path, []).append(problem)
    return [fixed for path, found in by_path.items() for fixed in _fix_file(root / path, found)]


def _fix_file(file: Path, problems: Sequence[Fixable]) -> list[Fixable]:
    # As bytes: a byte order mark and the ends of the lines stay as they are.
    lines = file.read_bytes().splitlines(keepends=True)
    fixed = []
    # From the end of a line to its beginning, so that the columns before stay true.
    for problem in sorted(problems, key=lambda found: -(found.column or 0)):
        number = (problem.line or 0) - 1
        line = lines[number].decode("utf-8-sig" if number == 0 else "utf-8")
        start = (problem.column or 0) - 1
        if not line.startswith(problem.old, start):
            continue
        mark = b"\xef\xbb\xbf" if lines[number].startswith(b"\xef\xbb\xbf") else b""
        mended = line[:start] + problem.new + line[start + len(problem.old) :]
        lines[number] = mark + mended.encode()
        fixed.append(problem)
    if fixed:
        put(file, b"".join(lines))
    return fixed
