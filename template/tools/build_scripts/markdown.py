"""Writing the whole book as one Markdown file that GitHub renders."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timezone
from pathlib import Path
from urllib.parse import quote

from tools.build_scripts import index
from tools.build_scripts.book import Entry
from tools.build_scripts.chapters import Manuscript
from tools.build_scripts.crossref import NO_BREAK, Piece
from tools.build_scripts.document import (
    full_title,
    part_name,
)
from tools.build_scripts.fill import fill
from tools.build_scripts.index import Term

# How gfm.lua ends a heading: its id, and the text that GitHub makes its fragment of.
_HEADING = re.compile("\ufdd2([^\ufdd3]*)\ufdd3([^\ufdd4]*)\ufdd4")
_ADDRESS = re.compile("\ufdd5([^\ufdd6]*)\ufdd6")
# A reference in the text of a heading, which shows its words only.
_REFERENCE = re.compile("\\[([^\\]]*)\\]\\(\ufdd5[^\ufdd6]*\ufdd6\\)")

_MARKUP = re.compile(r"[\\`*_\[\]<>$~|]|&(?=[#\w])|:(?=[\w+-]+:)|#(?=[#\s]|$)")
_LINE_START = re.compile(r"^(?=[-+=#])|^\d+(?=[.)](?:\s|$))")
_KEPT = frozenset({"Mn", "Mc", "Me", "Nd", "Nl", "Pc"})


def write_markdown(manuscript: Manuscript, destination: Path, fragments: Sequence[str]) -> None:
    """Write the book as one Markdown file.

    Args:
        manuscript: the book.
        destination: the file to write.
        fragments: the text of every chapter, as `chapter_texts` returns them.
    """
    terms = index.terms(manuscript)
    pieces = [
        *_front_matter(manuscript),
        *_contents(manuscript, fragments, bool(terms)),
        *_chapters(manuscript, fragments),
        *_index(manuscript, terms),
    ]
    text = _resolve("\n\n".join(piece.strip("\n") for piece in pieces if piece))
    destination.write_text(f"{text}\n", encoding="utf-8", newline="\n")


def chapter_texts(manuscript: Manuscript, places: Mapping[str, str]) -> list[str]:
    """Return the texts of all chapters, whole but for the fragments that GitHub makes.

    Args:
        manuscript: the book.
        places: where images are, by their path in the book.
    """
    return [
        fill(
            manuscript,
            chapter,
            chapter.fragment("markdown"),
            address=_address,
            image=lambda path: quote(places[path]),
            plain=escape,
            reference=_reference,
        )
        for chapter in manuscript.chapters
    ]


# The file ----------------------------------------------------------------------------------


def _front_matter(manuscript: Manuscript) -> Iterator[str]:
    book = manuscript.book
    day = datetime.fromtimestamp(manuscript.date, tz=timezone.utc).date()
    yield _heading(1, "", book.title)
    if book.subtitle:
        yield f"**{escape(book.subtitle)}**"
    yield escape(", ".join(book.author_names))
    yield escape(book.description)
    version = f"{manuscript.terms['Version']} {manuscript.version}"
    yield escape(f"{version}, {day.isoformat()} · {book.rights}")


def _contents(manuscript: Manuscript, fragments: Sequence[str], has_index: bool) -> Iterator[str]:
    yield _heading(2, "", manuscript.terms["Contents"])
    lines, indent = [], ""
    for chapter, fragment in zip(manuscript.chapters, fragments, strict=True):
        part = _part_title(manuscript, chapter.entry)
        if part is not None:
            lines.append(f"- {_link(part, _part_id(chapter.entry))}")
        is_appendix = manuscript.book.is_appendix(chapter.entry)
        in_part = part is not None or (bool(indent) and not is_appendix)
        indent = "  " if in_part else ""
        lines.append(f"{indent}- {_link(full_title(manuscript, chapter.entry), chapter.anchor)}")
        texts = dict(_HEADING.findall(fragment))
        lines += [
            f"{indent}  - {_link(_words(texts[heading.id]), heading.id)}"
            for heading in chapter.report.sections
        ]
    if has_index:
        lines.append(f"- {_link(manuscript.terms['Index'], 'index')}")
    yield "\n".join(lines)


def _chapters(manuscript: Manuscript, fragments: Sequence[str]) -> Iterator[str]:
    for chapter, fragment in zip(manuscript.chapters, fragments, strict=True):
        entry = chapter.entry
        part = _part_title(manuscript, entry)
        if part is not None:
            yield _heading(2, _part_id(entry), part)
        former = "".join(f'<a id="{anchor}"></a>' for anchor in entry.former_anchors)
        yield former
        yield _heading(2, chapter.anchor, full_title(manuscript, entry))
        yield fragment


def _part_title(manuscript: Manuscript, entry: Entry) -> str | None:
    begun = manuscript.book.part_at(entry)
    return f"{part_name(begun[0], manuscript.terms)}: {begun[1].title}" if begun else None


def _part_id(first: Entry) -> str:
    return f"part-{first.id}"


def _index(manuscript: Manuscript, terms: Sequence[Term]) -> Iterator[str]:
    if terms:
        yield _heading(2, "index", manuscript.terms["Index"])
        yield "\n".join(_index_lines(terms))


def _index_lines(terms: Sequence[Term], indent: str = "") -> Iterator[str]:
    for term in terms:
        places = (_link(locator.label, locator.id) for locator in term.locators)
        yield f"{indent}- {', '.join((escape(term.text), *places))}"
        yield from _index_lines(term.below, f"{indent}  ")


# Markdown ----------------------------------------------------------------------------------


def _address(id: str) -> str:
    """Return what a link to an id of the book leads to until the whole file is known.

    GitHub makes the fragments of headings itself, and they depend on all headings before.
    """
    return f"\ufdd5{id}\ufdd6"


def _heading(level: int, id: str, text: str) -> str:
    """Return a heading as gfm.lua writes it."""
    return f"{'#' * level} {escape(text)}\ufdd2{id}\ufdd3{' '.join(text.split())}\ufdd4"


def _link(text: str, id: str) -> str:
    return f"[{escape(text)}]({_address(id)})"


def _reference(piece: Piece) -> str:
    """Return a piece of a reference, which may begin and end with a space."""
    # In a heading, GitHub would leave a no-break space out of the fragment.
    text = _MARKUP.sub(r"\\\g<0>", piece.text.replace(NO_BREAK, " "))
    return f"[{text}]({_address(piece.id)})" if piece.id else text


def escape(text: str) -> str:
    """Return plain text as Markdown of one line that shows it."""
    line = _MARKUP.sub(r"\\\g<0>", " ".join(text.split()))
    return _LINE_START.sub(r"\g<0>\\", line)


def _words(text: str) -> str:
    """Return the text of a heading with references as they are shown."""
    return _REFERENCE.sub(lambda found: re.sub(r"\\(.)", r"\1", found[1]), text)


def _resolve(text: str) -> str:
    """Return the whole file with its links: to the fragments of headings, and to other ids."""
    fragments: dict[str, str] = {}
    used: dict[str, int] = {}
    for id, words in _HEADING.findall(text):
        fragments.setdefault(id, _unused(slug(_words(words)), used))
    return _ADDRESS.sub(
        lambda found: "#" + fragments.get(found[1], _place(found[1])), _HEADING.sub("", text)
    )


def slug(text: str) -> str:
    """Return the fragment that GitHub gives to the first heading with a text."""
    kept = (c for c in text.lower() if c in " -" or _is_kept(c))
    return "".join(kept).replace(" ", "-")


def _is_kept(character: str) -> bool:
    category = unicodedata.category(character)
    return category[0] == "L" or category in _KEPT


def _unused(slug: str, used: dict[str, int]) -> str:
    """Return a fragment that no heading before has, as GitHub does."""
    found = slug
    while found in used:
        used[slug] += 1
        found = f"{slug}-{used[slug]}"
    used[found] = 0
    return found


def _place(id: str) -> str:
    """Return an id as the target of a link: brackets would end it."""
    return re.sub(r"[()<>\\]", lambda found: f"%{ord(found[0]):02X}", id)
