"""Charts of the book's data, drawn by the scripts below assets/charts with Matplotlib.

A script defines `draw`, which takes nothing and returns a Chart:

    from tools.build_scripts import charts

    def draw() -> charts.Chart:
        rows = charts.read("research/benchmarks/latency.csv")
        figure, axes = charts.new_axes("Clients", "p99 (ms)")
        axes.plot([row["clients"] for row in rows], [row["p99"] for row in rows], label="FastAPI")
        charts.label_lines(axes)
        return charts.Chart(figure, "Latency by load", "It grows with the clients.", rows)

`make assets` writes the drawing and its data beside the script.
"""

from __future__ import annotations

import csv
import io
import re
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import matplotlib as mpl
import msgspec.json
import msgspec.yaml
from cycler import cycler
from matplotlib import style
from matplotlib.axes import Axes
from matplotlib.container import BarContainer
from matplotlib.figure import Figure
from matplotlib.font_manager import FontEntry, fontManager
from matplotlib.lines import Line2D
from matplotlib.ticker import LogFormatter, NullFormatter, StrMethodFormatter

from tools.build_scripts.drawing import (
    BOLD,
    INK,
    LINE,
    MARGIN,
    MUTED,
    PAPER,
    REGULAR,
    SANS,
    SVG,
    XLINK,
    Face,
    Frame,
    finish,
    instance,
)

# The widest figure that a page of the website shows without shrinking, and a third more than the
# printed column holds: so its letters are a little smaller than the text's in both.
WIDTH = 640
HEIGHT = 340
LETTERS = 15
POINTS_PER_INCH = 72
# In CSS pixels.
POINT = 4 / 3

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Series:
    """How one series is told from the others: by its colour, and also by a form.

    Attributes:
        light: its colour on white.
        dark: its colour in a dark page.
        marker, dash, hatch: its form, in Matplotlib's words.
    """

    light: str
    dark: str
    marker: str
    dash: str
    hatch: str


# More than four cannot be told apart at a glance: draw several charts, or grey all but one.
# The colours are far apart for every kind of colour blindness (tests/test_assets.py).
SERIES = (
    Series("#1d5bbf", "#6fa3ff", "o", "-", ""),
    Series("#bf5300", "#ef8a3c", "s", "--", "////"),
    Series("#0b8573", "#a6ead6", "^", "-.", "...."),
    Series("#6b1650", "#c66fb0", "D", ":", "xxxx"),
)
# Colours that theme/book.css has for the two themes.
DARK_PAPER = "#11151b"
DARK = {
    PAPER: DARK_PAPER,
    INK: "#d9dfe8",
    MUTED: "#9aa5b4",
    LINE: "#3d4652",
    **{series.light: series.dark for series in SERIES},
}


@dataclass(frozen=True)
class Chart:
    """A chart that was drawn.

    Attributes:
        figure: the drawing.
        title: what it shows, in a few words.
        description: what there is to see in it, for those who cannot see it.
        rows: the data that is drawn; their names head the columns of the table.
    """

    figure: Figure
    title: str
    description: str
    rows: Sequence[Row]


class ChartError(Exception):
    """A script asks for something that cannot be drawn; the message says what to do."""


def read(path: str) -> Any:
    """Return the data of a CSV, JSON or YAML file, its path relative to the book's root.

    The rows of a CSV are dictionaries by the names of its first line, its numbers are numbers.

    Raises:
        ChartError: it does not exist or is something else.
    """
    file = Path(path)
    if not file.is_file():
        raise ChartError(f"there is no file {path}; paths begin at the book's directory")
    try:
        if file.suffix == ".csv":
            return _read_csv(file.read_text(encoding="utf-8-sig"))
        if file.suffix == ".json":
            return msgspec.json.decode(file.read_bytes())
        if file.suffix in {".yml", ".yaml"}:
            return msgspec.yaml.decode(file.read_bytes())
    except (csv.Error, msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ChartError(f"{path} cannot be read: {' '.join(str(error).split())}") from error
    raise ChartError(f"{path} is no CSV, JSON or YAML")


def _read_csv(text: str) -> list[Row]:
    rows = csv.DictReader(io.StringIO(text, newline=""), strict=True, restkey="", restval="")
    found: list[Row] = []
    for row in rows:
        if "" in row:
            raise csv.Error(f"line {rows.line_num} has more values than the first line has names")
        found.append({name: _value(value) for name, value in row.items()})
    return found


def _value(text: str) -> str | int | float:
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text


def new_axes(x: str = "", y: str = "", *, height: int = HEIGHT) -> tuple[Figure, Axes]:
    """Return a new figure in the house style, and its axes.

    Args:
        x: what runs along the horizontal axis, with its unit.
        y: what the vertical axis measures, with its unit; it is written above it, to be read
            without turning the head.
        height: in CSS pixels; the width is that of the text.
    """
    mpl.rcdefaults()  # whatever the machine's own settings say
    style.use(_style())
    size = ((WIDTH - 2 * MARGIN) / POINT, (height - 2 * MARGIN) / POINT)
    figure = Figure(figsize=(size[0] / POINTS_PER_INCH, size[1] / POINTS_PER_INCH))
    axes = figure.subplots()
    axes.set_xlabel(x)
    axes.set_title(y)
    return figure, axes


def line(number: int) -> dict[str, Any]:
    """Return how a series is drawn as a line, for `axes.plot`; the first is 0.

    The lines of a chart get this by themselves in their order.
    """
    series = _series(number)
    return {"color": series.light, "marker": series.marker, "linestyle": series.dash}


def fill(number: int) -> dict[str, Any]:
    """Return how a series is drawn as an area, for `axes.bar` or `axes.barh`; the first is 0."""
    series = _series(number)
    return {"facecolor": series.light, "edgecolor": PAPER, "hatch": series.hatch, "linewidth": 0}


def _series(number: int) -> Series:
    if 0 <= number < len(SERIES):
        return SERIES[number]
    raise ChartError(
        f"only {len(SERIES)} series can be told apart; draw several charts, or fewer lines"
    )


def label_lines(axes: Axes) -> None:
    """Write the name of every line beside its end, where no legend has to be matched to it."""
    lines = [drawn for drawn in axes.get_lines() if not str(drawn.get_label()).startswith("_")]
    figure = axes.get_figure(root=True)
    assert figure is not None
    gap = LETTERS / POINT * 1.25
    ends = {drawn: _end(drawn) for drawn in lines}
    _fit(figure)
    wanted = {drawn: float(axes.transData.transform(end)[1]) for drawn, end in ends.items()}
    placed = _spread(wanted, gap * figure.dpi / POINTS_PER_INCH)
    for drawn, end in ends.items():
        shift = (placed[drawn] - wanted[drawn]) * POINTS_PER_INCH / figure.dpi
        axes.annotate(
            str(drawn.get_label()),
            end,
            (8, shift),
            textcoords="offset points",
            verticalalignment="center",
            color=drawn.get_color(),
            fontweight="bold",
            annotation_clip=False,
        )


def label_bars(axes: Axes, form: str = "{:g}") -> None:
    """Write its value at the end of every bar, which makes the axis of values superfluous.

    Args:
        axes: bars were drawn in them, by `axes.bar` or `axes.barh`.
        form: how a value is written, in the words of `str.format`.
    """
    bars = [drawn for drawn in axes.containers if isinstance(drawn, BarContainer)]
    for drawn in bars:
        axes.bar_label(drawn, fmt=form, padding=3)
    axes.grid(visible=False)
    is_lying = any(drawn.orientation == "horizontal" for drawn in bars)
    (axes.xaxis if is_lying else axes.yaxis).set_visible(False)
    # The line that bars stand on.
    axes.spines["left"].set_visible(is_lying)
    axes.spines["bottom"].set_visible(not is_lying)


def _end(drawn: Line2D) -> tuple[float, float]:
    points: Any = drawn.get_xydata()
    x, y = points[-1]
    return float(x), float(y)


def _spread(wanted: Mapping[Line2D, float], gap: float) -> dict[Line2D, float]:
    """Return heights that keep a gap between each other, as near to those wanted as can be."""
    # Neighbours that are too near form a group around the middle of what they want.
    groups: list[list[Line2D]] = []
    for drawn in sorted(wanted, key=lambda drawn: wanted[drawn]):
        groups.append([drawn])
        while len(groups) > 1 and _bottom(groups[-1], wanted, gap) < (
            _bottom(groups[-2], wanted, gap) + gap * len(groups[-2])
        ):
            last = groups.pop()
            groups[-1] += last
    return {
        drawn: _bottom(group, wanted, gap) + gap * place
        for group in groups
        for place, drawn in enumerate(group)
    }


def _bottom(group: Sequence[Line2D], wanted: Mapping[Line2D, float], gap: float) -> float:
    return sum(wanted[drawn] for drawn in group) / len(group) - gap * (len(group) - 1) / 2


def _style() -> dict[str, Any]:
    """Return the house style: the book's font and colours, and nothing that carries no data."""
    letters = LETTERS / POINT
    return {
        "font.family": [SANS.family],
        "font.size": letters,
        "mathtext.fontset": "custom",
        **{f"mathtext.{shape}": SANS.family for shape in ("rm", "it", "bf", "sf", "cal", "tt")},
        "text.hinting": "none",
        "svg.fonttype": "none",
        "svg.hashsalt": "chart",
        "figure.facecolor": PAPER,
        "text.color": INK,
        "axes.facecolor": "none",
        "axes.edgecolor": MUTED,
        "axes.labelcolor": MUTED,
        "axes.titlecolor": MUTED,
        "axes.titlelocation": "left",
        "axes.titlesize": letters,
        "axes.titlepad": 10,
        "axes.labelpad": 6,
        "axes.linewidth": 0.8,
        "axes.xmargin": 0.02,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.spines.left": False,
        "axes.grid": True,
        "axes.grid.axis": "y",
        "axes.axisbelow": True,
        "axes.formatter.useoffset": False,
        "axes.formatter.limits": [-5, 7],
        "axes.formatter.min_exponent": 6,
        "axes.prop_cycle": cycler(
            color=[series.light for series in SERIES],
            marker=[series.marker for series in SERIES],
            linestyle=[series.dash for series in SERIES],
        ),
        "grid.color": LINE,
        "grid.linewidth": 0.7,
        "lines.linewidth": 1.8,
        "lines.markersize": 5.5,
        "lines.markeredgewidth": 0,
        "hatch.color": PAPER,
        "hatch.linewidth": 1,
        "xtick.color": MUTED,
        "ytick.color": MUTED,
        "xtick.labelcolor": INK,
        "ytick.labelcolor": INK,
        "xtick.major.width": 0.8,
        "ytick.major.size": 0,
        "xtick.minor.size": 0,
        "ytick.minor.size": 0,
        "legend.frameon": False,
    }


# What becomes of a drawing -----------------------------------------------------------------

STYLE = re.compile(r"([\w-]+):\s*([^;]+)")
NUMBER = re.compile(r"-?\d+\.\d+(?:e-?\d+)?")
NUMERIC = frozenset({"d", "height", "points", "transform", "width", "x", "y"})
HREF = f"{{{XLINK}}}href"
PART_LINK, PART_ADDRESS = re.compile(r"#([\w-]+)"), re.compile(r"url\(#([\w-]+)\)")
NO_TURN = re.compile(r"^rotate\(-?0(?:\.0*)? [^)]*\)$")


def register_fonts(directory: Path) -> None:
    """Give Matplotlib the book's font to measure text with, and no font of the machine's.

    Args:
        directory: an empty one, which the fonts are written to and stay in.
    """
    carried = Path(mpl.get_data_path())
    fontManager.ttflist = [
        font for font in fontManager.ttflist if Path(font.fname).is_relative_to(carried)
    ]
    for weight in (REGULAR, BOLD):
        file = directory / f"sans-{weight}.ttf"
        face = Face(SANS.family, SANS.generic, SANS.package, SANS.file, weight)
        file.write_bytes(instance(face))
        font = FontEntry(str(file), name=SANS.family, weight=weight, size="scalable")
        fontManager.ttflist.append(font)


def svg(chart: Chart) -> bytes:
    """Return a chart as the SVG that every format shows: text is text, colours follow the theme."""
    root = ElementTree.fromstring(_drawn(chart.figure))
    for unwanted in root.findall(f"{{{SVG}}}metadata"):
        root.remove(unwanted)
    for element in root.iter():
        _settle(element)
    _number_parts(root)
    width, height = (size * POINTS_PER_INCH for size in chart.figure.get_size_inches())
    drawn = ElementTree.fromstring(finish(root, Frame(0, 0, width, height, POINT)))
    _name(drawn, chart)
    drawn.insert(2, _dark_style(drawn))
    return ElementTree.tostring(drawn, encoding="unicode").encode() + b"\n"


def _drawn(figure: Figure) -> bytes:
    """Return what Matplotlib draws, the axes filling the figure."""
    _write_plainly(figure)
    _fit(figure)
    file = io.BytesIO()
    with warnings.catch_warnings():
        # Another font draws them, the reader's or the PDF's.
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        figure.savefig(file, format="svg", metadata={"Date": None, "Creator": None})
    return file.getvalue()


def _write_plainly(figure: Figure) -> None:
    """Write the numbers of logarithmic axes as text, not as formulas."""
    for axes in figure.axes:
        for axis in (axes.xaxis, axes.yaxis):
            if isinstance(axis.get_major_formatter(), LogFormatter):
                axis.set_major_formatter(StrMethodFormatter("{x:g}"))
                axis.set_minor_formatter(NullFormatter())


def _fit(figure: Figure) -> None:
    """Move the edges of the axes so that the outermost letters touch those of the figure.

    It is computed of what is drawn, and so once more when the ticks have changed with the room.
    """
    for _ in range(2):
        figure.draw_without_rendering()
        drawn = figure.get_tightbbox()
        width, height = figure.get_size_inches()
        edges = figure.subplotpars
        figure.subplots_adjust(
            left=edges.left - drawn.x0 / width,
            right=edges.right + (width - drawn.x1) / width,
            bottom=edges.bottom - drawn.y0 / height,
            top=edges.top + (height - drawn.y1) / height,
        )


def _settle(element: Element) -> None:
    """Make attributes of an element's style, and numbers as short as can be seen.

    Attributes can be overruled by the rules of a theme. The last decimals of a number may differ
    from one kind of processor to another.
    """
    for name, value in STYLE.findall(element.attrib.pop("style", "")):
        element.set(name, value.strip())
    for name in NUMERIC.intersection(element.keys()):
        element.set(name, " ".join(NUMBER.sub(_rounded, element.get(name, "")).split()))
    if NO_TURN.match(element.get("transform", "")):
        del element.attrib["transform"]


def _number_parts(root: Element) -> None:
    """Number the parts that others refer to.

    Matplotlib names them by the hashes of numbers that are not rounded yet.
    """
    names: dict[str, str] = {}
    for element in root.iter():
        for attribute, value in element.items():
            pattern = PART_LINK if attribute == HREF else PART_ADDRESS
            match = pattern.fullmatch(value)
            if match is not None:
                name = names.setdefault(match[1], f"part-{len(names) + 1}")
                element.set(attribute, value.replace(match[1], name))
    for element in root.iter():
        named = element.attrib.pop("id", None)
        if named in names:
            element.set("id", names[named])


def _rounded(number: re.Match[str]) -> str:
    short = f"{float(number[0]):.2f}".rstrip("0").rstrip(".")
    return "0" if short == "-0" else short


def _name(root: Element, chart: Chart) -> None:
    """Say what a drawing shows to those who cannot see it."""
    root.set("role", "img")
    root.set("aria-labelledby", "title desc")
    for place, (name, text) in enumerate((("title", chart.title), ("desc", chart.description))):
        element = Element(f"{{{SVG}}}{name}", {"id": name})
        element.text = text
        root.insert(place, element)


def _dark_style(root: Element) -> Element:
    """Return the rules that change the colours in a dark page.

    Browsers tell a picture the theme of the page that shows it; Typst knows no such rules.
    """
    used = {(name, element.get(name, "")) for element in root.iter() for name in ("fill", "stroke")}
    rules = "".join(
        f'[{name}="{light}"]{{{name}:{dark}!important}}'
        for light, dark in DARK.items()
        for name in ("fill", "stroke")
        if (name, light) in used
    )
    element = Element(f"{{{SVG}}}style")
    element.text = f"@media (prefers-color-scheme:dark){{{rules}}}"
    return element


def table(chart: Chart) -> bytes:
    """Return the data of a chart as CSV (RFC 4180, but with the line ends of text files)."""
    names = list(dict.fromkeys(name for row in chart.rows for name in row))
    file = io.StringIO(newline="")
    writer = csv.DictWriter(file, names, lineterminator="\n")
    writer.writeheader()
    writer.writerows(dict(row) for row in chart.rows)
    return file.getvalue().encode()
