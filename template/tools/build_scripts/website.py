"""Writing the website: one page for each chapter, and a title page with the contents."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict

from tools.build_scripts.assets import copy_images
from tools.build_scripts.book import former_page
from tools.build_scripts.cache import digest
from tools.build_scripts.chapters import Manuscript, ParsedChapter
from tools.build_scripts.fill import fill_html, page_address
from tools.build_scripts.frame import THEME, THEME_ADDRESS, Frame, row_of
from tools.build_scripts.output import Output

THEME_FILES = ("book.css", "icon.svg")


def write_website(manuscript: Manuscript, output: Output) -> None:
    """Write the website.

    Args:
        manuscript: the book.
        output: where to write it.

    Raises:
        BuildError: an image cannot be copied.
    """
    images = copy_images(manuscript, output)
    rows = [row_of(manuscript, chapter) for chapter in manuscript.chapters]
    frame = Frame(manuscript, rows)
    for place, chapter in enumerate(manuscript.chapters):
        page = chapter.entry.page
        key = page_key(manuscript, chapter, images, frame.fingerprint)
        if not output.keep(page, key):
            text = fill_html(manuscript, chapter, images)
            output.write(page, frame.chapter(place, chapter, text).encode(), key)
        for former in chapter.entry.was:
            _write(output, former_page(former), frame.redirect(place, chapter.entry, former))
    _write(output, "index.html", frame.index())
    _write(output, ".nojekyll", "")
    for name in THEME_FILES:
        output.copy(f"{THEME_ADDRESS}/{name}", THEME / name, name)


def page_key(
    manuscript: Manuscript, chapter: ParsedChapter, images: Mapping[str, str], frame: str
) -> str:
    """Return the hash of all that the page of a chapter is made of.

    Args:
        manuscript: the book.
        chapter: the chapter.
        images: where images are, by their path in the book.
        frame: the hash of what is around the text.
    """
    owners, report = manuscript.targets.owners, chapter.report
    ids = [manuscript.target(chapter, place) for place in range(len(report.links))]
    return digest(
        frame,
        chapter.key,
        [page_address(owners[id], id, chapter.entry) for id in ids],
        [images.get(image.path or "") for image in report.images],
        [
            [
                (
                    asdict(piece),
                    piece.id and page_address(owners[piece.id], piece.id, chapter.entry),
                )
                for piece in manuscript.pieces(chapter, place)
            ]
            for place in range(len(report.references))
        ],
    )


def _write(output: Output, name: str, page: str) -> None:
    """Write a page that is quickly made."""
    data = page.encode()
    key = digest(data)
    if not output.keep(name, key):
        output.write(name, data, key)
