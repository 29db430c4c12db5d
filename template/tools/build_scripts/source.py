"""A chapter's file as its author wrote it, and the part of it that is prose."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import NamedTuple, get_args
from urllib.parse import unquote

import msgspec
import msgspec.yaml

from tools.build_scripts.book import UNPRINTABLE, BuildError, Problem, Status
from tools.build_scripts.cache import digest

TO_BE_WRITTEN = "**To be written.**"
MARKS = ("TODO", "FIXME", "XXX")

_FENCE = re.compile(r"[ \t>]*(?:(?:[-*+]|\d+[.)])[ \t]+)*(?P<mark>`{3,}|~{3,})(?P<info>.*)")
# What may follow the language: nothing, or attributes as pandoc has them.
_ATTRIBUTE = r"""(?:[#.][^\s}]+|[\w:-]+=(?:"[^"]*"|'[^']*'|[^\s}"']+))"""
_PLAIN_INFO = re.compile(rf"\s*[^\s{{`,]*\s*(?:\{{\s*{_ATTRIBUTE}(?:\s+{_ATTRIBUTE})*\s*\}})?\s*")
_LANGUAGE = re.compile(r"\s*[^\s{`,]*")
_LANGUAGE_NAME = re.compile(r"\s*(?:(?P<plain>[^\s{`,]+)|\{\s*(?:#\S+\s+)?\.(?P<class>[^\s}]+))")
_UNPRINTABLE = re.compile(f"[{UNPRINTABLE}]")
_LIST_ITEM = re.compile(r"[ \t>]*(?:[-*+]|\d+[.)])[ \t]")
_COMMENT_OR_CODE = re.compile(r"<!--|(?P<ticks>`+)")
_BARE_ADDRESS = re.compile(r"(?<![(<])(?<!\]: )https?://")
_NESTED_HEADING = re.compile(r"[ \t>*+\-\d.):]+#|[ \t>]+[=-]+[ \t]*$")
_QUOTED = re.compile(r"(?:[ \t]*>)+")
_NOTE_USED = re.compile(r"\[\^(?P<key>[^\]\s]+)\](?!:)")
# A word holds a letter or a digit; what stands before the first one belongs to it.
_SPACED_WORD = re.compile(r"[^\W_]\S*")
# Characters of scripts that put no spaces between words: kana and ideographs.
_UNSPACED = re.compile(
    "[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
)
_HEADING = re.compile(r" {0,3}(?P<signs>#{1,6})(?:[ \t]+(?P<text>.*?))?(?:[ \t]+#+)?[ \t]*")
_UNDERLINE = re.compile(r" {0,3}(?:=+|-{2,})[ \t]*")
_NO_PARAGRAPH = re.compile(r"[ \t]*(?:[>|#]|[-*+][ \t]|\d+[.)][ \t]|[-=]+[ \t]*$)")
_ATTRIBUTES = re.compile(r"[ \t]*\{(?P<attributes>[^{}]*)\}$")
_MARKER = re.compile(rf"(?<![\w./#-])(?:{'|'.join(MARKS)})(?![\w/-])")
_CODE_SPAN = re.compile(r"(`+)(?!`).*?(?<!`)\1(?!`)")


class FrontMatter(msgspec.Struct, frozen=True):
    """What may stand above a chapter; keys of the author's own are left alone."""

    status: Status | None = None


class Place(NamedTuple):
    """A place in a file: its line and its column, from 1."""

    line: int
    column: int


@dataclass(frozen=True)
class Fence:
    """A listing as its author wrote it.

    Attributes:
        line: the line that opens it, from 1.
        info: what that line says.
        is_empty: whether no code stands in it.
        end: the line that closes it, or the one after the last where none does.
    """

    line: int
    info: str
    is_empty: bool
    end: int = 0

    @property
    def language(self) -> str:
        """Its language in small letters, empty where none is named."""
        found = _LANGUAGE_NAME.match(self.info)
        return (found["plain"] or found["class"] or "").lower() if found else ""


@dataclass(frozen=True)
class HeadingLine:
    """A heading as it is written.

    Attributes:
        line: its line, from 1.
        last: its last line: the next one, if it is underlined.
        level: its level, from 1.
        text: its text as Markdown, without attributes.
        attributes: what stands in braces behind it, `.unnumbered #its-id`.
    """

    line: int
    last: int
    level: int
    text: str
    attributes: str


@dataclass(frozen=True)
class Source:
    """The text of a chapter's file.

    Attributes:
        name: the file, relative to the book's root, with forward slashes.
        front_matter: what stands above the text.
        lines: the lines of the file, for finding places in it; code and comments are blank.
        text: what pandoc reads: no front matter, no comments, line ends made one.
        fences: where listings open.
        digest: the hash of the file's bytes.
    """

    name: str
    front_matter: FrontMatter
    lines: tuple[str, ...]
    text: str
    fences: tuple[Fence, ...] = ()
    digest: str = ""

    def find(self, *needles: str) -> tuple[Place, ...]:
        """Return the lines that hold one of the texts outside code and comments, once each."""
        wanted = [needle for needle in needles if needle and needle in self._prose]
        if not wanted:
            return ()
        return tuple(
            Place(number, min(line.index(needle) for needle in held) + 1)
            for number, line in enumerate(self.lines, start=1)
            if (held := [needle for needle in wanted if needle in line])
        )

    @cached_property
    def _prose(self) -> str:
        return "\n".join(self.lines)

    def problems(self, places: Iterable[Place], message: str, rule: str) -> Iterator[Problem]:
        """Yield a problem for each place, or one for the file when no place is known."""
        for line, column in tuple(places) or ((None, None),):
            yield Problem(self.name, line, message, rule, column)

    def find_target(self, target: str) -> tuple[Place, ...]:
        """Return the places of the target of a link or an image, however it is written."""
        for signs in (("](", "](<"), ("]: ",), ("",)):
            places = sorted(
                Place(line, column + len(sign))
                for sign in signs
                for text in {target, unquote(target)}
                for line, column in self.find(f"{sign}{text}")
            )
            if places:
                return tuple({place.line: place for place in reversed(places)}.values())[::-1]
        return ()

    @property
    def words(self) -> int:
        """The number of words outside code, comments, front matter, and notes to be written.

        In Chinese and Japanese, where no spaces tell words apart, characters are counted.
        """
        return sum(self._counts)

    @property
    def unspaced_characters(self) -> int:
        """The number of characters among the words that stand for a word each."""
        return self._counts[1]

    @cached_property
    def _counts(self) -> tuple[int, int]:
        words, characters = _counted(self.lines)
        unwritten = _counted([self.lines[number - 1] for number in self.unwritten])
        return words - unwritten[0], characters - unwritten[1]

    @cached_property
    def to_be_written(self) -> tuple[int, ...]:
        """The lines, from 1, of the notes that only say what is to be written."""
        return tuple(line for line, _ in self.find(TO_BE_WRITTEN))

    @cached_property
    def unwritten(self) -> frozenset[int]:
        """All lines, from 1, of those notes."""
        return frozenset(n for line in self.to_be_written for n in self._paragraph(line))

    def _paragraph(self, line: int) -> range:
        """Return the lines, from 1, of the paragraph or the note that a line stands in."""
        first, last = line, line
        while first > 1 and self.lines[first - 2].strip():
            first -= 1
        while last < len(self.lines) and self.lines[last].strip():
            last += 1
        return range(first, last + 1)

    @cached_property
    def markers(self) -> tuple[tuple[int, str], ...]:
        """The lines, from 1, that an author marked for later, and the marks: `TODO` and so on."""
        openings = {fence.line for fence in self.fences}
        return tuple(
            (number, found[0])
            for number, _ in self.find(*MARKS)
            if number not in openings
            for found in _MARKER.finditer(_CODE_SPAN.sub("", self.lines[number - 1]))
        )

    @cached_property
    def headings(self) -> tuple[HeadingLine, ...]:
        """The headings, in order; what stands in quotations and lists is none."""
        return tuple(self._headings())

    def _headings(self) -> Iterator[HeadingLine]:
        for number, line in enumerate(self.lines, start=1):
            found = _HEADING.fullmatch(line) if "#" in line else None
            if found:
                yield _heading(number, number, len(found["signs"]), found["text"] or "")
                continue
            below = self.lines[number] if number < len(self.lines) else ""
            if (
                below.startswith(("=", "-", " "))
                and _UNDERLINE.fullmatch(below)
                and line.strip()
                and not _NO_PARAGRAPH.match(line)
            ):
                yield _heading(number, number + 1, 1 if "=" in below else 2, line.strip())

    def fence_of(self, code: str) -> int | None:
        """Return the line, from 1, that opens the listing of some code, or None."""
        first = code.split("\n", 1)[0].strip()
        lines = self.text.split("\n")
        for fence in self.fences:
            if fence.line < len(lines) and lines[fence.line].strip() == first:
                return fence.line
        return None

    def code_of(self, fence: Fence) -> str:
        """Return the code of a listing, without the signs of a quotation that it stands in."""
        lines = self.text.split("\n")
        quoted = _QUOTED.match(lines[fence.line - 1])
        depth = quoted[0].count(">") if quoted else 0
        signs = re.compile(rf"(?:[ \t]*>){{{depth}}} ?" if depth else "")
        return "\n".join(signs.sub("", line, 1) for line in lines[fence.line : fence.end - 1])

    @cached_property
    def has_bare_addresses(self) -> bool:
        """Whether an address stands in the text without being the target of a link."""
        return any("http" in line and _BARE_ADDRESS.search(line) for line in self.lines)

    @cached_property
    def may_nest_headings(self) -> bool:
        """Whether a heading may stand in a list or a quotation, or in a division.

        In the first two, it follows their signs or is underlined there.
        """
        return ":::" in self._prose or any(map(_NESTED_HEADING.match, self.lines))

    def undefined_notes(self) -> Iterator[tuple[Place, str]]:
        """Yield the place and the key of every footnote that is used and nowhere defined."""
        for number, _ in self.find("[^"):
            line = self.lines[number - 1]
            for note in _NOTE_USED.finditer(_CODE_SPAN.sub(_blank, line)):
                if f"[^{note['key']}]:" not in self._prose:
                    yield Place(number, note.start() + 1), note["key"]


def _counted(lines: Sequence[str]) -> tuple[int, int]:
    """Return how many words of lines have spaces between them, and how many characters do not."""
    characters = sum(len(_UNSPACED.findall(line)) for line in lines if not line.isascii())
    text = "\n".join(lines)
    spaced = _UNSPACED.sub(" ", text) if characters else text
    return len(_SPACED_WORD.findall(spaced)), characters


def _heading(line: int, last: int, level: int, text: str) -> HeadingLine:
    found = _ATTRIBUTES.search(text)
    if found is None:
        return HeadingLine(line, last, level, text, "")
    return HeadingLine(line, last, level, text[: found.start()], found["attributes"])


def read(path: Path, name: str) -> Source:
    """Read a chapter's file.

    Args:
        path: the file.
        name: how to call it in messages, relative to the book's root.

    Raises:
        BuildError: it cannot be read, is not UTF-8, or has wrong front matter or an open comment.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError as error:
        message = "does not exist; write the chapter there."
        raise BuildError(Problem(name, None, message, "file")) from error
    except OSError as error:
        message = f"cannot be read: {error.strerror}."
        raise BuildError(Problem(name, None, message, "file")) from error
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = "is not UTF-8; save the file as UTF-8."
        raise BuildError(Problem(name, line, message, "file")) from error
    return replace(parse(text, name), digest=digest(data))


def parse(text: str, name: str) -> Source:
    """Take the text of a chapter's file apart.

    Raises:
        BuildError: its front matter is wrong or a comment does not end.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    _refuse_unprintable(lines, name)
    end = _front_matter_end(lines)
    front_matter = _read_front_matter(lines[1 : end - 1], name) if end else FrontMatter()
    scanner = _Scanner(name, first=end)
    parts = [scanner.read(line) for line in lines[end:]]
    scanner.end_code(len(lines) + 1)
    if scanner.comment_line is not None:
        message = "a comment opens here and never ends; close it with -->."
        raise BuildError(Problem(name, scanner.comment_line, message, "markup"))
    return Source(
        name=name,
        front_matter=front_matter,
        lines=("",) * end + tuple(prose for prose, _ in parts),
        # Lines stay where they are, so that pandoc's own messages name the right ones.
        text="\n" * end + "\n".join(kept for _, kept in parts),
        fences=tuple(scanner.fences),
    )


def _front_matter_end(lines: list[str]) -> int:
    """Return the number of lines that the front matter takes, 0 where there is none."""
    if len(lines) < 3 or lines[0].rstrip() != "---" or not lines[1].strip():
        return 0
    for number, line in enumerate(lines[1:], start=2):
        if line.rstrip() in ("---", "..."):
            return number
    return 0


def _read_front_matter(lines: list[str], name: str) -> FrontMatter:
    try:
        found = msgspec.yaml.decode("\n".join(lines), type=FrontMatter | None)
    except msgspec.ValidationError as error:
        known = ", ".join(get_args(Status))
        number = next((n for n, line in enumerate(lines, start=2) if "status" in line), 1)
        message = f"the front matter is wrong: {error}; a status is one of: {known}."
        raise BuildError(Problem(name, number, message, "front-matter")) from error
    except msgspec.DecodeError as error:
        message = f"the front matter is not YAML: {' '.join(str(error).split())}"
        raise BuildError(Problem(name, 1, message, "front-matter")) from error
    return found or FrontMatter()


def _refuse_unprintable(lines: list[str], name: str) -> None:
    if not any(map(_UNPRINTABLE.search, lines)):
        return
    problems = []
    for number, line in enumerate(lines, start=1):
        found = _UNPRINTABLE.search(line)
        if found:
            column = found.start() + 1
            code = f"U+{ord(found[0]):04X}"
            message = f"the control character {code} stands in column {column}; delete it."
            problems.append(Problem(name, number, message, "markup", column))
    if problems:
        raise BuildError(*problems)


def _simplified(line: str, opening: re.Match[str]) -> str:
    """Return the line that opens a listing with what pandoc does not know left out.

    Other tools take more: `python title="app.py"`, `rust,ignore`, `js {1,3}`. GitHub shows those
    as listings in the language, and pandoc would not see a listing at all.
    """
    info = opening["info"]
    if _PLAIN_INFO.fullmatch(info):
        return line
    language = _LANGUAGE.match(info)
    return line[: opening.start("info")] + (language[0] if language else "")


def _blank(found: re.Match[str]) -> str:
    """Return as many spaces, so that the columns behind them stay."""
    return " " * len(found[0])


class _Scanner:
    """Reads lines in order and knows whether the next one is code, a comment or prose."""

    def __init__(self, name: str, first: int) -> None:
        self.name = name
        self.number = first
        self.fence = ""
        self.fences: list[Fence] = []
        self.comment_line: int | None = None
        self.in_list = False
        self.after_blank = True
        self.in_indented_code = False

    def read(self, line: str) -> tuple[str, str]:
        """Return what of a line is prose, and what of it pandoc is to read."""
        self.number += 1
        if self.fence:
            self._read_code(line)
            return "", line
        if self.comment_line is None:
            opening = _FENCE.match(line)
            if opening and not ("`" in opening["mark"] and "`" in opening["info"]):
                self.fence = opening["mark"]
                self.fences.append(Fence(self.number, opening["info"], is_empty=True))
                # The line that opens a listing holds ids and attributes, which have places too.
                return line, _simplified(line, opening)
            if self._is_indented_code(line):
                return "", line
        prose = self._without_comments(line)
        return prose, prose

    def _read_code(self, line: str) -> None:
        closing = line.strip(" \t>")
        if closing.startswith(self.fence) and not closing.strip(self.fence[0]):
            self.end_code(self.number)
        elif closing and self.fences[-1].is_empty:
            self.fences[-1] = replace(self.fences[-1], is_empty=False)

    def end_code(self, line: int) -> None:
        """Take a line for the one that closes the listing, if one is open."""
        if self.fence:
            self.fence = ""
            self.fences[-1] = replace(self.fences[-1], end=line)

    def _is_indented_code(self, line: str) -> bool:
        if not line.strip():
            self.after_blank = True
            return False
        indented = line.startswith(("    ", "\t"))
        if _LIST_ITEM.match(line) and not self.in_indented_code:
            self.in_list = True
        elif not indented and self.after_blank:
            self.in_list = False
        self.in_indented_code = (
            indented and not self.in_list and (self.after_blank or self.in_indented_code)
        )
        self.after_blank = False
        return self.in_indented_code

    def _without_comments(self, line: str) -> str:
        kept: list[str] = []
        rest = line
        while True:
            if self.comment_line is not None:
                _, ended, rest = rest.partition("-->")
                if not ended:
                    return "".join(kept)
                self.comment_line = None
            found = self._next_comment(rest)
            if found is None:
                return "".join(kept) + rest
            kept.append(rest[:found])
            rest = rest[found + len("<!--") :]
            self.comment_line = self.number

    @staticmethod
    def _next_comment(text: str) -> int | None:
        """Return where the first comment begins that is not shown as code."""
        if "<!--" not in text:
            return None
        place = 0
        while found := _COMMENT_OR_CODE.search(text, place):
            ticks = found["ticks"]
            if ticks is None:
                return found.start()
            end = re.compile(rf"(?<!`){ticks}(?!`)").search(text, found.end())
            place = end.end() if end else found.end()
        return None
