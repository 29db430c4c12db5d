"""A small book as the writers get it, made without the engine: chapters, fragments, an index."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any
from urllib.parse import quote

import msgspec

from tools.build_scripts import pandoc
from tools.build_scripts.assets import place
from tools.build_scripts.book import Book, Entry
from tools.build_scripts.chapters import Manuscript, ParsedChapter, Report
from tools.build_scripts.document import IndexEntry
from tools.build_scripts.markdown import address
from tools.build_scripts.terms import terms

SCRIPT = Path(__file__).with_name("fragments.lua")
PLACEHOLDER = re.compile("\ufdd0([LI])(\\d+)\ufdd1")


@dataclass(frozen=True)
class Fragments:
    """A book, and the texts of its chapters."""

    manuscript: Manuscript
    html: list[str]
    markdown: list[str]
    index: list[IndexEntry]


def make(root: Path, book: Book, texts: Mapping[str, str]) -> Fragments:
    """Return the book whose chapters hold some texts, by id."""
    words = terms(book.language) | {"Before": "Before", "After": "After", "Output": "Output"}
    jobs = [
        {"chapter": {"id": e.id, "prefix": e.prefix, "label": e.label}, "text": texts[e.id]}
        for e in book.entries
    ]
    writers = {name: str(pandoc.HERE / f"{lua}.lua") for name, lua in (("html", "html"), ("markdown", "gfm"))}
    given = msgspec.json.encode({"writers": writers, "words": words, "jobs": jobs})
    answers = [
        msgspec.json.decode(line) for line in pandoc.run(["lua", str(SCRIPT)], given=given).splitlines()
    ]
    reports = [msgspec.convert(answer["report"], Report) for answer in answers]
    manuscript = Manuscript(
        book=book,
        root=root,
        version="1.2.3",
        date=1_700_000_000,
        terms=words,
        chapters=tuple(
            _chapter(root, entry, texts[entry.id], report)
            for entry, report in zip(book.entries, reports, strict=True)
        ),
    )
    owners = {i.id: e for e, r in zip(book.entries, reports, strict=True) for i in r.ids}
    owners |= {entry.anchor: entry for entry in book.entries}
    return Fragments(
        manuscript,
        html=_filled(manuscript, answers, "html", lambda id: _page_address(owners[id], id)),
        markdown=_filled(manuscript, answers, "markdown", address),
        index=_index(answers),
    )


def _chapter(root: Path, entry: Entry, text: str, report: Report) -> ParsedChapter:
    known: dict[str, Any] = {
        "entry": entry, "source": root / entry.prose, "text": text, "report": report, "ast": {},
    }
    return ParsedChapter(**{field.name: known[field.name] for field in fields(ParsedChapter)})


def _page_address(owner: Entry, id: str) -> str:
    return quote(owner.page) if id == owner.anchor else f"{quote(owner.page)}#{quote(id)}"


def _filled(
    manuscript: Manuscript,
    answers: list[dict[str, Any]],
    format: str,
    link: Callable[[str], str],
) -> list[str]:
    """Return the fragments with the addresses of links and images."""

    def fill(answer: dict[str, Any]) -> str:
        def address(found: re.Match[str]) -> str:
            number = int(found[2])
            if found[1] == "I":
                return quote(place(manuscript, answer["report"]["images"][number]["path"]))
            return link(answer["report"]["links"][number]["id"])

        return PLACEHOLDER.sub(address, answer[format])

    return [fill(answer) for answer in answers]


def _index(answers: list[dict[str, Any]]) -> list[IndexEntry]:
    found: dict[tuple[str, ...], list[tuple[int, str]]] = {}
    for number, answer in enumerate(answers):
        for entry in answer["report"]["index_entries"]:
            found.setdefault(tuple(entry["entry"].split("!")), []).append((number, entry["id"]))
    return [(levels, tuple(places)) for levels, places in sorted(found.items())]
