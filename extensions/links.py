"""Relative links and listing paths in Markdown: finding them, and rewriting them in place.

Nothing but the addresses is touched, so the text is not parsed and written anew: a scanner finds
where addresses stand (CommonMark 0.31, sections 6.3, 4.7 and 4.5) and leaves code alone.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import quote, unquote

_FENCE = re.compile(
    r"[ \t>]*(?:(?:[-*+]|\d+[.)])[ \t]+)*(?P<mark>`{3,}(?=[^`]*$)|~{3,})(?P<info>.*)"
)
_CODE_SPAN = r"(?P<ticks>`+)(?!`).*?(?<!`)(?P=ticks)(?!`)"
_DESTINATION = r"(?:<(?P<{0}_bracketed>[^<>]*)>|(?P<{0}>(?:[^\s()<>\\]|\\.|\([^\s()<>]*\))+))"
_LINK = re.compile(
    "|".join(
        (
            _CODE_SPAN,
            r"\]\(\s*" + _DESTINATION.format("inline"),
            r"^[ >]*\[(?!\^)[^\]]+\]:\s*" + _DESTINATION.format("definition"),
            r"\b(?:src|href)=(?P<quote>[\"'])(?P<attribute>.*?)(?P=quote)",
        )
    )
)
_INCLUDE = re.compile(r"\b(?:include|before|output)=(?P<quote>[\"'])(?P<include>.*?)(?P=quote)")
_PLACES = ("inline", "inline_bracketed", "definition", "definition_bracketed", "attribute")
_NOT_RELATIVE = re.compile(r"[a-z][a-z0-9+.-]*:|//|/|#|$", re.IGNORECASE)
_SUFFIX = re.compile(r"[?#].*", re.DOTALL)


@dataclass(frozen=True)
class Link:
    """An address in a text.

    Attributes:
        start: where it begins in the text.
        end: where it ends.
        target: the path that it means, relative to the book's root.
        form: whether it is a `url` relative to its file, a `bracketed` or `attribute` one, or an
            `include`, which is relative to the book's root.
    """

    start: int
    end: int
    target: str
    form: str


def find_links(text: str, file: str) -> Iterator[Link]:
    """Yield the relative links and listing paths of a Markdown file, in order.

    Args:
        text: its text.
        file: its path relative to the book's root, with forward slashes.
    """
    place, fence = 0, ""
    for line in text.splitlines(keepends=True):
        opening = _FENCE.match(line)
        if fence:
            closing = line.strip(" \t>\r\n")
            if closing.startswith(fence) and not closing.strip(fence[0]):
                fence = ""
        elif opening:
            fence = opening["mark"]
            yield from _includes(line, place)
        else:
            yield from _links(line, place, file)
        place += len(line)


def _includes(line: str, place: int) -> Iterator[Link]:
    for match in _INCLUDE.finditer(line):
        start, end = match.span("include")
        target = posixpath.normpath(match["include"])
        if match["include"] and not target.startswith(("/", "..")):
            yield Link(place + start, place + end, target, "include")


def _links(line: str, place: int, file: str) -> Iterator[Link]:
    for match in _LINK.finditer(line):
        name = next((name for name in _PLACES if match[name] is not None), None)
        if name is None or _NOT_RELATIVE.match(match[name]):
            continue
        path = _SUFFIX.sub("", match[name])
        target = posixpath.normpath(posixpath.join(posixpath.dirname(file), unquote(path)))
        if path and not target.startswith(".."):
            start = match.start(name)
            form = name.partition("_")[2] or "url"
            yield Link(place + start, place + start + len(path), target, form)


def rewrite(text: str, file: str, moved_file: str, place: Callable[[str], str | None]) -> str:
    """Return the text with its relative links and listing paths leading to the new places.

    Args:
        text: the text of a Markdown file.
        file: its old path relative to the book's root, with forward slashes.
        moved_file: its new path.
        place: the new path of an old one; None leaves links to it as they are.
    """
    here, moved_here = posixpath.dirname(file), posixpath.dirname(moved_file)
    parts, done = [], 0
    for link in find_links(text, file):
        moved = place(link.target)
        if moved is None:
            continue
        parts += [text[done : link.start], _moved(text, link, moved, here, moved_here)]
        done = link.end
    return "".join([*parts, text[done:]])


def _moved(text: str, link: Link, moved: str, here: str, moved_here: str) -> str:
    """Return the address as it is to be written, untouched where it means the same."""
    written = text[link.start : link.end]
    if link.form == "include":
        return written if moved == link.target else moved
    relative = relative_path(moved, moved_here)
    if relative == relative_path(link.target, here):
        return written
    slash = "/" if written.endswith("/") else ""
    return (relative if link.form == "bracketed" else quote(relative)) + slash


def relative_path(target: str, directory: str) -> str:
    """Return the path from a directory to a target, both relative to the book's root."""
    return posixpath.relpath(target, directory or ".")
