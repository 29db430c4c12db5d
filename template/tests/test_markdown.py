"""The one Markdown file works on GitHub, and pandoc reads the book back from it."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from fragments import FORMAT, HOSTILE, TEXTS, Fragments, book, make
from tools.build_scripts import pandoc
from tools.build_scripts.markdown import escape, write_markdown

Node = dict[str, Any]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Fragments:
    return make(tmp_path_factory.mktemp("book"), book())


@pytest.fixture(scope="module")
def text(made: Fragments, tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("markdown") / "tiny.md"
    write_markdown(made.manuscript, path, made.markdown, made.index)
    assert (path.parent / "assets" / "images" / "a pixel.png").is_file()
    return path.read_text(encoding="utf-8")


def read(text: str, format: str = "gfm") -> Node:
    json = pandoc.run([f"--from={format}", "--to=json"], given=text.encode("utf-8"))
    return msgspec.json.decode(json, type=dict[str, Any])


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
        return str(content if kind == "Str" else content[-1])
    return "" if kind in ("Note", "RawInline") else plain(content)


def github_slug(heading: str, seen: Counter[str]) -> str:
    """Return the fragment of a heading by GitHub's rules."""
    kept = (
        c
        for c in heading.lower()
        if c in " -"
        or unicodedata.category(c)[0] in "LM"
        or unicodedata.category(c) in ("Nd", "Pc")
    )
    slug = "".join(kept).replace(" ", "-")
    seen[slug] += 1
    return slug if seen[slug] == 1 else f"{slug}-{seen[slug] - 1}"


def test_every_link_leads_to_a_heading_or_a_place(text: str) -> None:
    tree, seen = read(text), Counter[str]()
    slugs = [github_slug(plain(node["c"][2]), seen) for node in nodes(tree, "Header")]
    places = re.findall(r'<a id="([^"]+)"></a>', text)
    targets = [node["c"][2][0] for node in nodes(tree, "Link")]
    wanted = {target[1:] for target in targets if target.startswith("#")}

    assert len(places) == len(set(places))
    assert wanted <= {*slugs, *places}
    assert {"12-lists", "13-lists", "part-i-beginnings", "tbl-numbers", "idx-2"} <= wanted
    assert "first-former" in places
    assert "sec-old" in places
    assert not re.search("[\ufdd0-\ufdef]", text)


def test_pandoc_reads_the_same_headings(text: str) -> None:
    headings = [(n["c"][0], plain(n["c"][2])) for n in nodes(read(text), "Header")]
    sections = [
        (node["c"][0] + 1, plain(node["c"][2]).strip())
        for source in TEXTS.values()
        for node in nodes(read(source, FORMAT), "Header")
    ]

    assert headings[0] == (1, HOSTILE)
    assert [heading for heading in headings if heading[0] > 2] == sections
    assert [words for level, words in headings if level == 2] == [
        "Contents",
        "Part I: Beginnings",
        "1 The first & best",
        f"2 {HOSTILE}",
        "Appendix A: Tools",
        "Index",
    ]


def test_pandoc_reads_the_same_code(text: str) -> None:
    def code(tree: Node) -> list[tuple[str, str]]:
        found = [node["c"] for node in nodes(tree, "CodeBlock")]
        return sorted((text.strip("\n"), language(*attributes)) for attributes, text in found)

    def language(id: str, classes: list[str], attributes: list[tuple[str, str]]) -> str:
        return dict(attributes).get("data-language", (classes or ["text"])[0])

    assert code(read(text)) == sorted(
        block for source in TEXTS.values() for block in code(read(source, FORMAT))
    )


def test_pandoc_reads_the_same_tables_and_images(text: str) -> None:
    def rows(tree: Node) -> list[list[str]]:
        found = []
        for table in nodes(tree, "Table"):
            _, _, _, head, bodies, _ = table["c"]
            for row in [*head[1], *(row for body in bodies for row in body[3])]:
                cells = [re.sub(r"\\vert ?", "|", plain(cell[4])) for cell in row[1]]
                found.append(["".join(cell.replace("•", "").split()) for cell in cells])
        return found

    tree, source = read(text), read(TEXTS["second"], FORMAT)
    images = [node["c"][2][0] for node in nodes(tree, "Image")]

    assert rows(tree) == rows(source)
    pixel = "assets/images/a%20pixel.png"
    assert images == [pixel, "assets/_chapters/second/dot.png", pixel]


def test_pandoc_reads_the_same_formulas(text: str) -> None:
    formulas = [n["c"][1] for n in nodes(read(text), "Math") if n["c"][0]["t"] == "DisplayMath"]

    assert [" ".join(formula.split()) for formula in formulas] == [
        r"E = mc^2 \tag{2.1}",
        r"\begin{aligned} a &= b \\ c &= d \end{aligned} \tag{2.2}",
    ]


@pytest.mark.parametrize(
    "expected",
    [
        '<a id="lst-server"></a>**Listing 1.1** A server, and what it holds · [`src/app.py`](http',
        "**Output**\n\n``` console\n$ python app.py\n",
        "1.  **L1:** The route.\n2.  **L3:** It *waits*.",
        "From Flask to FastAPI\n\n**Before** · `src/flask.py`\n\n``` python\n",
        "**After**\n\n``` python\n",
        '> [!NOTE]\n> A note with an <a id="idx-1"></a>event loop.',
        "> [!WARNING]\n> **Mind the gap**\n>\n> - a list\n",
        "> > **Tip**\n> >\n> > Inside.",
        "**pip**\n\n``` bash\n",
        "**uv**\n\n> [!NOTE]\n> In a tab.",
        "<details>\n<summary>Solution &amp; more</summary>\n\nIt is 42.\n",
        '<a id="fig-pixel"></a>![A pixel](assets/images/a%20pixel.png)\n\n**Figure 2.1** A black',
        '<a id="tbl-numbers"></a>**Table 2.1** Numbers\n\n| a',
        "| `x\\|y`",
        "and a note.[^first-1]",
        "[^first-1]: A note with [a link](#lst-server).\n\n    ``` python\n    x = 1\n    ```",
        "[^second-1]: Another note.",
        '**<a id="gls-asgi"></a>ASGI**: An interface.',
        '<a id="ref-knuth"></a>\\[1\\] Knuth, D. *TAOCP*.',
        "<kbd>Ctrl+C</kbd> <mark>marked</mark> Small",
        "- event loop, [1.3.1](#idx-1)\n  - nested, [2.2](#idx-2)",
        "- [ ] todo",
        "**Small & complete**",
        "1\\. A book to \\<test\\> with.",
        "  - [1 The first & best](#1-the-first--best)\n    - [1.1 Listings",
    ],
)
def test_every_element_has_its_form_on_github(text: str, expected: str) -> None:
    assert expected in text


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


def test_equal_headings_have_fragments_of_their_own(made: Fragments, tmp_path: Path) -> None:
    write_markdown(made.manuscript, tmp_path / "tiny.md", made.markdown)
    again = (tmp_path / "tiny.md").read_text(encoding="utf-8")

    assert "## Index" not in again
    assert "[there](#12-lists)" in again
    assert "[link](#12-lists)" in again
