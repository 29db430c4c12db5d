"""The one Markdown file works on GitHub, and pandoc reads the book back from it."""

from __future__ import annotations

import re
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.everything import build_everything
from tests.everything import read as read_book
from tests.support import HOSTILE, github_slug
from tools.build_scripts import pandoc
from tools.build_scripts.crossref import NO_BREAK
from tools.build_scripts.markdown import escape

Node = dict[str, Any]


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a book that holds every element, built."""
    return build_everything(tmp_path_factory.mktemp("everything") / "book", "markdown")


@pytest.fixture(scope="module")
def text(everything: Path) -> str:
    directory = everything / "book_build" / "markdown"
    assert (directory / "assets" / "images" / "a pixel.png").is_file()
    return (directory / "tiny.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def website(everything: Path) -> Node:
    """Return what pandoc reads from the same chapters as they stand on the website."""
    html = "\n".join(read_book(everything).html)
    return read(re.sub('<b class="callout-mark">.*?</b>', "", html), "html")


def read(text: str, format: str = "gfm") -> Node:
    command = [str(pandoc.executable()), f"--from={format}", "--to=json"]
    done = subprocess.run(command, input=text.encode("utf-8"), capture_output=True, check=True)
    return msgspec.json.decode(done.stdout, type=dict[str, Any])


def nodes(tree: Any, *kinds: str) -> Iterator[Node]:
    """Yield the elements of some kinds, in the order of the text."""
    if isinstance(tree, list):
        for item in tree:
            yield from nodes(item, *kinds)
    elif isinstance(tree, dict):
        if tree.get("t") in kinds:
            yield tree
        for value in tree.values():
            yield from nodes(value, *kinds)


def plain(tree: Any) -> str:
    """Return the words of a tree, without footnotes and raw HTML."""
    if isinstance(tree, list):
        return "".join(plain(item) for item in tree)
    if not isinstance(tree, dict):
        return ""
    kind, content = tree["t"], tree.get("c", "")
    if kind in ("Space", "SoftBreak"):
        return " "
    if kind in ("Str", "Code", "Math"):
        return str(content if kind == "Str" else content[-1]).replace(NO_BREAK, " ")
    return "" if kind in ("Note", "RawInline") else plain(content)


def test_every_link_leads_to_a_heading_or_a_place(text: str) -> None:
    tree, seen = read(text), Counter[str]()
    slugs = [github_slug(plain(node["c"][2]), seen) for node in nodes(tree, "Header")]
    places = re.findall(r'<a id="([^"]+)"></a>', text)
    targets = [node["c"][2][0] for node in nodes(tree, "Link")]
    wanted = {target[1:] for target in targets if target.startswith("#")}

    assert len(places) == len(set(places))
    assert wanted <= {*slugs, *places}
    assert {"12-lists", "13-lists", "part-i-beginnings", "tbl-numbers", "second-index-1"} <= wanted
    assert "first-former" in places
    assert "sec-old" in places
    assert not re.search("[\ufdd0-\ufdef]", text)


def headings(tree: Node) -> list[tuple[int, str]]:
    return [(node["c"][0], plain(node["c"][2]).strip()) for node in nodes(tree, "Header")]


def code(tree: Node) -> list[str]:
    return [node["c"][1].strip("\n") for node in nodes(tree, "CodeBlock")]


def rows(tree: Node) -> list[list[str]]:
    found = []
    for table in nodes(tree, "Table"):
        _, _, _, head, bodies, _ = table["c"]
        for row in [*head[1], *(row for body in bodies for row in body[3])]:
            cells = [re.sub(r"\\vert ?", "|", plain(cell[4])) for cell in row[1]]
            found.append(["".join(cell.replace("•", "").split()) for cell in cells])
    return found


def images(tree: Node) -> list[str]:
    return [node["c"][2][0] for node in nodes(tree, "Image")]


def test_pandoc_reads_the_same_structure_as_from_the_website(text: str, website: Node) -> None:
    tree = read(text)

    assert [(level - 1, words) for level, words in headings(tree) if level > 2] == headings(website)
    assert code(tree) == code(website)
    assert rows(tree) == rows(website)
    assert images(tree) == images(website)
    assert len(code(tree)) > 8
    assert len(images(tree)) == 3


def test_chapters_and_parts_are_headings_below_the_title(text: str) -> None:
    assert [heading for heading in headings(read(text)) if heading[0] <= 2] == [
        (1, HOSTILE),
        (2, "Contents"),
        (2, "Part I: Beginnings"),
        (2, "1 The first & best"),
        (2, f"2 {HOSTILE}"),
        (2, "Appendix A: Tools"),
        (2, "Index"),
    ]


def test_formulas_carry_their_numbers(text: str) -> None:
    formulas = [n["c"][1] for n in nodes(read(text), "Math") if n["c"][0]["t"] == "DisplayMath"]

    assert [" ".join(formula.split()) for formula in formulas] == [
        r"E = mc^2 \tag{2.1}",
        r"\begin{align} a &= b \\ c &= d \end{align}",
    ]
    assert "```\n(2.2)\n" in text


@pytest.mark.parametrize(
    "expected",
    [
        '<a id="lst-server"></a>**Listing 1.1** A server, *whole* · [`src/app.py`](http',
        "``` console\n$ python app.py\n\n  <b>&amp;</b> ``` fences\n```",
        "1.  **L1:** The route.\n2.  **L3:** It *waits*.",
        "From Flask to FastAPI\n\n**Before** · [`src/old.py`](http",
        "**After** · [`src/app.py`](http",
        '> [!NOTE]\n> A note with an <a id="first-index-1"></a>event loop, twice.',
        "> [!WARNING]\n> **Mind the gap**\n>\n> - a list\n",
        "> > **Tip**\n> >\n> > Inside.",
        "**pip**\n\n``` bash\n",
        "**uv**\n\n> [!NOTE]\n> In a tab.",
        "<details>\n<summary>Solution &amp; more</summary>\n\nIt is 42.\n",
        '<a id="fig-pixel"></a>![A pixel](assets/images/a%20pixel.png)\n\n**Figure 2.1** A black',
        '<a id="tbl-numbers"></a>**Table 2.1** Numbers\n\n| a',
        "| `x\\|y`",
        "and a note.[^first-1]",
        "[^first-1]: A note with [a link](#12-lists).\n\n    ``` python\n    x = 1\n    ```",
        "[^second-1]: Another note.",
        '**<a id="gls-asgi"></a>ASGI**: An interface, as [ASGI](#gls-asgi) says.',
        '<a id="first-ref-knuth"></a>Knuth, Donald. 1968. *The Art of Programming*.',
        "<kbd>Ctrl+C</kbd> <mark>marked</mark> Small odd",
        "- event loop, [1.3.1](#first-index-1)\n  - in, [2.2](#second-index-1)",
        "- [ ] todo",
        "**Small & complete**",
        "See `code`, $`a|b`$, [Table 2.1](#tbl-numbers), Listings [1.1](#lst-server) and [1.2]",
        "#### See [Figure 2.1](#fig-pixel), and more",
        "1\\. A book to \\<test\\> with.",
        "  - [1 The first & best](#1-the-first--best)\n    - [1.1 Listings",
    ],
)
def test_every_element_has_its_form_on_github(text: str, expected: str) -> None:
    assert expected in text.replace(NO_BREAK, " ")


@pytest.mark.parametrize(
    "words",
    [
        HOSTILE,
        "1. Not a list",
        "- neither",
        "+1 and # and C#",
        "# no heading",
        "&amp; is no entity, a_b_c no emphasis, :smile: no picture",
        "[no](link) <no@tag> ~~not gone~~ | no | cells |",
        "=== no line",
        "مقدمة في البرمجة",
    ],
)
def test_titles_are_read_back_as_they_are(words: str) -> None:
    for line in (escape(words), f"## {escape(words)}"):
        assert [plain(block) for block in read(line)["blocks"]] == [words]
