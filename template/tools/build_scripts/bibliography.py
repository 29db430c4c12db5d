"""The book's bibliography: where it is, and what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tools.build_scripts.book import BuildError, Problem
from tools.build_scripts.cache import digest

DIRECTORY = "research/references"
# What pandoc calls the formats, by the file that holds one; the first that there is counts.
FORMATS = {
    f"{DIRECTORY}/bibliography.bib": "biblatex",
    f"{DIRECTORY}/bibliography.json": "csljson",
    f"{DIRECTORY}/bibliography.yaml": "markdown",
}
STYLE = f"{DIRECTORY}/style.csl"
# Every file that is looked for.
FILES = (*FORMATS, STYLE)
_LINE = re.compile(r"line (\d+)")


@dataclass(frozen=True)
class Bibliography:
    """A bibliography and the style that it is printed in.

    Attributes:
        name: its file, relative to the book's root.
        format: what pandoc calls its format.
        text: what it holds.
        style: the file of a CSL style, None for pandoc's own, Chicago author-date.
        digest: the hash of both.
    """

    name: str
    format: str
    text: str
    style: Path | None
    digest: str


def read(root: Path) -> Bibliography | None:
    """Return the bibliography of a book, or None where it has none.

    Raises:
        BuildError: it cannot be read or is not UTF-8.
    """
    for name, format in FORMATS.items():
        if (root / name).is_file():
            text = _text(root, name)
            style = root / STYLE if (root / STYLE).is_file() else None
            style_bytes = style.read_bytes() if style else b""
            return Bibliography(name, format, text, style, digest(text, style_bytes))
    return None


def _text(root: Path, name: str) -> str:
    try:
        return (root / name).read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        message = "is not UTF-8; save the file as UTF-8."
        raise BuildError(Problem(name, None, message, "bibliography")) from error
    except OSError as error:
        raise BuildError(Problem(name, None, f"cannot be read: {error.strerror}.")) from error


def problems(bibliography: Bibliography | None, errors: Iterable[str | None]) -> list[Problem]:
    """Return what pandoc said of a bibliography, once, however many chapters cite it."""
    found: dict[Problem, None] = {}
    for error in errors:
        if error is None or bibliography is None:
            continue
        line = _LINE.search(error)
        said = " ".join(error.split())
        message = f"cannot be read as {bibliography.format}: {said}"
        number = int(line[1]) if line else None
        found[Problem(bibliography.name, number, message, "bibliography")] = None
    return list(found)
