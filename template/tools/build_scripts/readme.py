"""The section of the book's README that tells how far it is, and nothing else of that file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from tools.build_scripts import source
from tools.build_scripts.book import BuildError, Problem
from tools.build_scripts.files import put
from tools.build_scripts.markdown import escape
from tools.build_scripts.progress import Chapter, Goal, Progress

NAME = "README.md"
HEADING = "Status"
# A section that begins with it was written here; any other is its author's.
WRITTEN = "<!-- Written by `make status WRITE=1`. -->"

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")


@dataclass(frozen=True)
class Section:
    """The section in its file.

    Attributes:
        line: the line of its heading, from 1.
        before: what stands above it, its heading included.
        text: its text, with the file's line ends.
        after: what stands below it.
        line_end: the line ends of the file.
    """

    line: int
    before: str
    text: str
    after: str
    line_end: str

    def holding(self, text: str) -> str:
        """Return the whole file with another text in the section."""
        end = self.line_end
        below = f"{end}{self.after}" if self.after else ""
        heading = self.before if self.before.endswith(("\r", "\n")) else f"{self.before}{end}"
        return f"{heading}{end}{text.replace(chr(10), end)}{below}"


def write(root: Path, progress: Progress) -> bool:
    """Write the section, and say whether that changed anything.

    Raises:
        BuildError: there is no such section, or the file cannot be read.
    """
    section = _read(root)
    if section is None:
        message = f"has no section for it; add a heading where it is to stand: ## {HEADING}"
        raise BuildError(Problem(NAME, None, message))
    before = f"{section.before}{section.text}{section.after}"
    after = section.holding(written(progress))
    if after == before:
        return False
    put((root / NAME).resolve(), after.encode("utf-8"))
    return True


def check(root: Path, progress: Progress) -> None:
    """Do nothing if the section is as it would be written, or was never written.

    Raises:
        BuildError: it is stale, or the file cannot be read.
    """
    section = _read(root) if (root / NAME).is_file() else None
    if section is None or not section.text.lstrip().startswith(WRITTEN):
        return
    if section.holding(written(progress)) != f"{section.before}{section.text}{section.after}":
        message = f"the section '{HEADING}' is stale; run: make status WRITE=1"
        raise BuildError(Problem(NAME, section.line, message))


def _read(root: Path) -> Section | None:
    """Return the section, None in a file that has none."""
    text = source.read(root / NAME, NAME)
    lines = _LINE.findall((root / NAME).read_bytes().decode("utf-8"))
    headings = iter(text.headings)
    for heading in headings:
        if heading.text.casefold() == HEADING.casefold():
            break
    else:
        return None
    ends = (below.line - 1 for below in headings if below.level <= heading.level)
    end = next(ends, len(lines))
    return Section(
        line=heading.line,
        before="".join(lines[: heading.last]),
        text="".join(lines[heading.last : end]),
        after="".join(lines[end:]),
        line_end="\r\n" if lines[0].endswith("\r\n") else "\n",
    )


# The text ----------------------------------------------------------------------------------


def written(progress: Progress) -> str:
    """Return the text of the section: what does not change with every sentence of the book."""
    return "".join(f"{line}\n" for line in _lines(progress))


def _lines(progress: Progress) -> Iterator[str]:
    yield from (WRITTEN, "")
    yield from ("| Number | Chapter | State | Deliverables |", "| --- | --- | --- | --- |")
    yield from map(_row, progress.chapters)
    if progress.milestones:
        yield ""
        yield from map(_item, progress.milestones)


def _row(chapter: Chapter) -> str:
    entry = chapter.entry
    link = f"[{escape(entry.title)}]({quote(entry.prose)})"
    promised = len(chapter.promises)
    deliverables = f"{chapter.present} of {promised}" if promised else "none"
    return f"| {escape(entry.label)} | {link} | {chapter.state} | {deliverables} |"


def _item(goal: Goal) -> str:
    mark = "x" if goal.is_reached else " "
    reached = f"{goal.reached} of {goal.total}"
    if goal.title is None:
        return f"- [{mark}] Every chapter {goal.state}: {reached}"
    return f"- [{mark}] {escape(goal.title)}: {reached} {goal.state}"
