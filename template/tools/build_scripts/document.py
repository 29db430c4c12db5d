"""Pandoc documents as JSON: small pieces of them, and the whole book as one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from tools.build_scripts.book import Entry
from tools.build_scripts.chapters import Manuscript
from tools.build_scripts.pandoc import Json

Blocks = list[Json]


def inlines(text: str) -> list[Json]:
    """Return plain text as pandoc writes it: words and spaces, none of it markup."""
    words: list[Json] = []
    for word in text.split():
        words += [{"t": "Space"}, {"t": "Str", "c": word}]
    return words[1:]


def link(content: list[Json], target: str) -> Json:
    """Return a link."""
    return {"t": "Link", "c": [["", [], []], content, [target, ""]]}


def heading(
    level: int, id: str, title: str, classes: Iterable[str] = (), **attributes: str
) -> Json:
    """Return a heading of plain text; `epub_type` becomes the attribute `epub:type`."""
    pairs = [[name.replace("_", ":"), value] for name, value in attributes.items()]
    return {"t": "Header", "c": [level, [id, list(classes), pairs], inlines(title)]}


def place(id: str) -> Json:
    """Return a place that links lead to and that shows nothing."""
    return {"t": "Span", "c": [[id, [], []], []]}


def paragraph(content: list[Json]) -> Json:
    """Return a paragraph."""
    return {"t": "Para", "c": content}


def meta(value: Any) -> Json:
    """Return a text, a list or a mapping as a metadata value; its texts are not read as markup."""
    if isinstance(value, dict):
        return {"t": "MetaMap", "c": {key: meta(item) for key, item in value.items()}}
    if isinstance(value, (list, tuple)):
        return {"t": "MetaList", "c": [meta(item) for item in value]}
    return {"t": "MetaString", "c": str(value)}


def document(manuscript: Manuscript, blocks: Blocks, metadata: dict[str, Any]) -> Json:
    """Return a whole document, in the version of the format that its chapters have."""
    return {
        "pandoc-api-version": manuscript.chapters[0].ast["pandoc-api-version"],
        "meta": {key: meta(value) for key, value in metadata.items()},
        "blocks": blocks,
    }


def whole_book(manuscript: Manuscript) -> Iterator[Json]:
    """Yield the blocks of the book, with a heading of level 1 for each part and chapter."""
    for chapter in manuscript.chapters:
        started = manuscript.book.part_at(chapter.entry)
        if started is not None:
            number, part = started
            title = f"{part_name(number, manuscript.terms)}: {part.title}"
            yield heading(1, f"part-{number}", title, ["part", "unnumbered"], epub_type="part")
        yield chapter_heading(manuscript, chapter.entry)
        yield from chapter.ast["blocks"]


def chapter_heading(manuscript: Manuscript, entry: Entry) -> Json:
    """Return the heading of a chapter, `3 Databases`, or of an appendix, `Appendix B: Tools`."""
    kind = "appendix" if manuscript.book.is_appendix(entry) else "chapter"
    block = heading(1, entry.anchor, full_title(manuscript, entry), [kind], epub_type=kind)
    level, attributes, title = block["c"]
    former = [place(anchor) for anchor in entry.former_anchors]
    return {"t": "Header", "c": [level, attributes, former + title]}


def full_title(manuscript: Manuscript, entry: Entry) -> str:
    """Return the title of a chapter or an appendix with its number."""
    if manuscript.book.is_appendix(entry):
        return f"{manuscript.terms['Appendix']} {entry.label}: {entry.title}"
    return f"{entry.label} {entry.title}"


def part_name(number: int, terms: dict[str, str]) -> str:
    """Return the name of a part, `Part II`."""
    return f"{terms['Part']} {roman(number)}"


def roman(number: int) -> str:
    """Return a number in Roman numerals."""
    numerals = (
        (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"),
        (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
    )  # fmt: skip
    letters = ""
    for value, numeral in numerals:
        count, number = divmod(number, value)
        letters += numeral * count
    return letters
