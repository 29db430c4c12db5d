"""Cross-references and listings: what they say, where they lead, and what fails how."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.support import BUILD, FORMATS, VALIDATE, build, make_book, run, write

OUTPUTS = BUILD.with_name("outputs.py")
ONE = """\
# One

## Here {#sec-here}

![A](../../assets/images/a%20pixel.png){#fig-a}

![B](../../assets/images/a%20pixel.png){#fig-b}

![C](../../assets/images/a%20pixel.png){#fig-c}

| x |
|---|
| 1 |

: T {#tbl-t}

$$ x $$ {#eq-x}

```{.python #lst-l caption="L"}
pass
```
"""
REFERENCES = {
    "@fig-b": "Figure 1.2",
    "@tbl-t, @eq-x and @lst-l": "Table 1.1, Equation 1.1 and Listing 1.1",
    "@sec-here; @sec-first, @sec-tools": "Section 1.1; Chapter 1, Appendix A",
    "[-@fig-b]": "1.2",
    "[Fig. @fig-b]": "Fig. 1.2",
    "[@fig-b, on the left]": "Figure 1.2, on the left",
    "[@fig-a; @fig-b]": "Figures 1.1 and 1.2",
    "[@fig-a; @fig-b; @fig-c]": "Figures 1.1\u20131.3",
    "[@fig-a; @fig-c; @tbl-t]": "Figures 1.1 and 1.3 and Table 1.1",
    "[@sec-first; @sec-second; @sec-tools]": "Chapters 1 and 2 and Appendix A",
    "`@fig-b` and @app.route, @ada": "@fig-b and @app.route, @ada",
}
APP = """\
import this

# region: outer
def outer():
    # region: inner
    return 1
    # endregion
# endregion
"""


def make(root: Path, two: str, one: str = ONE, **changes: object) -> Path:
    """Write a book whose second chapter refers to its first."""
    book = make_book(root, **changes)
    write(book / "src" / "app.py", APP)
    write(book / "src" / "old.py", APP.replace("1", "2"))
    write(book / "src" / "open.py", "# region: a\npass\n")
    write(book / "chapters" / "01_first" / "chapter.md", one)
    write(book / "chapters" / "02_second" / "chapter.md", f"# Two\n\n{two}\n")
    return book


def page_of(book: Path) -> str:
    """Build a book, and return the page of its second chapter."""
    done = build(book)
    assert done.returncode == 0, done.stderr
    return (book / "book_build" / "html" / "second.html").read_text(encoding="utf-8")


def plain(html: str) -> str:
    return re.sub("<[^>]+>", "", html).replace("\u00a0", " ")


def paragraphs(html: str) -> list[str]:
    article = html.partition("<article>")[2].partition("</article>")[0]
    return re.findall(r"<p>(.*?)</p>", article, re.DOTALL)


def fences(infos: Sequence[str]) -> str:
    return "\n\n".join(f"```{{.python {info}}}\n```" for info in infos)


def test_references_say_what_they_lead_to(tmp_path: Path) -> None:
    html = page_of(make(tmp_path / "book", "\n\n".join(REFERENCES)))

    shown = paragraphs(html)
    assert [plain(text) for text in shown] == list(REFERENCES.values())
    assert re.findall('href="([^"]+)"', shown[0]) == ["first.html#fig-b"]
    assert re.findall('href="([^"]+)"', shown[9]) == ["first.html", "second.html", "tools.html"]


def test_a_reference_in_a_heading_has_words_everywhere(tmp_path: Path) -> None:
    book = make(
        tmp_path / "book",
        "## See @fig-b\n\n[here](#see-fig-b)\n\n![Like @fig-a](../../assets/images/a%20pixel.png)",
    )
    formats = (argument for format in FORMATS for argument in ("--format", format))

    done = build(book, *formats)

    assert done.returncode == 0, done.stderr
    html = (book / "book_build" / "html" / "second.html").read_text(encoding="utf-8")
    assert "<bdi>See Figure\u00a01.2</bdi></a></li>" in html
    assert 'alt="Like Figure\u00a01.1"' in html
    for path in (book / "book_build").rglob("*"):
        if path.suffix in (".html", ".md", ".js"):
            assert not re.search("[\ufdd0-\ufdef]", path.read_text(encoding="utf-8")), path
    with zipfile.ZipFile(book / "book_build" / "epub" / "tiny.epub") as epub:
        assert "2.1 See Figure" in epub.read("EPUB/nav.xhtml").decode("utf-8")


def test_references_speak_the_language_of_the_book(tmp_path: Path) -> None:
    html = page_of(make(tmp_path / "book", "[@fig-a; @fig-b] in @sec-first", language="de"))

    assert plain(paragraphs(html)[0]) == "Abbildungen 1.1 und 1.2 in Kapitel 1"


def test_a_reference_to_a_former_label_leads_to_the_new_one(tmp_path: Path) -> None:
    one = "# One\n\n## A {#sec-new .was-sec-old}\n"
    html = page_of(make(tmp_path / "book", "@sec-old", one))

    assert '<a class="reference" href="first.html#sec-new">Section\u00a01.1</a>' in html


def test_what_leads_nowhere_is_told(tmp_path: Path) -> None:
    mistakes = {
        "See @fig-bb and\n@fig-bb.": "'@fig-bb' refers to a label that does not exist; did you",
        "[@fig-a; @tbl-none]": "'@tbl-none' refers to a label that does not exist",
        "## A {#sec-a .unnumbered}\n\n@sec-a": "'@sec-a' has no number; link to it instead",
        "## B {#fig-b}": "the label 'fig-b' is used 2 times",
        "[ASGI]{.gls}": "no glossary explains 'ASGI'.",
        "[@knuth]": "'@knuth' is in no bibliography",
        "[@lamport; @fig-a]": "references and sources stand in one pair of brackets",
        "::: tabs\nText before a tab.\n:::": "tabs begin with a heading",
    }
    book = make(tmp_path / "book", "\n\n".join(mistakes))

    told = build(book).stderr

    text = (book / "chapters" / "02_second" / "chapter.md").read_text(encoding="utf-8")
    for mistake, sentence in mistakes.items():
        first = text[: text.index(mistake)].count("\n") + 1
        lines = range(first, first + mistake.count("\n") + 1)
        assert any(f"02_second/chapter.md:{line}: {sentence}" in told for line in lines), mistake
    assert "did you mean '@fig-b'?" in told


# Listings ----------------------------------------------------------------------------------


def test_parts_of_files_are_shown_without_their_markers(tmp_path: Path) -> None:
    parts = {
        'include="src/app.py" region="inner"': "return 1",
        "include=src/app.py region=inner .numberLines": "return 1",
        'include="src/app.py" region="outer" highlight="2"': "def outer():\n    return 1",
        'include="src/app.py"': "import this\n\ndef outer():\n    return 1",
        'include="src/app.py" lines="4-6"': "def outer():\n    return 1",
        '#lst-x caption="The *first*" include="src/app.py" lines="1"': "import this",
    }
    html = page_of(make(tmp_path / "book", fences(list(parts))))

    blocks = re.findall(r"<pre[^>]*><code[^>]*>(.*?)</code></pre>", html, re.DOTALL)
    assert [plain(block).strip() for block in blocks] == list(parts.values())
    assert "https://github.com/ada/tiny/blob/HEAD/src/app.py#L6-L6" in html
    assert "Listing 2.1 The first" in plain(html)


def test_a_part_that_is_not_there_is_told(tmp_path: Path) -> None:
    mistakes = {
        'include="src/ap.py"': "there is no file 'src/ap.py' to show; did you mean 'src/app.py'?",
        'include="src"': "there is no file 'src'",
        'include="../app.py"': "'../app.py' is outside the book",
        'include="src/app.py" region="iner"': "no region 'iner'; did you mean 'inner'?",
        'include="src/app.py" region="x"': "mark it with comments: '# region: x'",
        'include="src/app.py" lines="7-90"': 'lines="7-90" names no lines of src/app.py',
        'include="src/app.py" highlight="9"': 'highlight="9" names no lines of the listing',
        'before="src/old.py"': 'has no include="',
        'output="src/app.py"': "is not stored yet; run: make outputs",
        'include="src/open.py"': "a region opens in src/open.py:1 and never ends",
    }
    told = build(make(tmp_path / "book", fences(list(mistakes)))).stderr.splitlines()

    for number, sentence in enumerate(mistakes.values()):
        place = f"chapters/02_second/chapter.md:{3 + 3 * number}: "
        assert any(line.startswith(place) and sentence in line for line in told), sentence


def test_a_character_of_a_listing_that_no_font_has_is_told(tmp_path: Path) -> None:
    book = make(tmp_path / "book", fences(["include=src/app.py"]))
    write(book / "src" / "app.py", "pass\nx = '\U00010600'\n")

    done = build(book, "--format", "pdf")

    assert done.returncode == 1
    assert done.stderr.startswith("src/app.py:2: no font of this book has the character")


def test_a_diagram_that_cannot_be_drawn_is_told_at_its_line(tmp_path: Path) -> None:
    book = make(tmp_path / "book", "```{.mermaid #fig-f}\nflowchart LR\n  A ->- B\n```")

    done = build(book)

    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert line.startswith("chapters/02_second/chapter.md:5: the mermaid diagram cannot be drawn")


def test_two_files_are_compared(tmp_path: Path) -> None:
    info = '#lst-both before="src/old.py" include="src/app.py" region="outer" caption="Both"'
    html = page_of(make(tmp_path / "book", fences([info])))

    before, after = re.findall(r"<pre[^>]*><code[^>]*>(.*?)</code></pre>", html, re.DOTALL)
    assert "return 2" in plain(before)
    assert "return 1" in plain(after)
    assert "Listing 2.1 Both" in plain(html)


def test_code_that_changes_is_shown_anew(tmp_path: Path) -> None:
    book = make(tmp_path / "book", fences(["include=src/app.py"]))
    assert "import this" in plain(page_of(book))
    write(book / "src" / "app.py", "print('changed')\n")

    assert "changed" in plain(page_of(book))


def test_outputs_are_stored_and_checked(tmp_path: Path) -> None:
    book = make(tmp_path / "book", "```{output=src/app.py}\n```")
    write(book / "src" / "__init__.py", "")
    write(book / "src" / "app.py", "print('hello')\n")
    assert run(OUTPUTS, "--book", book, "--check").returncode == 1

    stored = run(OUTPUTS, "--book", book)

    assert stored.returncode == 0, stored.stderr
    assert (book / "src" / "app.out").read_text(encoding="utf-8") == "hello\n"
    assert run(OUTPUTS, "--book", book, "--check").returncode == 0
    assert "hello" in page_of(book)
    write(book / "src" / "app.py", "raise SystemExit('no')\n")
    failed = run(OUTPUTS, "--book", book, "--check")
    assert failed.returncode == 1
    assert failed.stderr.startswith("src/app.py: ended with code 1: no")


def test_an_output_that_no_listing_shows_is_kept_up_to_date(tmp_path: Path) -> None:
    book = make(tmp_path / "book", "Nothing is shown.")
    write(book / "src" / "__init__.py", "")
    write(book / "src" / "app.py", "print('hello')\n")
    write(book / "src" / "data.out", "not of a program\n")
    assert run(OUTPUTS, "--book", book, "--check").returncode == 0
    write(book / "src" / "app.out", "old\n")

    checked = run(OUTPUTS, "--book", book, "--check")

    assert checked.returncode == 1
    assert checked.stderr.startswith("src/app.py: prints something else than what is stored")
    assert run(OUTPUTS, "--book", book).returncode == 0
    assert (book / "src" / "app.out").read_text(encoding="utf-8") == "hello\n"


def test_code_that_nobody_tests_or_shows_is_remarked(tmp_path: Path) -> None:
    book = make(tmp_path / "book", fences(['include="src/app.py" region="inner"']))

    told = run(VALIDATE, "--book", book, "--remarks").stdout

    assert "src/app.py:3:1: unused-region: no listing shows the region 'outer'. (a remark)" in told
    assert "chapter.md:3:1: untested: shows src/app.py, which no test imports or names" in told
    write(book / "tests" / "test_app.py", "from src import app\n")
    assert "no test imports" not in run(VALIDATE, "--book", book, "--remarks").stdout
    assert "--remarks tells them" in run(VALIDATE, "--book", book).stderr


# Sources -----------------------------------------------------------------------------------

SOURCES = "research/references/bibliography"
BIB = "@book{knuth, author={Knuth, Donald}, title={The Art}, year={1968}, publisher={Addison}}\n"
JSON = '[{"id": "knuth", "type": "book", "title": "The Art", "issued": {"date-parts": [[1968]]}}]'


@pytest.mark.parametrize(("ending", "text"), [("bib", BIB), ("json", JSON)])
def test_sources_are_cited_and_listed(tmp_path: Path, ending: str, text: str) -> None:
    book = make(tmp_path / "book", "Read [@knuth, p. 3], @ada and `@knuth`.")
    write(book / f"{SOURCES}.{ending}", text)
    told = build(book)
    assert told.returncode == 1
    assert "02_second/chapter.md:3: '@ada' is in no bibliography" in told.stderr
    write(book / "chapters" / "02_second" / "chapter.md", "# Two\n\nRead [@knuth, p. 3].\n")

    html = page_of(book)

    assert 'href="#second-ref-knuth"' in html
    assert 'id="second-ref-knuth"' in html
    assert "References" in plain(html)
    # What is changed there is printed anew.
    write(book / f"{SOURCES}.{ending}", text.replace("The Art", "The Craft"))
    assert "The Craft" in page_of(book)


def test_a_bibliography_that_cannot_be_read_is_told_once(tmp_path: Path) -> None:
    book = make(tmp_path / "book", "Read @knuth.", one="# One\n\nRead @knuth.\n")
    write(book / f"{SOURCES}.bib", "@book{knuth,\n  title = {The Art\n}\n")

    told = build(book)

    assert told.returncode == 1
    lines = [line for line in told.stderr.splitlines() if line.startswith(SOURCES)]
    assert len(lines) == 1
    assert re.match(rf"{SOURCES}\.bib:\d+: cannot be read as biblatex", lines[0])
