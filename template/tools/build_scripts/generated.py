"""The files below assets that `make assets` draws: of what, and whether they still show it.

A drawing begins with a note of what it was made of. So it can be told without drawing it again,
and without what draws it, whether somebody changed it or one of its sources since.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Literal

import msgspec
import msgspec.json

from tools.build_scripts.book import Problem
from tools.build_scripts.cache import digest, file_digest

ASSETS = "assets"
CHARTS = "assets/charts"
COMMAND = "make assets"

Kind = Literal["chart", "dot", "mermaid"]
DIAGRAMS: dict[str, Kind] = {".dot": "dot", ".gv": "dot", ".mmd": "mermaid"}

# What a comment of XML may not hold is written in JSON's way.
NOTE = re.compile(rb"\A<!-- Drawn by make assets; do not edit\. (\{.*\}) -->\n")
FORM = "<!-- Drawn by make assets; do not edit. {} -->\n"


class Note(msgspec.Struct, frozen=True):
    """What a drawing says of itself.

    Attributes:
        sources: the files it was drawn from, relative to the book's root; its own comes first.
        made_of: the hash of these files.
        holds: the hash of what was drawn.
    """

    sources: tuple[str, ...]
    made_of: str
    holds: str


@dataclass(frozen=True)
class Original:
    """A file below assets that something is drawn from; the path is relative to the book's root."""

    path: str
    kind: Kind

    @property
    def drawing(self) -> str:
        """The drawing, beside it."""
        return PurePosixPath(self.path).with_suffix(".svg").as_posix()

    @property
    def table(self) -> str | None:
        """The data of a chart, beside it."""
        path = PurePosixPath(self.path)
        return path.with_suffix(".csv").as_posix() if self.kind == "chart" else None

    @property
    def files(self) -> tuple[str, ...]:
        """All that is drawn from it."""
        return (self.drawing,) if self.table is None else (self.drawing, self.table)


def asset_files(root: Path) -> list[str]:
    """Return the files below assets, relative to the book's root, hidden ones left out, sorted."""
    paths = (path for path in (root / ASSETS).rglob("*") if path.is_file())
    names = (path.relative_to(root).as_posix() for path in paths)
    return sorted(name for name in names if not _is_hidden(name))


def _is_hidden(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return "__pycache__" in parts or any(part.startswith(".") for part in parts)


def originals(files: Sequence[str]) -> list[Original]:
    """Return those of the files below assets that something is drawn from."""
    found = ((name, _kind(PurePosixPath(name))) for name in files)
    return [Original(name, kind) for name, kind in found if kind is not None]


def _kind(path: PurePosixPath) -> Kind | None:
    is_script = path.suffix == ".py" and path.is_relative_to(CHARTS)
    # One that begins with an underscore is a module that scripts share.
    if is_script and not path.name.startswith("_"):
        return "chart"
    return DIAGRAMS.get(path.suffix)


def original_of(root: Path, drawing: str) -> str | None:
    """Return the file that a drawing, which may be missing, is drawn from, or None."""
    path = PurePosixPath(drawing)
    if path.suffix != ".svg" or path.parts[:1] != (ASSETS,):
        return None
    names = (path.with_suffix(ending).as_posix() for ending in (*DIAGRAMS, ".py"))
    return next((o.path for o in originals([*names]) if (root / o.path).is_file()), None)


def sealed(root: Path, sources: Sequence[str], drawing: bytes, table: bytes | None) -> bytes:
    """Return a drawing that begins with its note.

    Args:
        root: the book's directory.
        sources: the files it was drawn from; its own comes first.
        drawing: the SVG.
        table: the data of a chart.
    """
    note = Note(tuple(sources), made_of(root, sources), digest(drawing, table or b""))
    written = msgspec.json.encode(note).decode().replace("--", "-\\u002d")
    return FORM.format(written).encode() + drawing


def made_of(root: Path, sources: Sequence[str]) -> str:
    """Return the hash of files; one that is gone counts as well."""
    found = ((name, root / name) for name in sources)
    return digest(*((name, file_digest(path) if path.is_file() else None) for name, path in found))


def note_of(path: Path) -> Note | None:
    """Return what a drawing says of itself; None where `make assets` did not draw it."""
    try:
        with path.open("rb") as file:
            match = NOTE.match(file.readline())
    except OSError:
        return None
    try:
        return msgspec.json.decode(match[1], type=Note) if match else None
    except msgspec.DecodeError:
        return None


def problems(root: Path, files: Sequence[str]) -> Iterator[Problem]:
    """Yield the drawings that are missing, old, or changed by hand.

    Args:
        root: the book's directory.
        files: those below assets.
    """
    known = originals(files)
    for original in known:
        yield from clashes(root, original, known)
        problem = _problem(root, original)
        if problem is not None:
            yield problem
    drawn = {name for original in known for name in original.files}
    for name in files:
        if name.endswith(".svg") and name not in drawn:
            note = note_of(root / name)
            if note is not None:
                message = f"was drawn from {note.sources[0]}, which is gone; delete it as well."
                yield Problem(name, None, message)


def clashes(root: Path, original: Original, known: Sequence[Original]) -> Iterator[Problem]:
    """Yield what stands where a drawing is to go: another's, or a file that an author made."""
    for other in known:
        if other.path < original.path and set(other.files) & set(original.files):
            message = f"is drawn to {original.drawing}, as {other.path} is; rename one of them."
            yield Problem(original.path, None, message)
    if note_of(root / original.drawing) is not None:
        return
    for name in original.files:
        if (root / name).exists():
            message = f"is in the way of {original.path}, which is drawn to it; rename one of them."
            yield Problem(name, None, message)


def _problem(root: Path, original: Original) -> Problem | None:
    """Return what is wrong with what is drawn from a file, at that file when it is not there."""
    drawing, note = original.drawing, note_of(root / original.drawing)
    present = [name for name in original.files if (root / name).is_file()]
    if note is None and present:
        return None  # somebody else's files are in the way
    if note is None or len(present) < len(original.files):
        missing = next(name for name in original.files if name not in present)
        return Problem(original.path, None, f"{missing} is not drawn yet; run: {COMMAND}")
    if _held(root, original) != note.holds:
        message = f"was changed by hand; change {original.path} instead, and run: {COMMAND}"
        return Problem(drawing, None, message)
    if made_of(root, note.sources) != note.made_of:
        message = f"is older than what it is drawn from ({', '.join(note.sources)}); run: {COMMAND}"
        return Problem(drawing, None, message)
    return None


def _held(root: Path, original: Original) -> str:
    drawing = NOTE.sub(b"", (root / original.drawing).read_bytes())
    table = (root / original.table).read_bytes() if original.table else b""
    return digest(drawing, table)
