"""The PDF has the pages, the outline and the text that its readers expect."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec.yaml
import pytest
from pypdf import PdfReader

BUILD = Path(__file__).resolve().parent.parent / "tools" / "build_scripts" / "build_book.py"
INCH = 72
SIZES = {"technical": (7 * INCH, 9.25 * INCH), "a4": (595.28, 841.89), "letter": (612, 792)}
LONG_LINE = 'raise ValueError("' + " ".join(["this line is far too long for a page"] * 4) + '")'
TEXT = f"""\
# First

A long address: {"https://example.com/" + "path/" * 30}end.

## Code

```python
def answer() -> int:
    {LONG_LINE}
```

### Deeper

| Name | Value |
|------|-------|
| one  | 1     |

: Numbers. {{#tbl-numbers}}

## Pictures of nothing

{"A paragraph that fills a page. " * 400}
"""


def write_book(root: Path, **changes: Any) -> Path:
    """Write a book of one chapter."""
    chapter = {
        "id": "first",
        "number": 1,
        "label": "1",
        "title": "First",
        "path": "chapters/01_first",
        "anchor": "sec-first",
        "page": "first.html",
    }
    book = {
        "schema": 1,
        "edition": "own",
        "title": "Printed",
        "subtitle": None,
        "slug": "printed",
        "authors": [{"name": "Ada Lovelace"}],
        "description": "A book to print.",
        "language": "en",
        "repository": None,
        "isbn": None,
        "licenses": {"text": "CC-BY-4.0", "code": "MIT"},
        "formats": ["pdf"],
        "parts": [{"title": "Beginnings", "first": "first"}],
        "chapters": [chapter],
        "appendices": [],
    }
    directory = root / "chapters" / "01_first"
    directory.mkdir(parents=True)
    (root / "book.yml").write_bytes(msgspec.yaml.encode(book | changes))
    (root / "pyproject.toml").write_text('[project]\nversion = "1.2.3"\n', encoding="utf-8")
    (directory / "chapter.md").write_text(TEXT, encoding="utf-8")
    return root


def build(book: Path) -> Path:
    """Build a book as its author does, and return its PDF."""
    command = [sys.executable, str(BUILD), "--book", str(book)]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    return book / "book_build" / "pdf" / "printed.pdf"


@pytest.fixture(scope="module")
def pdf(tmp_path_factory: pytest.TempPathFactory) -> PdfReader:
    return PdfReader(build(write_book(tmp_path_factory.mktemp("printed"))))


@pytest.mark.parametrize("paper", ["a4", "letter"])
def test_the_book_says_how_large_its_pages_are(tmp_path: Path, paper: str) -> None:
    page = PdfReader(build(write_book(tmp_path / "book", paper=paper))).pages[0]

    assert [float(side) for side in page.mediabox[2:]] == pytest.approx(SIZES[paper], abs=0.1)


def test_a_book_that_names_no_size_has_that_of_technical_books(pdf: PdfReader) -> None:
    sizes = {tuple(float(side) for side in page.mediabox[2:]) for page in pdf.pages}

    assert sizes == {SIZES["technical"]}


def test_parts_chapters_and_sections_nest_in_the_outline(pdf: PdfReader) -> None:
    def titles(outline: Any) -> list[Any]:
        return [titles(item) if isinstance(item, list) else item.title for item in outline]

    assert titles(pdf.outline) == [
        "Contents",
        "I Beginnings",
        ["1 First", ["1.1 Code", ["1.1.1 Deeper"], "1.2 Pictures of nothing"]],
    ]


def test_the_pages_of_the_contents_are_those_of_the_sections(pdf: PdfReader) -> None:
    contents, labels = pdf.pages[2].extract_text(), pdf.page_labels
    last = next(page for page in pdf.pages if "A paragraph that fills" in page.extract_text())

    assert labels[2:5] == ["iii", "1", "2"]
    line = next(line for line in contents.split("\n") if "Pictures of nothing" in line)
    assert line.split()[-1] == labels[last.page_number or 0]


def test_the_foot_tells_the_chapter_and_the_section(pdf: PdfReader) -> None:
    feet = [page.extract_text().rstrip().split("\n")[-1] for page in pdf.pages[4:]]

    assert any("Chapter 1: First" in foot for foot in feet)
    assert any("Pictures of nothing" in foot for foot in feet)


def test_what_is_too_long_for_a_line_is_whole_when_it_is_copied(pdf: PdfReader) -> None:
    text = "".join(page.extract_text() for page in pdf.pages)
    together = "".join(text.split())

    assert "".join(LONG_LINE.split()) in together
    assert "path/" * 30 + "end." in together


def test_code_has_the_same_colours_without_a_website(tmp_path: Path, pdf: PdfReader) -> None:
    both = PdfReader(build(write_book(tmp_path / "book", formats=["html", "pdf"])))

    def drawn(pages: Any) -> list[bytes]:
        return [page["/Contents"].get_data() for page in pages]

    assert drawn(both.pages) == drawn(pdf.pages)


def test_a_picture_is_described_in_all_its_words(tmp_path: Path) -> None:
    book, name = write_book(tmp_path / "book"), "asynchronous_generator_context_manager"
    chapter = book / "chapters" / "01_first"
    svg = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'
    (chapter / "dot.svg").write_text(svg, encoding="utf-8")
    (chapter / "chapter.md").write_text(f"# First\n\n![An {name}](dot.svg)\n", encoding="utf-8")

    reader = PdfReader(build(book))
    size: Any = reader.trailer["/Size"]
    objects: list[Any] = [reader.get_object(number) for number in range(1, size)]
    texts = [element.get("/Alt") for element in objects if isinstance(element, dict)]

    assert f"An {name}" in texts


def test_it_is_tagged_for_those_who_hear_it(pdf: PdfReader) -> None:
    root: Any = pdf.root_object

    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en"
    assert root["/StructTreeRoot"]
