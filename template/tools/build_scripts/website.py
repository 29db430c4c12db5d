"""Writing the website: a page for each chapter, and those around them.

A page whose text and frame are as they were is kept; so is what the other pages took from it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import quote

import jinja2

from tools.build_scripts import frame, index, search, stamp
from tools.build_scripts.assets import copy_images
from tools.build_scripts.book import former_page
from tools.build_scripts.cache import Cache, digest
from tools.build_scripts.chapters import Manuscript, ParsedChapter
from tools.build_scripts.document import full_title
from tools.build_scripts.fill import fill_html, page_address
from tools.build_scripts.frame import THEME, THEME_ADDRESS, THEME_FILES, Frame, row_of, site_address
from tools.build_scripts.output import Output
from tools.build_scripts.progress import Progress

# What the cache keeps of a page for those that hold the whole book.
PRINTED, SEARCHED = SHARED = ("print", "search")


@dataclass(frozen=True)
class Page:
    """The page of a chapter.

    Attributes:
        manuscript: the book.
        chapter: the chapter.
        images: where images are, by their path in the book.
        place: its place among the chapters.
    """

    manuscript: Manuscript
    chapter: ParsedChapter
    images: Mapping[str, str]
    place: int

    def text(self) -> str:
        """Return the text of the chapter as HTML, every link filled in."""
        return fill_html(self.manuscript, self.chapter, self.images)

    @cached_property
    def key(self) -> str:
        """The hash of all that the text is made of."""
        report, manuscript = self.chapter.report, self.manuscript
        links = (manuscript.target(self.chapter, place) for place in range(len(report.links)))
        return digest(
            self.chapter.key,
            [self._address(id) for id in links],
            [self.images.get(image.path or "") for image in report.images],
            [list(self._reference(place)) for place in range(len(report.references))],
        )

    def _address(self, id: str) -> str:
        return page_address(self.manuscript.targets.owners[id], id, self.chapter.entry)

    def _reference(self, place: int) -> Iterator[tuple[str, str | None]]:
        for piece in self.manuscript.pieces(self.chapter, place):
            yield piece.text, None if piece.id is None else self._address(piece.id)


def write_website(
    manuscript: Manuscript,
    progress: Progress,
    templates: jinja2.Environment,
    output: Output,
    cache: Cache,
    jobs: int,
) -> None:
    """Write the website.

    Args:
        manuscript: the book.
        progress: how far it is.
        templates: those of its pages.
        output: where to write it.
        cache: what pages that hold the whole book took from each chapter.
        jobs: how many pages to write at once.

    Raises:
        BuildError: an image cannot be copied.
    """
    images = copy_images(manuscript, output)
    pages = [Page(manuscript, c, images, place) for place, c in enumerate(manuscript.chapters)]
    terms = index.terms(manuscript)
    site = Frame(
        manuscript,
        [row_of(manuscript, chapter) for chapter in manuscript.chapters],
        templates,
        address=site_address(manuscript.book.repository),
        has_index=bool(terms),
    )
    shared = [_shared_key(page, site) for page in pages]
    # Half of the time goes into files, and threads wait for those side by side.
    with ThreadPoolExecutor(jobs) as pool:
        writing = []
        for page, made in zip(pages, shared, strict=True):
            key = _page_key(page, site)
            is_kept = output.keep(page.chapter.entry.page, key)
            is_shared = cache.has(made, SHARED)
            if not (is_kept and is_shared):
                wanted = (None if is_kept else key, None if is_shared else made)
                writing.append(pool.submit(_write_chapter, page, site, output, cache, *wanted))
        for written in writing:
            written.result()
    for page in pages:
        for former in page.chapter.entry.was:
            redirect = site.redirect(page.place, page.chapter.entry, former)
            output.put(former_page(former), redirect.encode())
    _write_whole_book(pages, shared, site, output, cache)
    output.put(frame.INDEX_PAGE, site.index().encode())
    output.put(frame.STATUS_PAGE, site.status(progress).encode())
    output.put(frame.NOT_FOUND_PAGE, site.not_found().encode())
    if terms:
        output.put(frame.BOOK_INDEX_PAGE, site.book_index(terms).encode())
    sitemap = site.sitemap()
    if sitemap is not None:
        output.put(frame.SITEMAP, sitemap.encode())
    output.put(".nojekyll", b"")
    for name in THEME_FILES:
        output.copy(f"{THEME_ADDRESS}/{name}", THEME / name, name)


def _write_chapter(
    page: Page, site: Frame, output: Output, cache: Cache, key: str | None, shared: str | None
) -> None:
    """Write the page of a chapter, and keep what the pages of the whole book take from it.

    Args:
        page: the page.
        site: what is around it.
        output: where to write it.
        cache: where to keep what the others take.
        key: the hash of all that the page is made of, None where it is kept.
        shared: that of what the others take, likewise.
    """
    entry, text = page.chapter.entry, page.text()
    if key is not None:
        output.write(entry.page, [site.chapter(page.place, page.chapter, text)], key)
    if shared is not None:
        name = full_title(page.manuscript, entry)
        cache.write(shared, PRINTED, site.on_one_page(text).encode())
        cache.write(shared, SEARCHED, search.entries(quote(entry.page), name, text))


def _page_key(page: Page, site: Frame) -> str:
    around = site.rows[max(0, page.place - 1) : page.place + 2]
    return digest(site.fingerprint, page.key, around)


def _write_whole_book(
    pages: Sequence[Page], shared: Sequence[str], site: Frame, output: Output, cache: Cache
) -> None:
    """Write the page for printing and the index of the search, which hold every text.

    A book may be large, so that neither is ever held as a whole.
    """
    key = digest(site.fingerprint, site.anchors, [page.key for page in pages])
    for name, ending, write in (
        (frame.PRINT_PAGE, PRINTED, site.print_page),
        (search.ADDRESS, SEARCHED, search.script),
    ):
        if not output.keep(name, key):
            texts = (cache.path(made, ending).read_text(encoding="utf-8") for made in shared)
            output.write(name, write(texts), key)
    cache.keep_only(set(shared))


def _shared_key(page: Page, site: Frame) -> str:
    return digest(stamp.programs(), page.key, site.anchors, site.rows[page.place])
