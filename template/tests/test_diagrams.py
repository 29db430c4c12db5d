"""Diagrams are drawn from their text, the same on every machine and for every format."""

from __future__ import annotations

import base64
import hashlib
import os
import re
import subprocess
import sys
import urllib.parse
import zlib
from pathlib import Path
from xml.etree import ElementTree

import pytest
import typst

from tests.support import BUILD, FORMATS, VALIDATE, build, make_book, run, write
from tools.build_scripts import diagrams, drawio
from tools.build_scripts.diagrams import DiagramError, render
from tools.build_scripts.fonts import load_fonts

ROOT = Path(__file__).resolve().parent.parent
SVG = "{http://www.w3.org/2000/svg}"

FLOWCHART = "flowchart LR\n  client([Client]) -->|POST /users| api{Zürich?}\n"
CLASSES = "classDiagram\n  class Repository\n  Repository <|.. Users : implements\n"
# What else depends on chance, the clock or the time zone.
UNSTEADY = (
    "gitGraph\n  commit\n  branch dev\n  commit\n",
    "architecture-beta\n  service db(database)[DB]\n",
    "gantt\n  dateFormat YYYY-MM-DD\n  section Move\n  Routes :a, 2024-03-01, 20d\n  Tests :5d\n",
)
GRAPH = 'digraph {\n  a [label="Service"];\n  a -> b [label="calls"];\n}\n'

# Prints the hash of the diagrams given.
DRAW = """
import hashlib, sys
from tools.build_scripts.diagrams import render
drawn = [render("mermaid", source) for source in sys.argv[1:]]
print(hashlib.sha256(b"".join(drawn)).hexdigest())
"""


@pytest.fixture(scope="module")
def drawings() -> dict[str, bytes]:
    """Some diagrams, drawn."""
    return {
        "flowchart": render("mermaid", FLOWCHART),
        "classes": render("mermaid", CLASSES),
        "graph": render("dot", GRAPH),
    }


@pytest.mark.parametrize("name", ["flowchart", "classes", "graph"])
def test_a_diagram_stands_alone(drawings: dict[str, bytes], name: str) -> None:
    drawing = ElementTree.fromstring(drawings[name])
    text = drawings[name].decode()

    assert all(float(drawing.get(side, "")) > 40 for side in ("width", "height"))
    assert drawing.find(f".//{SVG}foreignObject") is None
    assert "http" not in re.sub(r'xmlns(:\w+)?="[^"]*"', "", text)
    families = re.findall(r'font-family[:=]"?(?:&quot;|")?([\w ]+)', text)
    assert set(families) == {"Source Sans 3"}
    assert '"wght" 400' in drawing.get("style", "")
    ground = drawing.find(f"{SVG}rect")
    assert ground is not None
    assert ground.get("fill") == "#ffffff"


def test_the_words_of_a_diagram_are_in_it_as_text(drawings: dict[str, bytes]) -> None:
    def words(name: str) -> str:
        texts = ElementTree.fromstring(drawings[name]).iter(f"{SVG}text")
        return " ".join("".join(text.itertext()) for text in texts)

    assert {"Client", "POST", "Zürich?"} <= set(words("flowchart").split())
    assert {"Service", "calls"} <= set(words("graph").split())


def test_text_is_measured_in_the_font_it_is_drawn_in() -> None:
    narrow, wide = (
        _width(render("mermaid", f"flowchart LR\n  a[{letter * 10}]")) for letter in "iW"
    )

    # Source Sans 3 has 0.246 em and 0.786 em; at 16 px, in Mermaid's own font, it would be 114.
    assert wide - narrow == pytest.approx((0.786 - 0.246) * 160, abs=2)


def _width(drawing: bytes) -> float:
    return float(ElementTree.fromstring(drawing).get("width", ""))


def test_typst_draws_a_diagram_with_the_fonts_of_the_book(
    drawings: dict[str, bytes], tmp_path: Path
) -> None:
    for name, drawing in drawings.items():
        (tmp_path / f"{name}.svg").write_bytes(drawing)
    page = "\n".join(f'#image("{name}.svg")' for name in drawings)
    (tmp_path / "page.typ").write_text(page, encoding="utf-8")

    pdf = typst.compile(tmp_path / "page.typ", root=tmp_path, font_paths=load_fonts("en").loaded)

    assert set(re.findall(rb"/BaseFont\s*/[A-Z]+\+(\w+)", _unpacked(pdf))) == {b"SourceSans3"}


def _unpacked(pdf: bytes) -> bytes:
    streams = re.findall(rb"/FlateDecode.*?stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL)
    return pdf + b"".join(zlib.decompressobj().decompress(stream) for stream in streams)


def test_the_same_text_gives_the_same_drawing_anywhere_at_any_time() -> None:
    elsewhere = subprocess.run(
        [sys.executable, "-c", DRAW, *UNSTEADY],
        cwd=ROOT,
        env={**os.environ, "TZ": "America/New_York"},
        check=True,
        capture_output=True,
        text=True,
    )
    here = b"".join(render("mermaid", source) for source in UNSTEADY)

    assert elsewhere.stdout.strip() == hashlib.sha256(here).hexdigest()


def test_a_diagram_does_not_depend_on_those_drawn_before(drawings: dict[str, bytes]) -> None:
    assert render("mermaid", CLASSES) == drawings["classes"]
    assert render("graphviz", GRAPH) == drawings["graph"]


@pytest.mark.parametrize(
    ("language", "source", "line", "said"),
    [
        ("mermaid", "flowchart LR\n  a --> b\n  b --> [\n", 3, "does not understand `b --> [`"),
        ("mermaid", "%% why\n\nflowchart LR\n  %% how\n\n  a --> [\n", 6, "`a --> [`"),
        ("mermaid", "---\ntitle: T\n---\nflowchart LR\n  a --> [\n", 5, "`a --> [`"),
        ("mermaid", 'pie\n  "a" : x\n', 2, '`"a" : x`'),
        ("mermaid", "flowchat LR\n", 1, "begin with flowchart"),
        ("mermaid", "%% nothing\n", None, "it is empty"),
        ("mermaid", "mindmap\n  a\nb\n", None, "There can be only one root"),
        ("mermaid", '%%{init: {"htmlLabels": true}}%%\nflowchart LR\n  a\n', None, "plain text"),
        ("dot", "digraph {\n  a -> b;\n  c -> [;\n}\n", 3, "a syntax error near `[`"),
        ("dot", 'digraph {\n  a [label="x]\n}\n', 3, "a syntax error"),
        ("dot", "digraph { a [label=<<b>x</i>>] }", None, "in the label of node a"),
        ("dot", "digraph { a [shape=sphere] }", None, "unknown shape sphere"),
        ("dot", 'digraph { a [image="a.png"] }', None, "a.png"),
        ("dot", "", None, "begin with digraph"),
    ],
)
def test_a_mistake_is_told_with_its_line(
    language: str, source: str, line: int | None, said: str
) -> None:
    with pytest.raises(DiagramError) as caught:
        render(language, source)

    assert caught.value.line == line
    assert said in caught.value.message
    assert "\n" not in caught.value.message


def test_what_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    diagrams._graphviz_program.cache_clear()
    monkeypatch.setattr(diagrams, "GRAPHVIZ", "graphviz-none")

    with pytest.raises(DiagramError, match=r"needs graphviz-none; run: .*build\.txt"):
        render("dot", GRAPH)


def test_the_fingerprint_names_what_draws() -> None:
    assert re.fullmatch(r"(\S+=\d\S* ?)+", diagrams.fingerprint())


MODEL = (
    '<mxGraphModel dx="{dx}"><root>'
    '<mxCell id="0"/><mxCell id="a" value="{value}"/>'
    "</root></mxGraphModel>"
)


def _drawing(model: str) -> str:
    return f'<mxfile><diagram id="p" name="Page">{model}</diagram></mxfile>'


def _packed(model: str) -> str:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    packed = packer.compress(urllib.parse.quote(model).encode()) + packer.flush()
    return base64.b64encode(packed).decode()


def _export(content: str | None) -> str:
    svg = ElementTree.Element("svg", {} if content is None else {"content": content})
    return ElementTree.tostring(svg, encoding="unicode")


@pytest.mark.parametrize("model", [MODEL, "packed"])
def test_a_drawing_is_shown_by_its_export(tmp_path: Path, model: str) -> None:
    source = tmp_path / "flow.drawio"
    source.write_text(_drawing(MODEL.format(dx=1, value="Client")), encoding="utf-8")
    copy = MODEL.format(dx=2, value="Client")
    content = _drawing(_packed(copy) if model == "packed" else copy)
    export = tmp_path / "flow.drawio.svg"
    export.write_text(_export(content), encoding="utf-8")

    assert drawio.exported(source) == export


@pytest.mark.parametrize(
    ("export", "said"),
    [
        (None, "it has no picture"),
        (_export(None), "holds no copy of the drawing"),
        (_export(_drawing(MODEL.format(dx=1, value="Server"))), "it was changed after"),
        (_export(_drawing("???")), "is no drawing of draw.io"),
        ("<svg", "is no drawing of draw.io"),
    ],
)
def test_an_export_that_does_not_show_the_drawing_is_told(
    tmp_path: Path, export: str | None, said: str
) -> None:
    source = tmp_path / "flow.drawio"
    source.write_text(_drawing(MODEL.format(dx=1, value="Client")), encoding="utf-8")
    if export is not None:
        (tmp_path / "flow.drawio.svg").write_text(export, encoding="utf-8")

    with pytest.raises(DiagramError, match=said):
        drawio.exported(source)


# As draw.io writes it: labels in HTML beside a text that may be cut short, colours for day and
# night, and a note for those who have no browser.
EXPORTED = """\
<svg xmlns="http://www.w3.org/2000/svg" style="color-scheme: light dark;" content="copy"
 width="202px" height="82px" viewBox="-0.5 -0.5 202 82">
<style>@supports (color: light-dark(#000, #fff)) { #a { --bg: light-dark(#fff, #000); } }</style>
<g><rect width="200" height="80" fill="#ffffff"
 style="fill: var(--bg, #e8f1fb); stroke: light-dark(rgb(47, 95, 152), var(--line, #121212));"/>
<switch><foreignObject width="100%" height="100%"
><div xmlns="http://www.w3.org/1999/xhtml" style="align-items: unsafe center; width: 98px;"
><div style="white-space: normal;">The client sends<br/>requests &amp; waits for a reply</div></div
></foreignObject><text x="100" y="44" fill="light-dark(#000000, #ffffff)"
 font-family="Helvetica" font-size="12px" text-anchor="middle">The client s...</text></switch></g>
<switch><g requiredFeatures="x"/><text>Text is not SVG - cannot display</text></switch>
</svg>
"""


def test_an_export_is_shown_without_a_browser(tmp_path: Path) -> None:
    path = tmp_path / "flow.drawio.svg"
    path.write_text(EXPORTED, encoding="utf-8")

    shown = drawio.picture(path)

    drawing = ElementTree.fromstring(shown)
    lines = list(drawing.iter(f"{SVG}tspan"))
    assert [line.text for line in lines] == [
        "The client sends",
        "requests & waits for",
        "a reply",
    ]
    assert [float(line.get("y", "")) for line in lines] == pytest.approx([29.6, 44, 58.4])
    assert len(list(drawing.iter(f"{SVG}text"))) == 1
    assert drawing.find(f".//{SVG}foreignObject") is None
    assert b"fill: #e8f1fb; stroke: rgb(47, 95, 152)" in shown
    assert not re.search(rb"light-dark|var\(|content=|cannot display|Helvetica", shown)


def test_a_label_that_only_browsers_show_is_told(tmp_path: Path) -> None:
    path = tmp_path / "flow.drawio.svg"
    path.write_text(re.sub(r"<text x=.*?</text>", "", EXPORTED, flags=re.DOTALL), encoding="utf-8")

    with pytest.raises(DiagramError, match="a label that only browsers show"):
        drawio.picture(path)


STORED = """\
flowchart LR
  Client --> Server
  %% region: inside
  Server --> Database
  %% endregion
"""
CHAPTER = "# Two\n\n{}\n"


def _book(root: Path, *infos: str) -> Path:
    """Write a book whose second chapter draws what these fences name."""
    book = make_book(root)
    write(book / "assets" / "flow.mmd", STORED)
    write(book / "assets" / "flow.dot", "// region: it\ndigraph { Alpha -> Beta }\n// endregion\n")
    write(book / "chapters" / "01_first" / "chapter.md", "# One\n\nText.\n")
    fences = "\n\n".join(f"```{{{info}}}\n```" for info in infos)
    write(book / "chapters" / "02_second" / "chapter.md", CHAPTER.format(fences))
    return book


def _drawn(book: Path) -> list[str]:
    """Build a book, and return the diagrams of its website."""
    done = build(book)
    assert (done.returncode, done.stderr) == (0, "")
    site = book / "book_build" / "html"
    page = (site / "second.html").read_text(encoding="utf-8")
    found = re.findall(r'<img[^>]*src="(assets/_diagrams/[^"]+)"', page)
    return [(site / name).read_text(encoding="utf-8") for name in found]


def test_a_stored_diagram_is_drawn_and_drawn_anew_when_it_changes(tmp_path: Path) -> None:
    info = '.mermaid include="assets/flow.mmd" #fig-flow caption="A *flow*" alt="Three boxes"'
    book = _book(tmp_path / "book", info, '.dot include="assets/flow.dot" region="it"')

    flow, graph = _drawn(book)
    assert all(word in flow for word in ("Client", "Server", "Database"))
    assert all(word in graph for word in ("Alpha", "Beta"))
    page = (book / "book_build" / "html" / "second.html").read_text(encoding="utf-8")
    assert 'alt="Three boxes"' in page
    assert "<em>flow</em>" in page
    assert "include=" not in page

    write(book / "assets" / "flow.mmd", STORED.replace("Client", "Reader"))
    flow, _ = _drawn(book)
    assert "Reader" in flow
    assert "Client" not in flow


def test_a_stored_diagram_is_drawn_in_every_format(tmp_path: Path) -> None:
    book = _book(tmp_path / "book", '.mermaid include="assets/flow.mmd"')

    done = build(book, *(f"--format={name}" for name in FORMATS))

    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("info", "said"),
    [
        ('.mermaid include="assets/flwo.mmd"', "did you mean 'assets/flow.mmd'?"),
        ('.mermaid include="../flow.mmd"', "'../flow.mmd' is outside the book"),
        ('.mermaid include="/flow.mmd"', "'/flow.mmd' is outside the book"),
        ('.dot include="assets"', "there is no file 'assets' to show"),
        ('.dot include="assets/flow.dot" region="its"', "has no region 'its'; did you mean 'it'?"),
        ('.mermaid include="assets/flow.mmd" lines="9"', 'lines="9" names no lines'),
        ('.mermaid include="assets/images/a pixel.png"', "is not UTF-8"),
        ('.mermaid output="src/app.py"', "a diagram is drawn from one file; write include="),
        ('.dot before="assets/flow.dot" include="assets/flow.dot"', "is drawn from one file"),
    ],
)
def test_a_stored_diagram_that_is_not_there_is_told_as_a_listing_is(
    tmp_path: Path, info: str, said: str
) -> None:
    book = _book(tmp_path / "book", info)

    for command in (BUILD, VALIDATE):
        done = run(command, "--book", book)
        told = [line for line in (done.stdout + done.stderr).splitlines() if said in line]
        assert done.returncode == 1
        assert len(told) == 1
        assert told[0].startswith("chapters/02_second/chapter.md:3:")


def test_a_diagram_has_either_lines_or_a_file(tmp_path: Path) -> None:
    book = _book(tmp_path / "book")
    both = '```{.mermaid include="assets/flow.mmd"}\nflowchart LR\n```'
    write(book / "chapters" / "02_second" / "chapter.md", CHAPTER.format(both))

    done = build(book)

    assert done.returncode == 1
    assert "chapter.md:3: the listing has lines of its own" in done.stderr


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        ("flow.mmd", "\n\nflowchart LR\n  a --> [\n", 4),
        ("flow.mmd", "%% region: it\n    flowchart LR\n      a --> [\n%% endregion\n", 3),
        ("flow.dot", "digraph {\n  a -> b;\n  c -> [;\n}\n", 3),
        ("flow.dot", "digraph { a [shape=sphere] }\n", None),
    ],
)
def test_a_mistake_in_a_stored_diagram_is_told_once_at_its_own_line(
    tmp_path: Path, name: str, text: str, line: int | None
) -> None:
    kind = "mermaid" if name.endswith(".mmd") else "dot"
    info = f'.{kind} include="assets/{name}"'
    book = _book(tmp_path / "book", info, f'{info} caption="Again"')
    write(book / "assets" / name, text)

    done = build(book)

    assert done.returncode == 1
    place = f"assets/{name}" if line is None else f"assets/{name}:{line}"
    (told,) = done.stderr.splitlines()
    assert told.startswith(f"{place}: the {kind} diagram cannot be drawn: ")


def test_no_test_is_asked_for_where_every_build_draws(tmp_path: Path) -> None:
    book = _book(tmp_path / "book", '.mermaid include="assets/flow.mmd"')
    write(book / "tests" / "test_app.py", "import src.app\n")

    done = run(VALIDATE, "--book", book, "--remarks", "--only", "untested")

    assert done.returncode == 0
    assert "flow.mmd" not in done.stdout
