"""Writing the website: one page for each chapter, and a title page with the contents."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote

import jinja2
import msgspec

from tools.build_scripts import pandoc
from tools.build_scripts.assets import copy_images
from tools.build_scripts.book import BuildError, Entry, Problem, former_page, prefix_of
from tools.build_scripts.chapters import Heading, Manuscript, ParsedChapter
from tools.build_scripts.document import part_name
from tools.build_scripts.pandoc import Json

THEME = pandoc.HERE / "theme"
THEME_FILES = ("book.css", "icon.svg")
_LINE_LINK = re.compile(
    r'<span id="([^"]+)"><a href="#\1"(?: aria-hidden="true" tabindex="-1")?></a>'
)
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


def write_website(manuscript: Manuscript, directory: Path, jobs: int | None = None) -> None:
    """Write the website.

    Args:
        manuscript: the book.
        directory: an existing directory, to write into.
        jobs: how many processes to use; by default one for every core.

    Raises:
        BuildError: a page cannot be written.
    """
    images = copy_images(manuscript, directory)
    texts = _texts(manuscript, images, jobs or pandoc.default_jobs())
    rows = [_row(manuscript, chapter) for chapter in manuscript.chapters]
    pages = _Pages(manuscript, rows)
    for place, (chapter, text) in enumerate(zip(manuscript.chapters, texts, strict=True)):
        _write(directory / chapter.entry.page, pages.chapter(place, chapter, text))
        for former in chapter.entry.was:
            _write(directory / former_page(former), pages.redirect(place, chapter.entry, former))
    _write(directory / "index.html", pages.index())
    (directory / ".nojekyll").touch()
    theme = directory / THEME_ADDRESS
    theme.mkdir(parents=True)
    for name in THEME_FILES:
        shutil.copyfile(THEME / name, theme / name)


def _write(file: Path, page: str) -> None:
    file.write_text(page, encoding="utf-8", newline="\n")


def _texts(manuscript: Manuscript, images: Mapping[str, str], workers: int) -> list[str]:
    """Return the text of every page, as HTML."""
    owners = {
        identifier.id: chapter.entry
        for chapter in manuscript.chapters
        for identifier in chapter.report.ids
    }
    owners |= {chapter.anchor: chapter.entry for chapter in manuscript.chapters}
    addresses = {path: quote(place) for path, place in images.items()}
    jobs = [_job(chapter, owners, addresses) for chapter in manuscript.chapters]
    answers = pandoc.run_script("page.lua", {"words": manuscript.terms}, jobs, workers)
    problems = [
        Problem(chapter.entry.prose, None, complaint)
        for chapter, answer in zip(manuscript.chapters, answers, strict=True)
        for complaint in _complaints(answer)
    ]
    if problems:
        raise BuildError(*problems)
    return [_finish(answer["html"]) for answer in answers]


def _finish(html: str) -> str:
    """Return the text of a page with what pandoc's writer cannot be told.

    Code that is wider than the page scrolls, and must do so without a mouse too; and the link
    that pandoc puts into every line of code would be a third of the page. In pandoc's HTML a
    "<" is always a tag, so none of this touches text.
    """
    return _LINE_LINK.sub("<span>", html).replace("<pre", '<pre tabindex="0"')


def _job(chapter: ParsedChapter, owners: Mapping[str, Entry], images: Mapping[str, str]) -> Json:
    targets = {link.id for link in chapter.report.links if link.id is not None}
    shown = {image.path for image in chapter.report.images if image.path is not None}
    return {
        "ast": msgspec.json.encode(chapter.ast).decode(),
        "pages": {id: _address(owners[id], id, chapter.entry) for id in targets},
        "images": {path: images[path] for path in shown},
    }


def _address(owner: Entry, id: str, here: Entry) -> str:
    """Return the address of an id: without a fragment where it is the chapter itself."""
    if id == owner.anchor:
        return quote(owner.page)
    page = "" if owner == here else quote(owner.page)
    return f"{page}#{quote(id)}"


def _complaints(answer: Json) -> Iterator[str]:
    if "error" in answer:
        yield f"pandoc cannot write its page: {answer['error']}"
    for message in answer.get("messages", ()):
        yield " ".join(str(message.get("pretty", message)).split())


def _row(manuscript: Manuscript, chapter: ParsedChapter) -> Row:
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


class _Pages:
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
