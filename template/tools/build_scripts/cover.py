"""The cover: the book's own, or one drawn from its title and its authors."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import msgspec
import typst

from tools.build_scripts.assets import COVERS
from tools.build_scripts.book import BOOK_FILE, Book, BuildError, Problem
from tools.build_scripts.fonts import FontSet, drawn_clusters, load_fonts
from tools.build_scripts.pandoc import HERE

DESIGN = HERE / "theme" / "cover.typ"
# The design is 1600 x 2560 points, which shops ask for as pixels.
PIXELS_PER_INCH = 72


def cover(root: Path, book: Book) -> bytes:
    """Return the cover of a book, a picture of any kind.

    Args:
        root: the book's directory; its own cover is `assets/images/cover.jpg`, `.png` or `.svg`.
        book: what book.yml says.

    Raises:
        BuildError: its own cover cannot be read, or no font has a character of the title.
    """
    for name in COVERS:
        if (root / name).is_file():
            return _read(root / name, name)
    return draw(book)


def draw(book: Book) -> bytes:
    """Return a cover as a PNG; the same facts give the same bytes.

    Raises:
        BuildError: no font has a character of the title, the subtitle or a name.
    """
    fonts = load_fonts(book.language)
    _refuse_missing(book, fonts)
    facts = {
        "title": book.title,
        "subtitle": book.subtitle,
        "authors": book.author_names,
        "lang": book.language.split("-")[0].lower(),
        "dir": book.direction,
        "fonts": asdict(fonts.families),
    }
    picture = typst.compile(
        DESIGN.read_bytes(),
        font_paths=fonts.loaded,
        format="png",
        ppi=PIXELS_PER_INCH,
        sys_inputs={"book": msgspec.json.encode(facts).decode()},
    )
    if not isinstance(picture, bytes):
        raise TypeError("Typst drew more than one page")
    return picture


def _read(path: Path, name: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise BuildError(Problem(name, None, f"cannot be read: {error.strerror}.")) from error


def _refuse_missing(book: Book, fonts: FontSet) -> None:
    text = "\n".join((book.title, book.subtitle or "", *book.author_names))
    missing = sorted(fonts.missing(drawn_clusters(text)))
    if missing:
        message = (
            f"no font of this book has the character '{missing[0]}', so the cover cannot show it; "
            f"write it in another way, or save a cover as {COVERS[1]}."
        )
        raise BuildError(Problem(BOOK_FILE, None, message))
