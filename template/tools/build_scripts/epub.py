"""Writing the EPUB."""

from __future__ import annotations

import re
import uuid
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import msgspec

from tools.build_scripts import pandoc
from tools.build_scripts.book import Book
from tools.build_scripts.chapters import Manuscript
from tools.build_scripts.document import document, whole_book

THEME = pandoc.HERE / "theme"


def write_epub(manuscript: Manuscript, destination: Path) -> None:
    """Write the book as EPUB 3.

    Args:
        manuscript: the book.
        destination: the file to write.

    Raises:
        BuildError: pandoc failed or had a complaint.
    """
    whole = document(manuscript, list(whole_book(manuscript)), metadata(manuscript))
    pandoc.run(
        [
            "--from=json",
            "--to=epub3",
            "--mathml",
            "--toc",
            "--toc-depth=2",
            "--split-level=1",
            f"--template={THEME / 'epub.html'}",
            f"--css={THEME / 'epub.css'}",
            # Variables, for pandoc gives the metadata to the title page only.
            f"--variable=dir:{manuscript.book.direction}",
            f"--variable=contents-title:{manuscript.terms['Contents']}",
            f"--lua-filter={pandoc.HERE / 'epub.lua'}",
            f"--output={destination}",
        ],
        given=msgspec.json.encode(whole),
        cwd=manuscript.root,
        environment={"SOURCE_DATE_EPOCH": str(manuscript.date)},
    )


def metadata(manuscript: Manuscript) -> dict[str, Any]:
    """Return what the EPUB says about the book."""
    book = manuscript.book
    titles = [{"type": "main", "text": book.title}]
    if book.subtitle:
        titles.append({"type": "subtitle", "text": book.subtitle})
    day = datetime.fromtimestamp(manuscript.date, tz=timezone.utc).date()
    return {
        "title": titles,
        "creator": [{"role": "author", "text": name} for name in book.author_names],
        "lang": book.language,
        "pagetitle": book.title,
        "page-progression-direction": book.direction,
        "identifier": identifier(book),
        **({"description": book.description} if book.description else {}),
        "rights": book.rights,
        "date": day.isoformat(),
        "version": f"{manuscript.terms['Version']} {manuscript.version}",
        "toc-title": manuscript.terms["Contents"],
        "accessModes": ["textual", "visual"],
        "accessModeSufficient": ["textual"],
        "accessibilityFeatures": [
            "alternativeText",
            "MathML",
            "readingOrder",
            "structuralNavigation",
            "tableOfContents",
        ],
        "accessibilityHazards": ["none"],
    }


def identifier(book: Book) -> str:
    """Return the book's identifier: its ISBN, or else one made of where it lives.

    It must not change from build to build: readers know a new edition of a book by it.
    """
    if book.isbn:
        return f"urn:isbn:{re.sub(r'[^0-9Xx]', '', book.isbn)}"
    return f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, book.repository or book.slug)}"
