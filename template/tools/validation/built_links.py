"""Links within what was built, in every format, as readers will follow them."""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import msgspec
import pikepdf

from tools.build_scripts import cache
from tools.build_scripts.book import Problem
from tools.build_scripts.cache import digest
from tools.build_scripts.output import MARKER
from tools.build_scripts.workers import Pool
from tools.validation.context import Context

OUTPUT = "book_build"
FORMATS = ("html", "epub", "pdf", "markdown")
PAGES = (".html", ".xhtml")
# How a PDF names a destination.
NAMES = (pikepdf.Name, pikepdf.String)
# What addresses lead out of the book.
OTHER_HOST = ("http", "https", "mailto", "data", "javascript", "tel")


class Page(HTMLParser):
    """The ids of a page and the addresses that it refers to, each with its line and column."""

    def __init__(self, text: str) -> None:
        """Read a page."""
        super().__init__()
        self.ids: set[str] = set()
        self.addresses: dict[str, tuple[int, int]] = {}
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take what a tag names."""
        for name, value in attrs:
            if name == "id":
                self.ids.add(value or "")
            elif name in ("href", "src") and value:
                line, column = self.getpos()
                self.addresses.setdefault(value, (line, column + 1))


def built_links(context: Context) -> Iterator[Problem]:
    """Yield the links of what was built that lead nowhere; what was not built is left out."""
    readers = {"html": _website, "epub": _epub, "pdf": _pdf, "markdown": _markdown}
    with cache.opened(context.root, "built") as kept:
        keys = set()
        for format in FORMATS:
            directory = context.root / OUTPUT / format
            if not (directory / MARKER).is_file():
                continue
            key = digest((directory / MARKER).read_bytes(), Path(__file__).read_bytes())
            keys.add(key)
            found = kept.read(key, "json")
            if found is None:
                dead = [list(one) for one in readers[format](directory)]
                found = msgspec.json.encode(dead)
                kept.write(key, "json", found)
            for name, line, column, message in msgspec.json.decode(found):
                path = f"{OUTPUT}/{format}/{name}"
                yield Problem(path, line, message, "built-link", column)
        kept.keep_only(keys)


# The file, the line and the column where they are known, and what is wrong.
Dead = tuple[str, int | None, int | None, str]


def _website(directory: Path) -> Iterator[Dead]:
    files = {path.relative_to(directory).as_posix() for path in directory.rglob("*")}
    pages = {
        name: Page((directory / name).read_text(encoding="utf-8"))
        for name in sorted(files)
        if name.endswith(PAGES)
    }
    return _dead(pages, files)


def _epub(directory: Path) -> Iterator[Dead]:
    for file in sorted(directory.glob("*.epub")):
        with zipfile.ZipFile(file) as archive:
            files = set(archive.namelist())
            pages = {
                name: Page(archive.read(name).decode("utf-8"))
                for name in archive.namelist()
                if name.endswith(PAGES)
            }
        for name, _, _, message in _dead(pages, files):
            yield file.name, None, None, f"{name}: {message}"


def _dead(pages: Mapping[str, Page], files: set[str]) -> Iterator[Dead]:
    for name, page in pages.items():
        for address, (line, column) in page.addresses.items():
            if not _leads_on(name, address, pages, files):
                message = f"the link '{address}' leads nowhere; build the book again."
                yield name, line, column, message


def _leads_on(name: str, address: str, pages: Mapping[str, Page], files: set[str]) -> bool:
    parts = urlsplit(address)
    if parts.scheme in OTHER_HOST or parts.netloc:
        return True
    path = unquote(parts.path)
    target = posixpath.normpath(posixpath.join(posixpath.dirname(name), path)) if path else name
    fragment = unquote(parts.fragment)
    return target in files and (
        not fragment or target not in pages or fragment in pages[target].ids
    )


def _pdf(directory: Path) -> Iterator[Dead]:
    for file in sorted(directory.glob("*.pdf")):
        with pikepdf.open(file) as document:
            names = _destinations(document)
            for number, page in enumerate(document.pages, start=1):
                for target in _targets(page):
                    if target not in names:
                        message = f"page {number}: a link leads to '{target}', which is nowhere."
                        yield file.name, None, None, message


def _destinations(document: pikepdf.Pdf) -> set[str]:
    tree = document.Root.get("/Names", pikepdf.Dictionary()).get("/Dests")
    return set() if tree is None else set(pikepdf.NameTree(tree))


def _targets(page: pikepdf.Page) -> Iterator[str]:
    """Yield the names of what the links of a page lead to; others lead to a place by itself."""
    for annotation in page.obj.get("/Annots", pikepdf.Array()):
        action = annotation.get("/A", pikepdf.Dictionary())
        target = annotation.get("/Dest", action.get("/D"))
        if annotation.get("/Subtype") == "/Link" and isinstance(target, NAMES):
            yield str(target)


def _markdown(directory: Path) -> Iterator[Dead]:
    files = sorted(directory.glob("*.md"))
    with Pool("links.lua", {}, 1) as pool:
        answers = pool.run([{"text": file.read_text(encoding="utf-8")} for file in files])
    for file, answer in zip(files, answers, strict=True):
        ids = set(answer.get("ids", ()))
        for target in dict.fromkeys((*answer.get("links", ()), *answer.get("images", ()))):
            parts = urlsplit(target)
            if parts.scheme or parts.netloc:
                continue
            is_there = not parts.path or (directory / unquote(parts.path)).exists()
            if not is_there or (parts.fragment and unquote(parts.fragment) not in ids):
                message = f"the link '{target}' leads nowhere; build the book again."
                yield file.name, None, None, message
