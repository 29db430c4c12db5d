"""The frame of the website's pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any
from urllib.parse import quote

import jinja2

from tools.build_scripts import pandoc
from tools.build_scripts.book import Entry, prefix_of
from tools.build_scripts.cache import digest
from tools.build_scripts.chapters import Manuscript, ParsedChapter
from tools.build_scripts.document import part_name
from tools.build_scripts.report import Heading

THEME = pandoc.HERE / "theme"
THEME_ADDRESS = "assets/_theme"


@dataclass(frozen=True)
class Row:
    """A line of the contents.

    Attributes:
        name: what stands above the title of its page, `Chapter 3`.
        label: its number.
        title: its title.
        address: the address of its page.
        summary: what it is about, may be empty.
        sections: its numbered headings of level 2, each with its address.
        part: the name and the title of the part that begins here, if one does.
        kind: `chapter` or `appendix`.
        first_appendix: whether the appendices begin here.
    """

    name: str
    label: str
    title: str
    address: str
    summary: str
    sections: tuple[tuple[Heading, str], ...]
    part: tuple[str, str] | None
    kind: str
    first_appendix: bool


def row_of(manuscript: Manuscript, chapter: ParsedChapter) -> Row:
    """Return the line of the contents for a chapter."""
    entry, terms = chapter.entry, manuscript.terms
    kind = "appendix" if manuscript.book.is_appendix(entry) else "chapter"
    started = manuscript.book.part_at(entry)
    return Row(
        name=f"{terms[kind.capitalize()]} {entry.label}",
        label=entry.label,
        title=entry.title,
        address=quote(entry.page),
        summary=entry.summary,
        sections=tuple(
            (heading, f"{quote(entry.page)}#{quote(heading.id)}")
            for heading in chapter.report.headings
            if heading.level == 2 and heading.number is not None
        ),
        part=(part_name(started[0], terms), started[1].title) if started else None,
        kind=kind,
        first_appendix=manuscript.book.appendices[:1] == (entry,),
    )


class Frame:
    """Puts texts into the frame that all pages have."""

    def __init__(self, manuscript: Manuscript, rows: Sequence[Row]) -> None:
        self.rows = rows
        self.environment = jinja2.Environment(
            loader=jinja2.FileSystemLoader(THEME),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
        )
        self.environment.globals.update(
            book=manuscript.book,
            rows=rows,
            theme=THEME_ADDRESS,
            version=manuscript.version,
            words=manuscript.terms,
        )
        files = sorted(THEME.glob("*.j2"))
        self.fingerprint = digest(
            *(file.read_bytes() for file in files),
            manuscript.terms,
            manuscript.version,
            manuscript.book,
        )
        # The same on every page but for the mark on one line: rendered once, however many pages.
        self.sidebar = self._render("sidebar.html.j2")

    def chapter(self, place: int, chapter: ParsedChapter, text: str) -> str:
        """Return the page of the chapter at a place."""
        row = self.rows[place]
        return self._render(
            "chapter.html.j2",
            row=row,
            anchor=chapter.anchor,
            former_anchors=chapter.entry.former_anchors,
            text=text,
            headings=[heading for heading in chapter.report.headings if heading.level <= 3],
            previous=self.rows[place - 1] if place > 0 else None,
            next=self.rows[place + 1] if place + 1 < len(self.rows) else None,
            sidebar=self._sidebar_at(row.address),
        )

    def redirect(self, place: int, entry: Entry, former: str) -> str:
        """Return the page that leads from where a chapter was to where it is."""
        return self._render(
            "redirect.html.j2",
            row=self.rows[place],
            former_prefix=quote(prefix_of(former)),
            prefix=quote(entry.prefix),
        )

    def index(self) -> str:
        """Return the title page."""
        return self._render("index.html.j2", sidebar=self._sidebar_at("index.html"))

    def _sidebar_at(self, address: str) -> str:
        here = f'href="{escape(address)}"'
        return self.sidebar.replace(here, f'{here} aria-current="page"', 1)

    def _render(self, template: str, **values: Any) -> str:
        return self.environment.get_template(template).render(**values)
