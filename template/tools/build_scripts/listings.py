"""The files that listings show: whole, by region or by lines, alone or compared.

A region is what stands between two comments, `# region: its-name` and `# endregion`, in the
comment signs of whatever language; regions can be nested. The comments are never printed.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import SequenceMatcher, get_close_matches
from pathlib import Path, PurePosixPath

from tools.build_scripts.book import Problem
from tools.build_scripts.cache import digest
from tools.build_scripts.pandoc import Json
from tools.build_scripts.source import Fence, Source

_ATTRIBUTE = re.compile(
    r"""(?<![\w-])(?P<name>include|region|lines|before|before-region|output)=
    (?:"(?P<double>[^"]*)"|'(?P<single>[^']*)'|(?P<bare>[^\s}"']+))""",
    re.VERBOSE,
)
_SIGN = r"(?:\#|//|--|;+|%+|/\*|<!--|\{\#|REM|')"
_OPENING = re.compile(rf"^\s*{_SIGN}\s*\#?region:?\s+(?P<name>[\w.-]+)")
_CLOSING = re.compile(rf"^\s*{_SIGN}\s*\#?endregion\b")
# What a marker leaves behind that stood alone between blank lines.
_MANY_BLANK = re.compile(r"\n(?:[ \t]*\n){3,}")
_LINES = re.compile(r"(?P<first>\d+)(?:\s*-\s*(?P<last>\d+))?")
OUTPUT_ENDING = ".out"
# What is drawn and not printed; the same as in listings.lua.
DIAGRAMS = frozenset({"mermaid", "dot", "graphviz"})


class ListingError(Exception):
    """A part of a file that cannot be shown; the message says why, and what to do."""


@dataclass(frozen=True)
class Part:
    """A part of a file: `path` is relative to the book's root."""

    path: str
    region: str | None = None
    lines: str | None = None

    @property
    def key(self) -> str:
        """Its name, the same as in listings.lua."""
        if self.region is not None:
            return f"{self.path}#{self.region}"
        return self.path if self.lines is None else f"{self.path}:{self.lines}"


@dataclass(frozen=True)
class Excerpt:
    """The text of a part, and its first and last line in the file unless it is the whole file."""

    path: str
    text: str
    lines: tuple[int, int] | None = None


@dataclass(frozen=True)
class Region:
    """A region of a file: its first and last line, markers not counted, from 1."""

    name: str
    first: int
    last: int


@dataclass(frozen=True)
class CodeFile:
    """A file that listings can show.

    Attributes:
        lines: its lines.
        regions: its regions, in the order in which they end.
        markers: the numbers of the lines that mark regions, from 1.
        open: the line of a region that never ends, or None.
        digest: the hash of its bytes.
    """

    lines: tuple[str, ...]
    regions: tuple[Region, ...]
    markers: frozenset[int]
    open: int | None
    digest: str


@dataclass(frozen=True)
class Listings:
    """What the listings of a chapter show, in the form that chapter.lua wants.

    Attributes:
        texts: the excerpts, by key.
        comparisons: the numbers of the lines that differ, by the two keys.
        problems: what cannot be shown.
        missing: the keys of it.
    """

    texts: dict[str, Json]
    comparisons: dict[str, Json]
    problems: tuple[Problem, ...]
    missing: frozenset[str] = frozenset()

    @property
    def shown(self) -> tuple[tuple[str, str], ...]:
        """The files that are shown, and what is shown of them."""
        return tuple((excerpt["path"], excerpt["text"]) for excerpt in self.texts.values())


@dataclass
class Library:
    """The files of a book that listings show, each read once.

    Attributes:
        root: the book's directory.
        shown: the parts that were shown, each with the place of the first listing that does.
    """

    root: Path
    shown: dict[Part, tuple[str, int]] = field(default_factory=dict)
    _files: dict[str, CodeFile] = field(default_factory=dict)

    @property
    def digests(self) -> dict[str, str]:
        """The hashes of the files that were read, by path."""
        return {path: file.digest for path, file in self._files.items()}

    def listings(self, text: Source) -> Listings:
        """Read what the listings of a chapter show."""
        texts: dict[str, Json] = {}
        comparisons: dict[str, Json] = {}
        problems: list[Problem] = []
        missing: set[str] = set()
        for fence in text.fences:
            attributes = attributes_of(fence.info)
            if not attributes.keys() & {"include", "before", "output"}:
                continue
            try:
                self._read_listing(fence, attributes, texts, comparisons, (text.name, fence.line))
            except ListingError as error:
                problems.append(Problem(text.name, fence.line, str(error), "listing"))
                missing |= _keys(attributes) - texts.keys()
        return Listings(texts, comparisons, tuple(problems), frozenset(missing))

    def _read_listing(
        self,
        fence: Fence,
        attributes: Mapping[str, str],
        texts: dict[str, Json],
        comparisons: dict[str, Json],
        place: tuple[str, int],
    ) -> None:
        if not fence.is_empty:
            raise ListingError(
                "the listing has lines of its own, which the file's would replace; delete one of "
                "the two."
            )
        if fence.language in DIAGRAMS and attributes.keys() & {"before", "output"}:
            raise ListingError('a diagram is drawn from one file; write include="…" alone.')
        if "output" in attributes:
            excerpt = self._output(attributes["output"])
            texts[f"output:{attributes['output']}"] = _json(excerpt)
            return
        after = _part(attributes, "include")
        shown = self._excerpt(after, place)
        texts[after.key] = _json(shown)
        if "before" not in attributes:
            return
        before = _part(attributes, "before")
        old = self._excerpt(before, place)
        texts[before.key] = _json(old)
        comparisons[f"{before.key}\n{after.key}"] = differences(old.text, shown.text)

    def file(self, path: str) -> CodeFile:
        """Return a file.

        Raises:
            ListingError: it is outside the book, does not exist, or is no text.
        """
        if path not in self._files:
            self._files[path] = self._read(path)
        return self._files[path]

    def _read(self, path: str) -> CodeFile:
        parts = PurePosixPath(path)
        if parts.is_absolute() or ".." in parts.parts:
            raise ListingError(
                f"'{path}' is outside the book; write its path from the book's directory, such as "
                "src/app.py."
            )
        try:
            data = (self.root / path).read_bytes()
            text = data.decode("utf-8-sig")
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError) as error:
            raise ListingError(f"there is no file '{path}' to show{self._hint(path)}") from error
        except UnicodeDecodeError as error:
            raise ListingError(f"'{path}' is not UTF-8, so it cannot be shown.") from error
        except OSError as error:
            raise ListingError(f"'{path}' cannot be read: {error.strerror}.") from error
        return parse_code(text, digest(data))

    def _hint(self, path: str) -> str:
        directory = (self.root / path).parent
        names = [child.name for child in directory.iterdir()] if directory.is_dir() else []
        closest = get_close_matches(PurePosixPath(path).name, names, n=1)
        if not closest:
            return "; paths begin at the book's directory, such as src/app.py."
        return f"; did you mean '{(PurePosixPath(path).parent / closest[0]).as_posix()}'?"

    def _output(self, program: str) -> Excerpt:
        self.file(program)
        try:
            found = self.file(stored_output(program))
        except ListingError as error:
            raise ListingError(
                f"what '{program}' prints is not stored yet; run: make outputs"
            ) from error
        text = "\n".join(found.lines).rstrip("\n")
        return Excerpt(program, text)

    def _excerpt(self, part: Part, place: tuple[str, int]) -> Excerpt:
        file = self.file(part.path)
        if file.open is not None:
            raise ListingError(
                f"a region opens in {part.path}:{file.open} and never ends; close it with a "
                "comment 'endregion'."
            )
        first, last = _span(part, file)
        kept = [
            file.lines[number - 1]
            for number in range(first, last + 1)
            if number not in file.markers
        ]
        text = _MANY_BLANK.sub("\n\n\n", textwrap.dedent("\n".join(kept)).strip("\n"))
        if not text.strip():
            raise ListingError(f"there is nothing to show in {part.key}.")
        self.shown.setdefault(part, place)
        is_whole = part.region is None and part.lines is None
        return Excerpt(part.path, text, None if is_whole else (first, last))


def stored_output(program: str) -> str:
    """Return where the output of a program is stored: beside it, `src/demo.out`."""
    return PurePosixPath(program).with_suffix(OUTPUT_ENDING).as_posix()


def attributes_of(info: str) -> dict[str, str]:
    """Return the attributes that say what a listing shows, from the line that opens it."""
    return {
        found["name"]: found["double"] or found["single"] or found["bare"] or ""
        for found in _ATTRIBUTE.finditer(info)
    }


def parse_code(text: str, digest: str) -> CodeFile:
    """Find the regions of a file, whose bytes have a hash."""
    lines = tuple(text.replace("\r\n", "\n").removesuffix("\n").split("\n"))
    regions: list[Region] = []
    markers: set[int] = set()
    begun: list[tuple[str, int]] = []
    for number, line in enumerate(lines, start=1):
        opening = _OPENING.match(line)
        if opening:
            begun.append((opening["name"], number))
            markers.add(number)
        elif _CLOSING.match(line) and begun:
            name, start = begun.pop()
            regions.append(Region(name, start + 1, number - 1))
            markers.add(number)
    open = begun[-1][1] if begun else None
    return CodeFile(lines, tuple(regions), frozenset(markers), open, digest)


def differences(before: str, after: str) -> Json:
    """Return the numbers of the lines that are only before and only after, from 1."""
    old, new = before.split("\n"), after.split("\n")
    removed: list[int] = []
    added: list[int] = []
    for tag, start, end, new_start, new_end in SequenceMatcher(
        None, old, new, autojunk=False
    ).get_opcodes():
        if tag != "equal":
            removed += range(start + 1, end + 1)
            added += range(new_start + 1, new_end + 1)
    return {"removed": removed, "added": added}


def _part(attributes: Mapping[str, str], which: str) -> Part:
    path = attributes.get(which)
    if not path:
        raise ListingError(
            f'the listing compares two files, but has no {which}="…"; name the file.'
        )
    region = attributes.get("region")
    if which == "before":
        return Part(path, attributes.get("before-region", region))
    return Part(path, region, attributes.get("lines") if region is None else None)


def _keys(attributes: Mapping[str, str]) -> set[str]:
    """Return the keys of all that a listing shows."""
    if "output" in attributes:
        return {f"output:{attributes['output']}"}
    return {_part(attributes, which).key for which in ("include", "before") if which in attributes}


def _span(part: Part, file: CodeFile) -> tuple[int, int]:
    """Return the first and the last line of a part."""
    if part.region is not None:
        return _region_span(part, part.region, file)
    if part.lines is None:
        return 1, len(file.lines)
    found = _LINES.fullmatch(part.lines)
    first = int(found["first"]) if found else 0
    last = int(found["last"] or first) if found else 0
    if not 1 <= first <= last <= len(file.lines):
        raise ListingError(
            f'lines="{part.lines}" names no lines of {part.path}, which has {len(file.lines)}; '
            'write the first and the last, such as lines="3-9".'
        )
    return first, last


def _region_span(part: Part, name: str, file: CodeFile) -> tuple[int, int]:
    found = [region for region in file.regions if region.name == name]
    if len(found) > 1:
        raise ListingError(f"{part.path} has {len(found)} regions '{name}'; rename one of them.")
    if found:
        return found[0].first, found[0].last
    closest = get_close_matches(name, [region.name for region in file.regions], n=1)
    hint = (
        f"did you mean '{closest[0]}'?"
        if closest
        else f"mark it with comments: '# region: {name}' and '# endregion'."
    )
    raise ListingError(f"{part.path} has no region '{name}'; {hint}")


def _json(excerpt: Excerpt) -> Json:
    first, last = excerpt.lines or (None, None)
    lines = {"first": first, "last": last} if first else {}
    return {"path": excerpt.path, "text": excerpt.text, **lines}
