"""Whether every format of a book carries the version that it is released as."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

from tools.build_scripts.book import Format
from tools.publishing.errors import PublishError


def require_version(built: Path, slug: str, formats: tuple[Format, ...], version: str) -> None:
    """Refuse what was built if it does not say which version it is.

    Args:
        built: what was built, a directory for every format.
        slug: what the files are named after.
        formats: the formats.
        version: the version that they are to carry.

    Raises:
        PublishError: a format carries another one, or none.
    """
    read: Mapping[Format, Callable[[Path], str]] = {
        "html": lambda directory: (directory / "index.html").read_text("utf-8"),
        "epub": lambda directory: _package(directory / f"{slug}.epub"),
        "pdf": lambda directory: _keywords(directory / f"{slug}.pdf"),
        "markdown": lambda directory: (directory / f"{slug}.md").read_text("utf-8"),
    }
    written = re.compile(rf"(?<![\w.-]){re.escape(version)}(?![\w-]|\.\w)")
    for format in formats:
        if not written.search(read[format](built / format)):
            raise PublishError(f"The {format} that was built does not carry the version {version}.")


def _package(file: Path) -> str:
    """Return what an EPUB says of itself."""
    with zipfile.ZipFile(file) as epub:
        name = next(name for name in epub.namelist() if name.endswith(".opf"))
        return epub.read(name).decode("utf-8")


def _keywords(file: Path) -> str:
    """Return the keywords of a PDF."""
    import pikepdf

    with pikepdf.open(file) as document:
        return str(document.docinfo.get("/Keywords", ""))
