"""Putting into a chapter's text what other chapters decide: addresses, numbers, places of images.

chapter.lua leaves placeholders for them, between two characters that no text holds.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from html import escape
from urllib.parse import quote

from tools.build_scripts.book import Entry
from tools.build_scripts.chapters import Manuscript, ParsedChapter
from tools.build_scripts.crossref import Piece

PLACEHOLDER = re.compile("\ufdd0([LIPR])([0-9]+)\ufdd1")
# Typst's writer puts the target of a link between quotation marks; an id must not stand there.
QUOTED_LINK = re.compile('"(\ufdd0L[0-9]+\ufdd1)"')

Address = Callable[[str], str]


def fill_html(manuscript: Manuscript, chapter: ParsedChapter, images: Mapping[str, str]) -> str:
    """Return the text of a chapter for the website, whose pages lie in one directory.

    Args:
        manuscript: the book.
        chapter: the chapter.
        images: where images are, by their path in the book.
    """

    def address(id: str) -> str:
        return escape(page_address(manuscript.targets.owners[id], id, chapter.entry))

    def reference(piece: Piece) -> str:
        text = escape(piece.text, quote=False)
        if piece.id is None:
            return text
        return f'<a class="reference" href="{address(piece.id)}">{text}</a>'

    return fill(
        manuscript,
        chapter,
        chapter.fragment("html"),
        address=address,
        image=lambda path: escape(quote(images[path])),
        plain=escape,
        reference=reference,
    )


def fill_typst(manuscript: Manuscript, chapter: ParsedChapter) -> str:
    """Return the text of a chapter for Typst; the paths of images begin at the book's root."""

    def address(id: str) -> str:
        return f"label({_typst_string(id)})"

    def reference(piece: Piece) -> str:
        # Without the semicolon what follows, a bracket or a dot, would belong to the call.
        shown = f"#{_typst_string(piece.text)};"
        return shown if piece.id is None else f"#link({address(piece.id)})[{shown}];"

    return fill(
        manuscript,
        chapter,
        QUOTED_LINK.sub(r"\1", chapter.fragment("typst")),
        address=address,
        image=lambda path: _typst_string(path)[1:-1],
        plain=lambda text: _typst_string(text)[1:-1],
        reference=reference,
    )


def fill(
    manuscript: Manuscript,
    chapter: ParsedChapter,
    text: str,
    *,
    address: Address,
    image: Address,
    plain: Callable[[str], str],
    reference: Callable[[Piece], str],
) -> str:
    """Return a text of a chapter with what its placeholders stand for.

    Args:
        manuscript: the book.
        chapter: the chapter.
        text: its text in some format.
        address: returns the address of an id.
        image: returns the place of an image, by its path in the book.
        plain: returns the words of a reference as text of the format.
        reference: returns a piece of a reference as it is printed.
    """

    def replaced(found: re.Match[str]) -> str:
        kind, place = found[1], int(found[2])
        if kind == "L":
            return address(manuscript.target(chapter, place))
        if kind == "I":
            return image(chapter.report.images[place].path or "")
        pieces = manuscript.pieces(chapter, place)
        if kind == "P":
            return plain("".join(piece.text for piece in pieces))
        return "".join(map(reference, pieces))

    return PLACEHOLDER.sub(replaced, text)


def page_address(owner: Entry, id: str, here: Entry | None) -> str:
    """Return the address of an id: without a fragment where it is the chapter itself.

    Args:
        owner: the chapter that it stands in.
        id: the id.
        here: the chapter whose page refers to it, None for a page of the book.
    """
    if id == owner.anchor:
        return quote(owner.page)
    page = "" if owner == here else quote(owner.page)
    return f"{page}#{quote(id)}"


def _typst_string(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
