"""Writing the website: one page for each chapter, and a title page with the contents."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import quote

import msgspec

from tools.build_scripts import frame, pandoc, search
from tools.build_scripts.assets import copy_images
from tools.build_scripts.book import BuildError, Entry, Problem, former_page
from tools.build_scripts.chapters import Manuscript, ParsedChapter
from tools.build_scripts.document import full_title
from tools.build_scripts.frame import THEME, THEME_ADDRESS, THEME_FILES, Frame, row_of, site_address
from tools.build_scripts.pandoc import Json


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
    rows = [row_of(manuscript, chapter) for chapter in manuscript.chapters]
    pages = Frame(manuscript, rows, address=site_address(manuscript.book.repository))
    for place, (chapter, text) in enumerate(zip(manuscript.chapters, texts, strict=True)):
        _write(directory / chapter.entry.page, pages.chapter(place, chapter, text))
        for former in chapter.entry.was:
            _write(directory / former_page(former), pages.redirect(place, chapter.entry, former))
    _write(directory / frame.INDEX_PAGE, pages.index())
    _write(directory / frame.PRINT_PAGE, pages.print_page(texts))
    _write(directory / frame.NOT_FOUND_PAGE, pages.not_found())
    sitemap = pages.sitemap()
    if sitemap is not None:
        _write(directory / frame.SITEMAP, sitemap)
    (directory / ".nojekyll").touch()
    theme = directory / THEME_ADDRESS
    theme.mkdir(parents=True)
    fragments = [
        search.entries(quote(chapter.entry.page), full_title(manuscript, chapter.entry), text)
        for chapter, text in zip(manuscript.chapters, texts, strict=True)
    ]
    _write(directory / search.ADDRESS, search.script(fragments))
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
    return [answer["html"] for answer in answers]


def _job(chapter: ParsedChapter, owners: Mapping[str, Entry], images: Mapping[str, str]) -> Json:
    targets = {link.id for link in chapter.report.links if link.id is not None}
    shown = {image.path for image in chapter.report.images if image.path is not None}
    return {
        "chapter": {"prefix": chapter.entry.prefix},
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
