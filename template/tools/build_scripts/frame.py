"""The frame that all pages of the website have: bar, contents, search, previous and next."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from html import escape
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

import jinja2
from markupsafe import Markup

from tools.build_scripts import pandoc, stamp
from tools.build_scripts.book import Entry, prefix_of
from tools.build_scripts.cache import digest
from tools.build_scripts.chapters import Manuscript, ParsedChapter
from tools.build_scripts.document import entry_name, part_name
from tools.build_scripts.fill import page_address
from tools.build_scripts.index import Term, letters
from tools.build_scripts.progress import Progress, rounded
from tools.build_scripts.report import Heading

THEME = pandoc.HERE / "theme"
THEME_ADDRESS = "assets/_theme"
# What the website has of the theme, below THEME_ADDRESS, as it is.
THEME_FILES = ("book.css", "book.js", "icon.svg", "search.js")

INDEX_PAGE = "index.html"
PRINT_PAGE = "print.html"
BOOK_INDEX_PAGE = "book-index.html"
STATUS_PAGE = "status.html"
NOT_FOUND_PAGE = "404.html"
SITEMAP = "sitemap.xml"

# In the HTML of a chapter every "<" begins a tag (html.lua), so these never meet its text.
_LINK = re.compile(r'<a href="([^"#]*)(#[^"]*)?"')
_LAZY = re.compile(r'(<img [^>]*) loading="lazy"')


@dataclass(frozen=True)
class Row:
    """A line of the contents.

    Attributes:
        name: what stands above the title of its page, `Chapter 3`.
        label: its number.
        title: its title.
        address: the address of its page.
        anchor: the id of the chapter itself.
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
    anchor: str
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
        name=entry_name(manuscript, entry),
        label=entry.label,
        title=entry.title,
        address=quote(entry.page),
        anchor=chapter.anchor,
        summary=entry.summary,
        sections=tuple(
            (heading, f"{quote(entry.page)}#{quote(heading.id)}")
            for heading in chapter.report.sections
        ),
        part=(part_name(started[0], terms), started[1].title) if started else None,
        kind=kind,
        first_appendix=manuscript.book.appendices[:1] == (entry,),
    )


def site_address(repository: str | None) -> str | None:
    """Return where GitHub Pages serves the website of a repository, or None where it does not.

    >>> site_address("https://github.com/Ada/pools.git")
    'https://ada.github.io/pools/'
    """
    parts = urlsplit(repository or "")
    match parts.path.removesuffix(".git").strip("/").split("/"):
        case [owner, name] if parts.hostname == "github.com" and owner and name:
            host = f"{owner.lower()}.github.io"
            return f"https://{host}/" if name.lower() == host else f"https://{host}/{name}/"
    return None


def load_templates() -> jinja2.Environment:
    """Return the templates of all pages, compiled."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(THEME),
        bytecode_cache=_compiled_templates(),
        autoescape=True,
        auto_reload=False,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    for path in THEME.glob("*.j2"):
        environment.get_template(path.name)
    return environment


def _compiled_templates() -> jinja2.BytecodeCache | None:
    """Return where compiled templates are kept: where Python keeps modules, if it may."""
    if sys.dont_write_bytecode:
        return None
    place = THEME / "__pycache__"
    with suppress(OSError):
        place.mkdir(exist_ok=True)
    return jinja2.FileSystemBytecodeCache(str(place)) if os.access(place, os.W_OK) else None


class Frame:
    """Puts texts into the frame that all pages have."""

    def __init__(
        self,
        manuscript: Manuscript,
        rows: Sequence[Row],
        environment: jinja2.Environment,
        *,
        address: str | None = None,
        has_index: bool = False,
    ) -> None:
        """Prepare what all pages share.

        Args:
            manuscript: the book.
            rows: its contents, one row for each chapter.
            environment: the templates, which are from now on about this book.
            address: where the website will be, when that is known: it ends with a slash.
            has_index: whether the book has an index, which `book_index` writes.
        """
        self.rows = rows
        self.address = address
        self.manuscript = manuscript
        self.environment = environment
        self.environment.globals.update(
            address=address,
            book=manuscript.book,
            book_index_page=BOOK_INDEX_PAGE if has_index else None,
            print_page=PRINT_PAGE,
            status_page=STATUS_PAGE,
            rows=rows,
            theme=THEME_ADDRESS,
            version=manuscript.version,
            words=manuscript.terms,
        )
        # The same on every page but for the mark on one line: rendered once, however many pages.
        self.sidebar = self._render("sidebar.html.j2")

    @cached_property
    def fingerprint(self) -> str:
        """A hash of all that is the same on every page; when it changes, all pages change."""
        book = self.manuscript.book
        return digest(
            stamp.programs(),
            (self.address, self.sidebar, self.manuscript.version, self.manuscript.terms),
            (book.title, book.subtitle, book.language, book.author_names, book.description),
            (book.repository, book.rights, book.isbn),
        )

    def chapter(self, place: int, chapter: ParsedChapter, text: str) -> str:
        """Return the page of the chapter at a place.

        Args:
            place: its place among the rows.
            chapter: the chapter.
            text: its text as HTML, with every link filled in.
        """
        row = self.rows[place]
        return self._render(
            "chapter.html.j2",
            row=row,
            here=row.address,
            former_anchors=chapter.entry.former_anchors,
            text=Markup(text),
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
        return self._render("index.html.j2", here="", sidebar=self._sidebar_at(INDEX_PAGE))

    @cached_property
    def anchors(self) -> dict[str, str]:
        """Where the chapters are on a page that holds all of them, by the addresses of theirs."""
        return {row.address: f"#{quote(row.anchor)}" for row in self.rows}

    def print_page(self, texts: Iterable[str]) -> Iterator[str]:
        """Yield the page that holds the whole book, for printing and for reading in one go.

        Args:
            texts: what `on_one_page` returned for each chapter, in the order of the rows.
        """
        return self.environment.get_template("print.html.j2").generate(
            here=PRINT_PAGE,
            anchors=self.anchors,
            texts=map(Markup, texts),
            chapters=self.manuscript.chapters,
        )

    def on_one_page(self, text: str) -> str:
        """Return the text of a chapter, as for `chapter`, for a page that holds all of them."""
        return _whole(text, self.anchors)

    def not_found(self) -> str:
        """Return the page that a server shows for an address that leads nowhere.

        It is shown at any depth, so it carries its style and finds the way home itself.
        """
        style = (THEME / "book.css").read_text(encoding="utf-8")
        return self._render("404.html.j2", style=Markup(style))

    def sitemap(self) -> str | None:
        """Return the site map for search engines, or None where the address is not known."""
        if self.address is None:
            return None
        pages = [INDEX_PAGE, *(row.address for row in self.rows)]
        places = (urljoin(self.address, "" if page == INDEX_PAGE else page) for page in pages)
        urls = "".join(f"<url><loc>{escape(place)}</loc></url>\n" for place in places)
        schema = "http://www.sitemaps.org/schemas/sitemap/0.9"
        return (
            f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="{schema}">\n{urls}</urlset>\n'
        )

    def book_index(self, terms: Sequence[Term]) -> str:
        """Return the page of the book's index."""
        return self._render(
            "book-index.html.j2",
            here=BOOK_INDEX_PAGE,
            letters=letters(terms),
            address_of=lambda locator: page_address(locator.entry, locator.id, None),
            sidebar=self._sidebar_at(BOOK_INDEX_PAGE),
        )

    def status(self, progress: Progress) -> str:
        """Return the page that tells how far the book is.

        It has no dates: those are in Git, and the same sources are to give the same page.
        """
        return self._render(
            "status.html.j2",
            here=STATUS_PAGE,
            grouped=_grouped,
            progress=progress,
            rounded=rounded,
            sidebar=self._sidebar_at(STATUS_PAGE),
        )

    def _sidebar_at(self, address: str) -> Markup:
        here = f'href="{escape(address)}"'
        return Markup(self.sidebar.replace(here, f'{here} aria-current="page"', 1))

    def _render(self, template: str, **values: Any) -> str:
        return self.environment.get_template(template).render(**values)


def _grouped(number: int) -> str:
    """Return a number with its thousands apart, as readers of any language know it."""
    return f"{number:,}".replace(",", "\u202f")


def _whole(text: str, anchors: Mapping[str, str]) -> str:
    """Return the text of a chapter for a page that holds all of them."""

    def here(link: re.Match[str]) -> str:
        page, fragment = link.groups()
        return f'<a href="{fragment or anchors[page]}"' if page in anchors else link[0]

    text = _LAZY.sub(r"\1", _LINK.sub(here, text))
    return text.replace("<details ", '<details open="" ')
