"""Diagrams and charts are drawn from their sources, and all assets are known for what they are."""

from __future__ import annotations

import io
import itertools
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import msgspec
import numpy as np
import pytest
import typst
from PIL import Image

from tests.support import (
    FIRST,
    MAKE_ASSETS,
    PNG,
    VALIDATE,
    build,
    files_of,
    make_book,
    run,
    write,
)
from tools.build_scripts import charts
from tools.build_scripts.book import Problem
from tools.build_scripts.drawing import MARGIN, PAPER, SANS, Face, text_width
from tools.build_scripts.fonts import load_fonts

SVG = "{http://www.w3.org/2000/svg}"
DATA = "research/benchmarks/latency.csv"
LATENCY = "clients,flask,fastapi\n1,12.1,9.8\n100,96,21.5\n400,402.5,22\n"
CHART = """\
from assets.charts import _shared

from tools.build_scripts import charts


def draw() -> charts.Chart:
    rows = charts.read("research/benchmarks/latency.csv")
    figure, axes = charts.new_axes("Clients", "p99 (ms)")
    for name, key in _shared.STACKS.items():
        axes.plot([row["clients"] for row in rows], [row[key] for row in rows], label=name)
    axes.axhline(20, label="Goal", **charts.line(2))
    axes.set_yscale("log")
    charts.label_lines(axes)
    return charts.Chart(figure, "Latency -- by load", "Flask's grows & grows.", rows)
"""
BARS = """\
from tools.build_scripts import charts


def draw():
    rows = charts.read("research/benchmarks/latency.csv")
    figure, axes = charts.new_axes(height=200)
    names = [str(row["clients"]) for row in rows]
    axes.barh(names, [row["flask"] for row in rows], **charts.fill(1))
    charts.label_bars(axes, "{:.0f} ms")
    return charts.Chart(figure, "Bars", "Three bars.", rows)
"""
SHOWN = """
![Latency](../../assets/charts/latency.svg){#fig-latency}

![A flow](../../assets/diagrams/flow.svg)

```{.table include="assets/charts/latency.csv" #tbl-latency caption="The *data*"}
```

See @tbl-latency.
"""
FILES = {
    DATA: LATENCY,
    "assets/charts/_shared.py": 'STACKS = {"Flask": "flask", "FastAPI": "fastapi"}\n',
    "assets/charts/bars.py": BARS,
    "assets/charts/latency.py": CHART,
    "assets/diagrams/deps.dot": "digraph { a -> b }\n",
    "assets/diagrams/flow.mmd": "flowchart LR\n  Client --> Server\n",
    "chapters/01_first/chapter.md": FIRST + SHOWN,
}
DRAWN = {
    "assets/charts/bars.csv",
    "assets/charts/bars.svg",
    "assets/charts/latency.csv",
    "assets/charts/latency.svg",
    "assets/diagrams/deps.svg",
    "assets/diagrams/flow.svg",
}


def fill(book: Path) -> Path:
    """Give a book what is drawn."""
    for name, text in FILES.items():
        write(book / name, text)
    return book


def make_assets(
    book: Path, *arguments: str | Path, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run the command from the book's directory, in an environment of its own."""
    return subprocess.run(
        [sys.executable, str(MAKE_ASSETS), "--book", str(book), *map(str, arguments)],
        cwd=book,
        env={**os.environ, "PYTHONIOENCODING": "utf-8", **environment},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def assets_of(book: Path) -> dict[str, bytes]:
    return {f"assets/{name}": data for name, data in files_of(book / "assets").items()}


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A book whose assets are drawn."""
    book = fill(make_book(tmp_path_factory.mktemp("assets") / "book", formats=["html", "epub"]))
    done = make_assets(book)
    assert done.returncode == 0, done.stderr
    return book


@pytest.fixture
def book(drawn: Path, tmp_path: Path) -> Path:
    """A copy of it to spoil."""
    return Path(shutil.copytree(drawn, tmp_path / "book"))


def chart(book: Path) -> ElementTree.Element:
    return ElementTree.parse(book / "assets" / "charts" / "latency.svg").getroot()


def problems(book: Path, *arguments: str) -> list[str]:
    """Return what validation finds."""
    done = run(VALIDATE, "--book", book, "--format", "json", *arguments)
    assert done.returncode in {0, 1}, done.stderr
    return [
        str(Problem(one["path"], one["line"], one["message"]))
        for one in msgspec.json.decode(done.stdout)["findings"]
    ]


# What is drawn


def test_everything_with_a_source_is_drawn_once(drawn: Path) -> None:
    before = assets_of(drawn)

    assert before.keys() > DRAWN
    assert make_assets(drawn).stdout == "All assets are as they were.\n"
    assert make_assets(drawn, "--check").returncode == 0
    assert assets_of(drawn) == before
    assert not list(drawn.rglob("*.part"))


def test_a_chart_says_what_it_shows(drawn: Path) -> None:
    root = chart(drawn)
    words = {"".join(text.itertext()) for text in root.iter(f"{SVG}text")}

    assert root.get("role") == "img"
    assert root.findtext(f"{SVG}title") == "Latency -- by load"
    assert root.findtext(f"{SVG}desc") == "Flask's grows & grows."
    assert {"Flask", "FastAPI", "Goal", "p99 (ms)", "Clients", "100"} <= words
    table = (drawn / "assets" / "charts" / "latency.csv").read_text(encoding="utf-8")
    assert table == LATENCY
    bars = (drawn / "assets" / "charts" / "bars.svg").read_text(encoding="utf-8")
    assert ">402 ms<" in bars


def test_a_chart_stands_alone_in_the_font_of_the_book(drawn: Path) -> None:
    written = (drawn / "assets" / "charts" / "latency.svg").read_text(encoding="utf-8")

    families = re.findall(r'font-family[:=]"?(?:&quot;|")?([\w ]+)', written)
    assert set(families) == {"Source Sans 3"}
    assert "http" not in re.sub(r'xmlns(:\w+)?="[^"]*"', "", written)
    assert "<image" not in written


def test_letters_reach_the_edge_and_do_not_touch(drawn: Path) -> None:
    root = chart(drawn)
    left, _, width, _ = map(float, root.get("viewBox", "").split())
    bold = Face(SANS.family, SANS.generic, SANS.package, SANS.file, 700)
    size = charts.LETTERS / charts.POINT
    # The place of a text is also in its transform; the names of lines have none.
    labels = [text for text in root.iter(f"{SVG}text") if text.get("font-weight") == "700"]
    ends = [float(text.get("x", "")) + text_width(bold, text.text or "") * size for text in labels]
    heights = sorted(float(text.get("y", "")) for text in labels)

    assert len(labels) == 3
    assert max(ends) == pytest.approx(left + width - MARGIN / charts.POINT, abs=1)
    assert min(b - a for a, b in itertools.pairwise(heights)) >= size


def test_colours_follow_the_theme_and_typst_draws_the_light_ones(
    drawn: Path, tmp_path: Path
) -> None:
    written = (drawn / "assets" / "charts" / "latency.svg").read_bytes()
    page = '#set page(width: 480pt, height: 255pt, margin: 0pt)\n#image("latency.svg")'

    (tmp_path / "page.typ").write_text(page, encoding="utf-8")
    (tmp_path / "latency.svg").write_bytes(written)

    png = typst.compile(tmp_path / "page.typ", font_paths=load_fonts("en").loaded, format="png")

    dark = written.decode().partition("@media (prefers-color-scheme:dark){")[2]
    assert charts.SERIES[0].dark in dark.partition("</style>")[0]
    colours = {
        colour: count
        for count, colour in Image.open(io.BytesIO(png)).convert("RGB").getcolors(2**24) or ()
    }
    assert max(colours, key=colours.__getitem__) == _rgb(PAPER)
    for series in charts.SERIES[:3]:
        assert _rgb(series.light) in colours
        assert _rgb(series.dark) not in colours


def _rgb(colour: str) -> tuple[int, ...]:
    return tuple(bytes.fromhex(colour[1:]))


# How those who lack a kind of cone see light, in linear RGB: Machado, Oliveira and Fernandes, 2009.
SIGHT = {
    "all": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "no red": ((0.152, 1.053, -0.205), (0.115, 0.786, 0.099), (-0.004, -0.048, 1.052)),
    "no green": ((0.367, 0.861, -0.228), (0.280, 0.673, 0.047), (-0.012, 0.043, 0.969)),
    "no blue": ((1.256, -0.077, -0.179), (-0.078, 0.931, 0.148), (0.005, 0.691, 0.304)),
}
XYZ = ((0.4124, 0.3576, 0.1805), (0.2126, 0.7152, 0.0722), (0.0193, 0.1192, 0.9505))
WHITE = (0.9505, 1, 1.089)


def _linear(colour: str) -> np.ndarray:
    parts = np.array(_rgb(colour)) / 255
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def _lab(linear: np.ndarray) -> np.ndarray:
    ratios = np.array(XYZ) @ np.clip(linear, 0, 1) / WHITE
    x, y, z = np.where(ratios > 0.008856, np.cbrt(ratios), 7.787 * ratios + 16 / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("sight", SIGHT.values(), ids=SIGHT.keys())
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_series_differ_for_every_eye(theme: str, sight: tuple[tuple[float, ...], ...]) -> None:
    seen = [_lab(np.array(sight) @ _linear(getattr(series, theme))) for series in charts.SERIES]

    assert min(np.linalg.norm(a - b) for a, b in itertools.combinations(seen, 2)) > 15
    forms = {(series.marker, series.dash, series.hatch) for series in charts.SERIES}
    assert len(forms) == len(charts.SERIES)


@pytest.mark.parametrize(("theme", "ground"), [("light", PAPER), ("dark", charts.DARK_PAPER)])
def test_series_stand_out_from_the_ground(theme: str, ground: str) -> None:
    def luminance(colour: str) -> float:
        return float(np.dot(XYZ[1], _linear(colour))) + 0.05

    for series in charts.SERIES:
        pair = sorted([luminance(getattr(series, theme)), luminance(ground)])
        assert pair[1] / pair[0] >= 4.5  # their names are text


def test_the_same_sources_give_the_same_bytes_anywhere(drawn: Path, tmp_path: Path) -> None:
    other = fill(make_book(tmp_path / "another place", formats=["html", "epub"]))
    settings = tmp_path / "settings"
    write(settings / "matplotlibrc", "axes.ymargin: 0.4\nxtick.direction: in\n")

    previous = os.umask(0o077)
    try:
        done = make_assets(
            other,
            LC_ALL="C",
            TZ="Asia/Tokyo",
            PYTHONHASHSEED="7",
            MATPLOTLIBRC=str(settings),
            SOURCE_DATE_EPOCH="1000000000",
        )
    finally:
        os.umask(previous)

    assert done.returncode == 0, done.stderr
    assert assets_of(other) == assets_of(drawn)


def test_one_can_be_drawn_alone(book: Path) -> None:
    write(book / "assets/diagrams/flow.mmd", "flowchart LR\n  a --> b\n")
    write(book / "assets/diagrams/deps.dot", "digraph { c -> d }\n")

    done = make_assets(book, "--only", "assets/diagrams/flow.mmd")

    assert done.stdout == "Drew assets/diagrams/flow.svg\n"
    done = make_assets(book, "--only", "assets/diagrams/none.mmd")
    assert done.returncode == 1
    assert done.stderr.startswith("assets/diagrams/none.mmd: is neither drawn")


BAD_SCRIPTS = {
    "data.py": (
        f'from tools.build_scripts import charts\n\ncharts.read("{DATA}2")\n',
        3,
        "there is no file research/benchmarks/latency.csv2",
    ),
    "ends.py": ("import os\nos._exit(3)\n", None, "ended its process with code 3"),
    "fails.py": (
        CHART.replace('row["clients"]', 'row["client"]'),
        10,
        "the script failed: KeyError: 'client'",
    ),
    "network.py": (
        'import socket\nsocket.create_connection(("127.0.0.1", 9))\n',
        2,
        "the script asks the network",
    ),
    "none.py": ("x = 1\n", None, "returns no chart; define"),
    "nothing.py": (
        CHART.replace(f'charts.read("{DATA}")', '[{"clients": 1, "flask": 2, "fastapi": 3}]'),
        None,
        "reads no file below research/",
    ),
    "rows.py": (CHART.replace(", rows)", ", [])"), None, "the chart has no rows"),
    "series.py": (CHART.replace("charts.line(2)", "charts.line(4)"), 11, "only 4 series can be"),
    "syntax.py": ("def draw(:\n", 1, "is not Python"),
    "title.py": (CHART.replace("Latency -- by load", " "), None, "the chart has no title"),
}
BAD_DIAGRAMS = {
    "bad.dot": ("digraph {\n  a -> [\n}\n", 2, "cannot be drawn: Graphviz finds a syntax error"),
    "wrong.mmd": ("flowchart LR\n  a --> [\n", 2, "cannot be drawn: Mermaid does not understand"),
}


def test_what_cannot_be_drawn_is_told_with_its_line_and_nothing_is_written(tmp_path: Path) -> None:
    book = fill(make_book(tmp_path / "book"))
    for name, (text, _, _) in BAD_SCRIPTS.items():
        write(book / "assets" / "charts" / name, text)
    for name, (text, _, _) in BAD_DIAGRAMS.items():
        write(book / "assets" / "diagrams" / name, text)
    before = assets_of(book)

    done = make_assets(book)

    assert done.returncode == 1
    assert assets_of(book) == before
    expected = {f"assets/charts/{name}": rest[1:] for name, rest in BAD_SCRIPTS.items()}
    expected |= {f"assets/diagrams/{name}": rest[1:] for name, rest in BAD_DIAGRAMS.items()}
    told = {line.partition(": ")[0]: line for line in done.stderr.splitlines()}
    for path, (line, said) in expected.items():
        place = path if line is None else f"{path}:{line}"
        assert said in told.pop(place, ""), (place, done.stderr)
    assert [*told] == [f"{len(expected)} problems."]


def test_a_script_without_an_end_is_told_where_it_was(tmp_path: Path) -> None:
    book = make_book(tmp_path / "book")
    write(book / "assets/charts/hangs.py", "def draw():\n    while True:\n        pass\n")

    done = make_assets(book, "--seconds", "0.5")

    assert done.returncode == 1
    found = re.fullmatch(r"assets/charts/hangs\.py:(\d): (.*)\n", done.stderr)
    assert found is not None, done.stderr
    assert found[1] in "23"
    assert found[2] == "was not done after 0.5 seconds, when it was here."


def test_a_file_that_somebody_made_is_not_overwritten(tmp_path: Path) -> None:
    book = fill(make_book(tmp_path / "book"))
    write(book / "assets/charts/latency.csv", "mine\n")
    write(book / "assets/diagrams/flow.svg", "<svg/>\n")
    write(book / "assets/diagrams/deps.mmd", "flowchart LR\n  a --> b\n")

    done = make_assets(book)

    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "assets/charts/latency.csv: is in the way of assets/charts/latency.py, which is drawn to "
        "it; rename one of them.",
        "assets/diagrams/deps.mmd: is drawn to assets/diagrams/deps.svg, as "
        "assets/diagrams/deps.dot is; rename one of them.",
        "assets/diagrams/flow.svg: is in the way of assets/diagrams/flow.mmd, which is drawn to "
        "it; rename one of them.",
        "3 problems.",
    ]
    assert (book / "assets/diagrams/flow.svg").read_text(encoding="utf-8") == "<svg/>\n"


def test_an_index_that_somebody_wrote_is_not_overwritten(tmp_path: Path) -> None:
    book = make_book(tmp_path / "book")
    write(book / "assets/INDEX.md", "# Mine\n")

    done = make_assets(book)

    assert done.returncode == 1
    assert done.stderr == "assets/INDEX.md: is in the way of the index of assets; rename it.\n"
    assert (book / "assets/INDEX.md").read_text(encoding="utf-8") == "# Mine\n"


# What readers see


def test_the_chart_and_its_data_are_in_the_book(drawn: Path) -> None:
    done = build(drawn, *itertools.chain(*(("-f", name) for name in ("html", "epub", "markdown"))))
    assert done.returncode == 0, done.stderr
    svg = (drawn / "assets/charts/latency.svg").read_bytes()

    html = (drawn / "book_build/html/first.html").read_text(encoding="utf-8")
    assert (drawn / "book_build/html/assets/charts/latency.svg").read_bytes() == svg
    assert re.search(r"<caption .*Table\s1\.1<.*The <em>data</em></caption>", html)
    assert re.search(r'<td style="text-align: right;">402.5</td>', html)
    with zipfile.ZipFile(drawn / "book_build/epub/tiny.epub") as epub:
        assert svg in {epub.read(name) for name in epub.namelist() if name.endswith(".svg")}
    markdown = (drawn / "book_build/markdown/tiny.md").read_text(encoding="utf-8")
    assert "|     400 | 402.5 |      22 |" in markdown


# The index


def test_the_index_says_what_there_is_and_where_it_is_shown(drawn: Path) -> None:
    index = (drawn / "assets/INDEX.md").read_text(encoding="utf-8")
    rows = {cells[1]: cells[2:-1] for cells in _cells(index)}

    assert [*rows] == [
        "[charts/\\_shared.py](charts/_shared.py)",
        "[charts/bars.svg](charts/bars.svg)",
        "[charts/latency.svg](charts/latency.svg)",
        "[diagrams/deps.svg](diagrams/deps.svg)",
        "[diagrams/flow.svg](diagrams/flow.svg)",
        "[images/a pixel.png](images/a%20pixel.png)",
    ]
    kind, source, licence, size, shown = rows["[charts/latency.svg](charts/latency.svg)"]
    assert kind == "chart"
    assert source.startswith("[latency.py](charts/latency.py), ")
    assert "[latency.csv](../research/benchmarks/latency.csv)" in source
    assert licence == "CC-BY-4.0"
    assert re.fullmatch(r"\d\d kB", size)
    assert shown.endswith("](../chapters/01_first/chapter.md)")
    assert rows["[diagrams/deps.svg](diagrams/deps.svg)"][-1] == ""
    assert rows["[images/a pixel.png](images/a%20pixel.png)"][:3] == ["bitmap", "own", "CC-BY-4.0"]


def test_no_book_needs_an_index(book: Path) -> None:
    (book / "assets/INDEX.md").unlink()

    checked = make_assets(book, "--check")

    assert (checked.returncode, checked.stderr) == (0, "")
    assert not (book / "assets/INDEX.md").exists()
    assert make_assets(book).stdout == "Wrote assets/INDEX.md\n"


def _cells(index: str) -> Iterator[list[str]]:
    for line in index.splitlines():
        if line.startswith("| ["):
            yield [cell.strip() for cell in re.split(r"(?<!\\)\|", line)]


def test_the_index_of_a_book_without_assets_is_none(tmp_path: Path) -> None:
    book = make_book(tmp_path / "book")
    assert make_assets(book).stdout == "Wrote assets/INDEX.md\n"
    write(book / "chapters/01_first/chapter.md", "# First\n\n## Waiting\n\nText.\n")
    (book / "assets/images/a pixel.png").unlink()

    assert make_assets(book, "--check").returncode == 1
    assert make_assets(book).stdout == "Deleted assets/INDEX.md: there are no assets\n"
    assert not (book / "assets/INDEX.md").exists()
    assert make_assets(book).stdout == "All assets are as they were.\n"


# What validation finds


def test_a_book_whose_assets_are_in_order_has_no_problems(drawn: Path) -> None:
    assert problems(drawn) == []


CHAPTER = "chapters/01_first/chapter.md"
ONE_IMAGE = "# First\n\n## Waiting\n\n![Latency](../../assets/charts/latency.svg)\n"
# What is written into a book in order (None: deleted), and what validation then says.
SPOILT: dict[str, tuple[dict[str, str | None], list[str]]] = {
    "missing": (
        {"assets/diagrams/deps.svg": None},
        ["assets/diagrams/deps.dot: assets/diagrams/deps.svg is not drawn yet; run: make assets"],
    ),
    "missing and shown": (
        {"assets/charts/latency.svg": None, "assets/charts/latency.csv": None, CHAPTER: ONE_IMAGE},
        [
            f"{CHAPTER}:5: image '../../assets/charts/latency.svg' is not drawn yet from "
            "assets/charts/latency.py; run: make assets"
        ],
    ),
    "changed script": (
        {"assets/charts/bars.py": BARS + "\n"},
        [
            "assets/charts/bars.svg: is older than what it is drawn from (assets/charts/bars.py, "
            f"{DATA}); run: make assets"
        ],
    ),
    "changed data": (
        {DATA: LATENCY + "800,900,50\n"},
        [
            "assets/charts/bars.svg: is older than what it is drawn from (assets/charts/bars.py, "
            f"{DATA}); run: make assets",
            "assets/charts/latency.svg: is older than what it is drawn from "
            f"(assets/charts/latency.py, assets/charts/_shared.py, {DATA}); run: make assets",
        ],
    ),
    "changed table": (
        {"assets/charts/latency.csv": LATENCY.replace("402.5", "302.5")},
        [
            "assets/charts/latency.svg: was changed by hand; change assets/charts/latency.py "
            "instead, and run: make assets"
        ],
    ),
    "source gone": (
        {"assets/diagrams/deps.dot": None},
        [
            "assets/diagrams/deps.svg: was drawn from assets/diagrams/deps.dot, which is gone; "
            "delete it as well."
        ],
    ),
    "old index": (
        {CHAPTER: FIRST + SHOWN + "\n![Bars](../../assets/charts/bars.svg)\n"},
        ["assets/INDEX.md: is not what there is now; run: make assets"],
    ),
    "no entry": (
        {"assets/sources.yml": None, "assets/INDEX.md": None},
        [
            f"{CHAPTER}:28: image '../../assets/images/a%20pixel.png' has no source or licence "
            "noted; write `assets/images/a pixel.png: own` into assets/sources.yml, or whose it is."
        ],
    ),
    "no file": (
        {"assets/sources.yml": "assets/images/*: own\nassets/fonts/*.ttf: own\na.png: own\n"},
        [
            "assets/sources.yml:2: there is no file assets/fonts/*.ttf; delete the entry or mend "
            "its path.",
            "assets/sources.yml:3: there is no file a.png; delete the entry or mend its path.",
        ],
    ),
    "no YAML": (
        {
            "assets/sources.yml": "# Sources\na: [\n",
            "assets/INDEX.md": None,
            CHAPTER: "# T\n\n## Waiting\n",
        },
        ["assets/sources.yml:2: is not YAML: expected the node content, but found '<stream end>'."],
    ),
    "no list": (
        {"assets/sources.yml": "- a\n", "assets/INDEX.md": None, CHAPTER: "# T\n\n## Waiting\n"},
        ["assets/sources.yml:1: is no list of paths; its head shows how to write one."],
    ),
    "large drawing": (
        {
            "assets/images/large.svg": f"<svg><!--{'x' * 600_000}--></svg>\n",
            "assets/sources.yml": "assets/images/*: own\n",
            "assets/INDEX.md": None,
            CHAPTER: "# First\n\n## Waiting\n\n![Large](../../assets/images/large.svg)\n",
        },
        [
            "assets/images/large.svg: has 600 kB, and more than 500 are slow to show; draw fewer "
            "points or simpler outlines, or save it as PNG."
        ],
    ),
    "wrong limits": (
        {"pyproject.toml": '[project]\nversion = "1"\n[tool.book.assets]\nbitmap = 3\n'},
        [
            "pyproject.toml: [tool.book.assets] cannot be read: Object contains unknown field "
            "`bitmap`."
        ],
    ),
}


@pytest.mark.parametrize(("changes", "expected"), SPOILT.values(), ids=SPOILT.keys())
def test_a_defect_is_told_once(
    book: Path, changes: dict[str, str | None], expected: list[str]
) -> None:
    for name, text in changes.items():
        if text is None:
            (book / name).unlink()
        else:
            write(book / name, text)

    assert problems(book) == expected


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("a.png: mine", "1: 'mine' does not say where a.png comes from; write `own`, or source,"),
        ("a.png:", "1: '' does not say where a.png comes from"),
        ("a.png: [own]", "1: the entry for a.png has no source and no author and no license"),
        ("a.png:\n  source: x\n  licence: y", "3: the entry for a.png has something unknown here"),
        ("a.png:\n  source: x\n  author: y", "1: the entry for a.png has no license; write"),
        ("a.png: own\na.png: own", "2: there are two entries for a.png; delete one of them."),
        ("[a]: own", "1: an entry begins with a path."),
    ],
)
def test_an_entry_that_says_too_little_is_told_with_its_line(
    tmp_path: Path, entry: str, said: str
) -> None:
    book = make_book(tmp_path / "book")
    (book / "a.png").write_bytes(PNG)
    write(book / "assets/sources.yml", f"{entry}\n")
    write(book / CHAPTER, "# First\n\n## Waiting\n\nText.\n")

    [found] = problems(book)

    assert found.startswith(f"assets/sources.yml:{said}")
    done = make_assets(book)
    assert done.returncode == 1
    assert done.stderr.startswith(f"assets/sources.yml:{said}")


def test_bitmaps_that_are_too_large_are_told_by_the_limits_of_the_book(tmp_path: Path) -> None:
    book = make_book(tmp_path / "book")
    images = book / "assets" / "images"
    Image.new("1", (4000, 10)).save(images / "wide.png")
    noise = np.random.default_rng(1).integers(0, 255, (700, 700, 3), "uint8")
    Image.fromarray(noise).save(images / "heavy.png")
    size = round((images / "heavy.png").stat().st_size / 1000)
    write(book / "assets/sources.yml", "assets/images/*: own\n")
    shown = "\n\n".join(f"![I](../../assets/images/{name}.png)" for name in ("wide", "heavy"))
    write(book / CHAPTER, f"# First\n\n## Waiting\n\n{shown}\n")

    assert problems(book) == [
        f"assets/images/heavy.png: has {size} kB, and more than 1000 are slow to load; resize it "
        "to 1600 pixels, and save a photo as JPEG.",
        "assets/images/wide.png: is 4000 pixels wide, of which a page shows half at best; resize "
        "it to 1600 pixels, and save a photo as JPEG.",
    ]
    limits = "[tool.book.assets]\nbitmap-kb = 2000\nbitmap-pixels = 5000\n"
    write(book / "pyproject.toml", f'[project]\nversion = "1.0"\n{limits}')
    assert problems(book) == []


def test_a_cover_needs_a_source(tmp_path: Path) -> None:
    book = make_book(tmp_path / "book")
    (book / "assets/images/cover.png").write_bytes(PNG)

    assert problems(book) == [
        "assets/images/cover.png: has no source or licence noted; write `assets/images/cover.png: "
        "own` into assets/sources.yml, or whose it is."
    ]


def test_assets_that_nothing_refers_to_are_remarks(book: Path) -> None:
    write(book / "assets/code_snippets/linked.py", "x = 1\n")
    write(book / "assets/code_snippets/lost.py", "x = 1\n")
    write(book / "assets/images/lost.svg", "<svg/>\n")
    write(book / "assets/images/noted.svg", "<svg/>\n")
    write(book / "assets/diagrams/lost.drawio", "<mxfile/>\n")
    write(book / "assets/diagrams/lost.drawio.svg", "<svg/>\n")
    write(book / "assets/sources.yml", "assets/images/[an]*: own\n")
    write(book / "notes.md", "# Notes\n\n[code](assets/code_snippets/linked.py)\n")
    (book / "assets/INDEX.md").unlink()

    found = [line for line in problems(book, "--remarks") if "refers to it" in line]

    assert [line.partition(": ")[0] for line in found] == [
        "assets/charts/bars.svg",
        "assets/code_snippets/lost.py",
        "assets/diagrams/deps.svg",
        "assets/diagrams/lost.drawio",
        "assets/images/lost.svg",
    ]


def test_an_old_export_of_draw_io_is_told(book: Path) -> None:
    write(book / "assets/diagrams/pool.drawio", "<mxfile/>\n")

    done = make_assets(book)

    assert done.returncode == 1
    assert done.stderr.startswith("assets/diagrams/pool.drawio: it has no picture: open it in")


# This book's own


def test_the_assets_of_this_book_are_as_they_are_drawn() -> None:
    done = run(MAKE_ASSETS, "--check")

    assert done.returncode == 0, done.stderr
