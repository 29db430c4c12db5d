"""The EPUB is whole and sound, says what it is, and holds what e-readers want of a text."""

from __future__ import annotations

import posixpath
import re
import struct
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree

import msgspec
import pytest

from tests.everything import Read, build_everything, read
from tests.support import PNG, book_data
from tools.build_scripts.book import Book, BuildError
from tools.build_scripts.cover import cover, draw
from tools.build_scripts.epub import write_epub

OPF = "{http://www.idpf.org/2007/opf}"
DC = "{http://purl.org/dc/elements/1.1/}"
HTML = "{http://www.w3.org/1999/xhtml}"
NCX = "{http://www.daisy.org/z3986/2005/ncx/}"
TYPE = "{http://www.idpf.org/2007/ops}type"

Tree = ElementTree.Element


def book(**changes: Any) -> Book:
    return msgspec.convert(book_data() | changes, Book)


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a book that holds every element, built."""
    return build_everything(tmp_path_factory.mktemp("everything") / "book", "epub")


@pytest.fixture(scope="module")
def made(everything: Path) -> Read:
    return read(everything)


@pytest.fixture(scope="module")
def epub(everything: Path) -> dict[str, bytes]:
    """Return the files of the EPUB, in the order they are in it."""
    with zipfile.ZipFile(everything / "book_build" / "epub" / "tiny.epub") as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture(scope="module")
def package(epub: dict[str, bytes]) -> Tree:
    return ElementTree.fromstring(epub["EPUB/content.opf"])


@pytest.fixture(scope="module")
def pages(epub: dict[str, bytes]) -> dict[str, Tree]:
    return {n: ElementTree.fromstring(d) for n, d in epub.items() if n.endswith(".xhtml")}


def types(page: Tree, kind: str) -> list[Tree]:
    return [element for element in page.iter() if element.get(TYPE) == kind]


def text_of(element: Tree) -> str:
    return " ".join("".join(element.itertext()).split())


def test_the_archive_holds_what_its_manifest_says(epub: dict[str, bytes], package: Tree) -> None:
    items = [f"EPUB/{unquote(item.get('href', ''))}" for item in package.iter(f"{OPF}item")]

    assert next(iter(epub)) == "mimetype"
    assert epub["mimetype"] == b"application/epub+zip"
    assert b'full-path="EPUB/content.opf"' in epub["META-INF/container.xml"]
    assert sorted([*items, "mimetype", "META-INF/container.xml", "EPUB/content.opf"]) == sorted(
        epub
    )


def test_every_link_and_every_image_leads_somewhere(
    epub: dict[str, bytes], pages: dict[str, Tree]
) -> None:
    ids = {name: [e.get("id") for e in page.iter() if e.get("id")] for name, page in pages.items()}

    for name, page in pages.items():
        assert len(ids[name]) == len(set(ids[name])), name
        for address in addresses(page):
            parts = urlsplit(address)
            if parts.scheme:
                continue
            target = posixpath.normpath(
                posixpath.join(posixpath.dirname(name), unquote(parts.path))
            )
            target = target if parts.path else name
            assert target in epub, f"{name}: {address}"
            if parts.fragment:
                assert unquote(parts.fragment) in ids[target], f"{name}: {address}"


def addresses(page: Tree) -> Iterator[str]:
    for element in page.iter():
        yield from (value for key in ("href", "src") if (value := element.get(key)))


def test_the_contents_are_parts_chapters_and_sections(
    epub: dict[str, bytes], pages: dict[str, Tree], made: Read
) -> None:
    contents = types(pages["EPUB/nav.xhtml"], "toc")[0].find(f"{HTML}ol")
    assert contents is not None
    title = made.manuscript.book.title

    assert outline(contents) == [
        ("Part I: Beginnings", [
            ("1 The first & best", [
                ("1.1 Listings & more code", []), ("1.2 Lists", []), ("1.3 Lists", []),
            ]),
            (f"2 {title}", [("2.1 Pictures", []), ("2.2 Tables", []), ("2.3 Formulas", [])]),
        ]),
        ("Appendix A: Tools", [("A.1 Ä", [])]),
        ("Index", []),
    ]  # fmt: skip
    old = ElementTree.fromstring(epub["EPUB/toc.ncx"])
    names = [text_of(label) for label in old.iter(f"{NCX}navLabel")]
    assert names == [text_of(link) for link in contents.iter(f"{HTML}a")]
    assert types(pages["EPUB/nav.xhtml"], "bodymatter")[0].get("href") == "part-1.xhtml"


Outline = list[tuple[str, "Outline"]]


def outline(items: Tree) -> Outline:
    found: Outline = []
    for item in items:
        link, below = item.find(f"{HTML}a"), item.find(f"{HTML}ol")
        assert link is not None
        found.append((text_of(link), outline(below) if below is not None else []))
    return found


def test_pages_are_read_in_order(package: Tree) -> None:
    places = {item.get("id"): item.get("href") for item in package.iter(f"{OPF}item")}
    order = [places[ref.get("idref")] for ref in package.iter(f"{OPF}itemref")]

    assert order == [
        "cover.xhtml", "title.xhtml", "copyright.xhtml", "nav.xhtml", "part-1.xhtml",
        "text/first.xhtml", "text/second.xhtml", "text/%C3%BCberblick.xhtml", "index.xhtml",
    ]  # fmt: skip


def test_the_package_says_what_the_book_is(package: Tree, made: Read) -> None:
    told = {(e.get("refines"), e.get("property")): e.text for e in package.iter(f"{OPF}meta")}
    whole = made.manuscript.book

    assert [e.text for e in package.iter(f"{DC}title")] == [whole.title, whole.subtitle]
    assert [e.text for e in package.iter(f"{DC}creator")] == list(whole.author_names)
    assert told["#title", "title-type"] == "main"
    assert told["#subtitle", "title-type"] == "subtitle"
    assert told["#author-2", "role"] == "aut"
    assert told[None, "dcterms:modified"] == "2020-01-01T00:00:00Z"
    assert told[None, "schema:accessibilityHazard"] == "none"
    features = [e.text for e in package.iter(f"{OPF}meta") if "Feature" in e.get("property", "")]
    assert {"MathML", "index", "tableOfContents"} <= set(features)
    assert "alternativeText" not in features, "an image has no description"
    with_formulas = [e.get("href") for e in package.iter() if e.get("properties") == "mathml"]
    assert with_formulas == ["text/first.xhtml", "text/second.xhtml"]


def test_texts_hold_what_e_readers_want(epub: dict[str, bytes], pages: dict[str, Tree]) -> None:
    first, second = pages["EPUB/text/first.xhtml"], pages["EPUB/text/second.xhtml"]
    text = epub["EPUB/text/first.xhtml"].decode("utf-8")

    for unwanted in ("tabindex", "loading=", 'class="anchor"', "<button", "<input", "<script"):
        assert unwanted not in text
    assert "☐ todo" in text
    assert "☑ done" in text
    assert [e.get("href") for e in types(first, "noteref")] == ["#first-fn1"]
    assert [e.get("id") for e in types(first, "footnote")] == ["first-fn1"]
    assert types(first, "chapter")
    assert types(first, "bibliography")
    assert types(second, "glossary")
    assert types(pages["EPUB/text/überblick.xhtml"], "appendix")
    assert all(details.get("open") for details in first.iter(f"{HTML}details"))
    assert first.get("lang") == "en"
    assert 'href="second.xhtml"' in text


def test_lines_of_code_are_whole(pages: dict[str, Tree]) -> None:
    first = pages["EPUB/text/first.xhtml"]
    listing = next(e for e in first.iter() if e.get("id") == "lst-server")
    lines = [line for line in listing.iter() if line.get("class", "").startswith("line")]

    assert [line.get("class") for line in lines] == ["line", "line", "line i2"]
    assert lines[1].tag == f"{HTML}mark"
    assert "".join(lines[2].itertext()).startswith("    return await library.find(id, ")
    plain = ["".join(pre.itertext()) for pre in first.iter(f"{HTML}pre")]
    assert "$ python app.py\n\n  <b>&amp;</b> ``` fences" in plain


def test_the_index_names_sections(pages: dict[str, Tree]) -> None:
    page = types(pages["EPUB/index.xhtml"], "index")[0]
    links = [(link.get("href"), link.text) for link in page.iter(f"{HTML}a")]

    assert links == [
        ("text/first.xhtml#first-index-1", "1.3.1"),
        ("text/second.xhtml#second-index-1", "2.2"),
    ]
    assert text_of(page) == "Index event loop, 1.3.1 in, 2.2"


@pytest.mark.parametrize("date", [0, 1_700_000_000, 2**33])
def test_the_same_book_gives_the_same_bytes(made: Read, tmp_path: Path, date: int) -> None:
    manuscript = replace(made.manuscript, date=date)
    for name in ("one", "two"):
        write_epub(manuscript, tmp_path / name, made.html)

    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
    with zipfile.ZipFile(tmp_path / "one") as archive:
        assert archive.infolist()[0].compress_type == zipfile.ZIP_STORED
        assert len({file.date_time for file in archive.infolist()}) == 1


def test_a_text_that_is_not_xml_is_told_by_its_chapter(made: Read, tmp_path: Path) -> None:
    texts = [made.html[0], "<p>An <b>open</p> end", made.html[2]]

    with pytest.raises(BuildError, match=r"chapters/02_second/chapter\.md: .*open</p> end"):
        write_epub(made.manuscript, tmp_path / "tiny.epub", texts)


def test_a_book_right_to_left_is_turned_round(made: Read, tmp_path: Path) -> None:
    whole = msgspec.structs.replace(made.manuscript.book, language="ar")
    manuscript = replace(made.manuscript, book=whole)
    write_epub(manuscript, tmp_path / "tiny.epub", made.html)
    with zipfile.ZipFile(tmp_path / "tiny.epub") as archive:
        package = archive.read("EPUB/content.opf").decode("utf-8")
        chapter = archive.read("EPUB/text/first.xhtml").decode("utf-8")

    assert 'page-progression-direction="rtl"' in package
    assert 'xml:lang="ar" dir="rtl"' in chapter
    assert '<pre dir="ltr">' in chapter


@pytest.mark.parametrize(
    "whole",
    [
        book(),
        book(title=("A title that goes on and on " * 8)[:200], subtitle="And on " * 28),
        book(title="Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamter"),
        book(title="مقدمة في البرمجة غير المتزامنة", subtitle=None, language="ar"),
        book(authors=[{"name": f"Author {number}"} for number in range(40)]),
    ],
)
def test_a_cover_is_drawn(whole: Book) -> None:
    picture = draw(whole)

    assert struct.unpack(">II", picture[16:24]) == (1600, 2560)
    assert picture == draw(whole)


def test_a_cover_that_no_font_can_draw_is_told() -> None:
    with pytest.raises(BuildError, match=r"book\.yml: no font .* assets/images/cover\.png"):
        draw(book(title="Linear A: \U00010600"))


def test_the_books_own_cover_is_taken(made: Read, tmp_path: Path) -> None:
    images = tmp_path / "assets" / "images"
    images.mkdir(parents=True)
    drawing = '<svg xmlns="http://www.w3.org/2000/svg" width="16" height="26"/>'
    (images / "cover.svg").write_text(drawing, encoding="utf-8")
    assert cover(tmp_path, made.manuscript.book).decode("utf-8") == drawing
    (images / "cover.jpg").write_bytes(PNG)

    (images / "cover.svg").unlink()
    for image in made.manuscript.images:
        (tmp_path / image).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / image).write_bytes(PNG)

    write_epub(replace(made.manuscript, root=tmp_path), tmp_path / "tiny.epub", made.html)

    with zipfile.ZipFile(tmp_path / "tiny.epub") as archive:
        package = archive.read("EPUB/content.opf").decode("utf-8")
        assert archive.read("EPUB/cover.png") == PNG
    assert re.search(r'href="cover\.png" media-type="image/png" properties="cover-image"', package)
