"""Writing the EPUB: the website's texts as XHTML, packaged with what e-readers want to know.

The package is written here and not by pandoc: the texts are there already, and to write the whole
book once more would take pandoc longer than all the rest.
"""

from __future__ import annotations

import re
import uuid
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timezone
from pathlib import Path
from typing import Any
from urllib.parse import quote

import jinja2

from tools.build_scripts import index, pandoc
from tools.build_scripts.assets import places
from tools.build_scripts.book import Book, BuildError, Entry, Problem
from tools.build_scripts.chapters import Manuscript, ParsedChapter
from tools.build_scripts.cover import cover
from tools.build_scripts.document import (
    copyright_line,
    entry_name,
    full_title,
    imprint,
    part_name,
)
from tools.build_scripts.xhtml import refuse_unsound, to_xhtml

THEME = pandoc.HERE / "theme" / "epub"
STYLE = pandoc.HERE / "theme" / "epub.css"
# Where the files are in the archive; readers never see it.
ROOT = "EPUB"
XHTML = "application/xhtml+xml"
MIMETYPE = "application/epub+zip"
# How the files of pictures begin. What a file is named does not count: an e-reader that is told
# something else than what it finds shows nothing.
PICTURES = (
    (b"\x89PNG\r\n\x1a\n", ".png", "image/png"),
    (b"\xff\xd8\xff", ".jpg", "image/jpeg"),
    (b"GIF8", ".gif", "image/gif"),
    (b"RIFF", ".webp", "image/webp"),
)
DRAWING = (".svg", "image/svg+xml")
# What is packed already.
PACKED = frozenset(media_type for _, _, media_type in PICTURES)
# Zip knows no years before and after.
FIRST_DATE, LAST_DATE = 315_532_800, 4_354_819_198


@dataclass(frozen=True)
class Item:
    """A file of the book.

    Attributes:
        name: its place, relative to the package document.
        media_type: what it is.
        data: what it holds.
        properties: what e-readers want to know of it before they open it.
        is_page: whether it is one of the pages that are read in order.
    """

    name: str
    media_type: str
    data: bytes = field(repr=False)
    properties: tuple[str, ...] = ()
    is_page: bool = False

    @property
    def address(self) -> str:
        """Its place as the target of a link."""
        return quote(self.name)


@dataclass(frozen=True)
class Point:
    """A line of the contents, and the lines below it."""

    text: str
    address: str
    below: list[Point] = field(default_factory=list)


def write_epub(manuscript: Manuscript, destination: Path, fragments: Sequence[str]) -> None:
    """Write the book as EPUB 3.

    Args:
        manuscript: the book.
        destination: the file to write.
        fragments: the text of every chapter, as it stands on the website.

    Raises:
        BuildError: a text is not XML, an image cannot be read, or the cover cannot be drawn.
    """
    pages, images = _Pages(manuscript), _images(manuscript)
    addresses = {name: f"../{image.address}" for name, image in images.items()}
    picture = _picture("cover", cover(manuscript.root, manuscript.book), "cover-image")
    body = list(pages.body(fragments, addresses))
    back = list(pages.index())
    contents, old_contents = pages.contents(body, back)
    style = Item("style.css", "text/css", STYLE.read_bytes())
    items = [*pages.front(picture), contents, *body, *back, picture, *images.values(), style]
    items.append(old_contents)
    package = pages.render(
        "content.opf",
        items=list(enumerate(items, start=1)),
        identifier=identifier(manuscript.book),
        accessibility=_accessibility(manuscript, items),
    )
    _pack(destination, manuscript.date, [Item("content.opf", "", package), *items])


def identifier(book: Book) -> str:
    """Return the book's identifier: its ISBN, or else one made of where it lives.

    It must not change from build to build: readers know a new edition of a book by it.
    """
    if book.isbn:
        return f"urn:isbn:{re.sub(r'[^0-9Xx]', '', book.isbn)}"
    return f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, book.repository or book.slug)}"


# Images ------------------------------------------------------------------------------------


def _images(manuscript: Manuscript) -> dict[str, Item]:
    """Return the images that the book shows, by where the website has them."""
    return {
        place: _picture(f"images/{number:03}", _read(manuscript, image))
        for number, (image, place) in enumerate(places(manuscript).items(), start=1)
    }


def _read(manuscript: Manuscript, image: str) -> bytes:
    try:
        return (manuscript.root / image).read_bytes()
    except OSError as error:
        raise BuildError(Problem(image, None, f"cannot be read: {error.strerror}.")) from error


def _picture(stem: str, data: bytes, *properties: str) -> Item:
    """Return a picture, named by what it is."""
    known = (picture[1:] for picture in PICTURES if data.startswith(picture[0]))
    suffix, media_type = next(known, DRAWING)
    return Item(f"{stem}{suffix}", media_type, data, properties)


# Pages -------------------------------------------------------------------------------------


class _Pages:
    """Writes the pages of a book."""

    def __init__(self, manuscript: Manuscript) -> None:
        self.manuscript = manuscript
        self.book = manuscript.book
        self.names = {entry.page: _page_name(entry) for entry in self.book.entries}
        self.templates = _templates(manuscript)

    def render(self, template: str, /, **values: Any) -> bytes:
        """Return what a template makes of the book."""
        return self.templates.get_template(f"{template}.j2").render(**values).encode()

    def page(self, name: str, template: str, /, *properties: str, **values: Any) -> Item:
        """Return a page of the book."""
        # From a page in a folder, the way to all other files.
        values["up"] = "../" * name.count("/")
        return Item(name, XHTML, self.render(f"{template}.xhtml", **values), properties, True)

    def front(self, picture: Item) -> Iterator[Item]:
        """Yield what stands before the contents."""
        yield self.page("cover.xhtml", "cover", picture=picture)
        yield self.page("title.xhtml", "title")
        yield self.page("copyright.xhtml", "copyright", imprint=list(imprint(self.manuscript)))

    def body(self, fragments: Sequence[str], images: Mapping[str, str]) -> Iterator[Item]:
        """Yield the parts, the chapters and the appendices."""
        for chapter, fragment in zip(self.manuscript.chapters, fragments, strict=True):
            begun = self.book.part_at(chapter.entry)
            if begun is not None:
                number, part = begun
                name = part_name(number, self.manuscript.terms)
                yield self.page(_part_page(number), "part", name=name, part=part)
            yield self._chapter(chapter, to_xhtml(fragment, self.names, images))

    def _chapter(self, chapter: ParsedChapter, text: str) -> Item:
        entry = chapter.entry
        properties = [name for name in ("mathml", "svg") if f"<{name[:4]}" in text]
        item = self.page(
            f"text/{self.names[entry.page]}",
            "chapter",
            *properties,
            entry=entry,
            name=entry_name(self.manuscript, entry),
            kind="appendix" if self.book.is_appendix(entry) else "chapter",
            text=text,
        )
        refuse_unsound(item.data, entry.prose)
        return item

    def index(self) -> Iterator[Item]:
        """Yield the index, if there is one."""
        terms = index.terms(self.manuscript)
        if terms:
            yield self.page("index.xhtml", "index", terms=terms, names=self.names)

    def contents(self, body: Sequence[Item], back: Sequence[Item]) -> tuple[Item, Item]:
        """Return the contents, and the same once more for old e-readers."""
        points = list(self._points())
        points += [Point(self.manuscript.terms["Index"], item.address) for item in back]
        nav = self.page("nav.xhtml", "nav", "nav", points=points, start=body[0], index=back)
        ncx = self.render("toc.ncx", points=points, identifier=identifier(self.book))
        return nav, Item("toc.ncx", "application/x-dtbncx+xml", ncx)

    def _points(self) -> Iterator[Point]:
        part: Point | None = None
        for chapter in self.manuscript.chapters:
            begun = self.book.part_at(chapter.entry)
            if part is not None and (begun or self.book.is_appendix(chapter.entry)):
                yield part
                part = None
            if begun is not None:
                number, found = begun
                title = f"{part_name(number, self.manuscript.terms)}: {found.title}"
                part = Point(title, _part_page(number))
            point = self._chapter_point(chapter)
            if part is None:
                yield point
            else:
                part.below.append(point)
        if part is not None:
            yield part

    def _chapter_point(self, chapter: ParsedChapter) -> Point:
        address = quote(f"text/{self.names[chapter.entry.page]}")
        sections = [
            Point(f"{heading.number} {heading.text}", f"{address}#{quote(heading.id)}")
            for heading in chapter.report.sections
        ]
        return Point(full_title(self.manuscript, chapter.entry), address, sections)


def _page_name(entry: Entry) -> str:
    return f"{entry.page.removesuffix('.html')}.xhtml"


def _part_page(number: int) -> str:
    return f"part-{number}.xhtml"


def _templates(manuscript: Manuscript) -> jinja2.Environment:
    date = datetime.fromtimestamp(manuscript.date, tz=timezone.utc)
    templates = jinja2.Environment(
        loader=jinja2.FileSystemLoader(THEME),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    templates.globals.update(
        book=manuscript.book,
        words=manuscript.terms,
        version=manuscript.version,
        date=date,
        holder=copyright_line(manuscript),
    )
    return templates


# Package -----------------------------------------------------------------------------------


def _accessibility(manuscript: Manuscript, items: Sequence[Item]) -> dict[str, list[str]]:
    """Return what is told to people who look for a book that they can read, by property."""
    images = [image for chapter in manuscript.chapters for image in chapter.report.images]
    described = all(image.alt for image in images)
    has_formulas = any("mathml" in item.properties for item in items)
    has_index = any(item.name == "index.xhtml" for item in items)
    moves = any(item.media_type in ("image/gif", "image/webp") for item in items)
    features = {
        "alternativeText": bool(images) and described,
        "displayTransformability": True,
        "index": has_index,
        "MathML": has_formulas,
        "readingOrder": True,
        "structuralNavigation": True,
        "tableOfContents": True,
    }
    told = [
        "The text can be resized, recoloured and read aloud, and has headings, a table of contents "
        "and landmarks to move by.",
        "All images have descriptions." if features["alternativeText"] else "",
        "Formulas are MathML." if has_formulas else "",
    ]
    return {
        "accessMode": ["textual", *(["visual"] if images else [])],
        "accessModeSufficient": [
            *(["textual"] if described else []),
            *(["textual,visual"] if images else []),
        ],
        "accessibilityFeature": [name for name, is_there in features.items() if is_there],
        # Nobody has looked whether they flash.
        "accessibilityHazard": ["unknown" if moves else "none"],
        "accessibilitySummary": [" ".join(filter(None, told))],
    }


def _pack(destination: Path, date: int, items: Sequence[Item]) -> None:
    """Write the archive: the same files give the same bytes."""
    moment = datetime.fromtimestamp(min(max(date, FIRST_DATE), LAST_DATE), tz=timezone.utc)
    container = Item("META-INF/container.xml", "", (THEME / "container.xml").read_bytes())
    files = [container, *(replace(item, name=f"{ROOT}/{item.name}") for item in items)]
    with zipfile.ZipFile(destination, "w") as archive:
        # An e-reader reads what it is from the first bytes.
        _add(archive, Item("mimetype", "", MIMETYPE.encode()), moment, zipfile.ZIP_STORED)
        for item in sorted(files, key=lambda item: item.name):
            is_packed = item.media_type in PACKED
            _add(archive, item, moment, zipfile.ZIP_STORED if is_packed else zipfile.ZIP_DEFLATED)


def _add(archive: zipfile.ZipFile, item: Item, moment: datetime, method: int) -> None:
    file = zipfile.ZipInfo(item.name, moment.timetuple()[:6])
    file.create_system = 3
    file.external_attr = 0o644 << 16
    archive.writestr(file, item.data, method)
