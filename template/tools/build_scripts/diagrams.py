"""Diagrams that a chapter holds as text, drawn as SVG without a browser and without a network.

Mermaid is the real one, run in an embedded JavaScript engine; Graphviz is a program that its
package carries. Both draw the same bytes on every machine.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import sysconfig
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from itertools import cycle, islice
from pathlib import Path
from types import MappingProxyType
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from tools.build_scripts import installed
from tools.build_scripts.drawing import (
    ACCENT,
    ACCENT_SOFT,
    FILL,
    INK,
    LINE,
    MUTED,
    PAPER,
    SANS,
    SVG,
    Frame,
    choose_face,
    finish,
    text_extents,
    text_width,
)

# Whatever of these is updated may draw otherwise.
PACKAGES = (
    "mermaidx",
    "quickjs-ng",
    "graphviz-pure",
    "uharfbuzz",
    "fontpkg-source-sans-3",
    "fontpkg-source-code-pro",
)
INSTALL = "python -m pip install -r requirements/build.txt"

# A diagram that takes longer is no diagram for a page.
SECONDS = 60
# In CSS pixels.
POINT = 4 / 3

# Each thread has an engine of its own, and so threads draw at the same time.
ENGINES = threading.local()


class DiagramError(Exception):
    """A diagram cannot be drawn.

    Attributes:
        message: one sentence that says what is wrong.
        line: the line of the diagram's source, from 1, or None when it is not one line.
    """

    def __init__(self, message: str, line: int | None = None) -> None:
        """Keep what is wrong and where."""
        super().__init__(message if line is None else f"line {line}: {message}")
        self.message = message
        self.line = line


def render(language: str, source: str) -> bytes:
    """Draw a diagram; the same source always gives the same bytes.

    The first Mermaid diagram of a thread starts an engine, the others find it warm. It lets go of
    Python's lock, so a pool of threads draws on all cores.

    Args:
        language: one of LANGUAGES.
        source: the diagram's text.

    Returns:
        The diagram as an SVG.

    Raises:
        DiagramError: the source is no diagram, or what draws it is not installed.
    """
    try:
        return RENDERERS[language](source)
    except ModuleNotFoundError as error:
        package = (error.name or "a renderer").replace("_", "-")
        raise DiagramError(f"drawing it needs {package}; run: {INSTALL}") from error


def fingerprint() -> str:
    """Return the versions of everything that decides how a diagram looks."""
    found = installed.versions(PACKAGES)
    return " ".join(f"{package}={found.get(package, 'none')}" for package in PACKAGES)


# Mermaid

# What is told apart by colour alone, as an area or as a line. Text is legible on all of them.
TINTS = ("#d6e4f9", "#d8eee0", "#f8e6cc", "#e6dcf5", "#cfe8ef", "#f6d9d6", "#e2e6ec", "#eee9c4")
TONES = (ACCENT, "#1b7a43", "#955800", "#7440b8", "#0a5b78", "#b3261e", MUTED, "#6b6414")
# Mermaid tells so many apart.
SCALE = 12


def _around(colours: Sequence[str]) -> Iterator[str]:
    return islice(cycle(colours), SCALE)


# The website's colours, and quieter than Mermaid's own.
FONT_SIZE = 16
THEME: Mapping[str, object] = MappingProxyType(
    {
        "fontFamily": SANS.stack,
        "fontSize": f"{FONT_SIZE}px",
        "background": PAPER,
        "primaryColor": FILL,
        "primaryTextColor": INK,
        "primaryBorderColor": ACCENT,
        "secondaryColor": ACCENT_SOFT,
        "secondaryTextColor": INK,
        "secondaryBorderColor": LINE,
        "tertiaryColor": PAPER,
        "tertiaryTextColor": INK,
        "tertiaryBorderColor": LINE,
        "lineColor": MUTED,
        "textColor": INK,
        "titleColor": INK,
        "clusterBkg": PAPER,
        "clusterBorder": LINE,
        "edgeLabelBackground": PAPER,
        "noteBkgColor": ACCENT_SOFT,
        "noteBorderColor": LINE,
        "noteTextColor": INK,
        "actorLineColor": LINE,
        "activationBkgColor": ACCENT_SOFT,
        "activationBorderColor": ACCENT,
        "labelBoxBkgColor": ACCENT_SOFT,
        "labelBoxBorderColor": LINE,
        "loopTextColor": INK,
        "signalColor": MUTED,
        "signalTextColor": INK,
        "sequenceNumberColor": PAPER,
        "sectionBkgColor": FILL,
        "altSectionBkgColor": PAPER,
        "sectionBkgColor2": FILL,
        "taskBkgColor": ACCENT_SOFT,
        "taskBorderColor": ACCENT,
        "taskTextColor": INK,
        "taskTextLightColor": INK,
        "taskTextDarkColor": INK,
        "taskTextOutsideColor": INK,
        "activeTaskBkgColor": TINTS[0],
        "activeTaskBorderColor": ACCENT,
        "doneTaskBkgColor": TINTS[6],
        "doneTaskBorderColor": MUTED,
        "critBkgColor": TINTS[5],
        "critBorderColor": "#b3261e",
        "gridColor": LINE,
        "pieStrokeColor": PAPER,
        "pieOuterStrokeColor": LINE,
        "pieOpacity": "1",
        "xyChart": {"backgroundColor": PAPER, "plotColorPalette": ",".join(TONES)},
        **{f"pie{number}": tint for number, tint in enumerate(_around(TINTS), 1)},
        **{f"cScale{number}": tint for number, tint in enumerate(_around(TINTS))},
        **{f"cScaleLabel{number}": INK for number in range(SCALE)},
        **{f"fillType{number}": tint for number, tint in enumerate(TINTS)},
        **{f"git{number}": tone for number, tone in enumerate(TONES)},
        **{f"gitBranchLabel{number}": PAPER for number in range(len(TONES))},
    }
)
CONFIG: Mapping[str, object] = MappingProxyType(
    {
        # HTML in an SVG is shown by browsers alone.
        "htmlLabels": False,
        "flowchart": {"htmlLabels": False},
        "class": {"htmlLabels": False},
        "journey": {"textPlacement": "tspan"},
        "timeline": {"textPlacement": "tspan"},
        "gantt": {"useWidth": 760, "fontSize": 13, "sectionFontSize": 13, "barHeight": 24},
        "themeCSS": f"text.task,text.journey-section{{fill:{INK}}}",
        "suppressErrorRendering": True,
        "handDrawnSeed": 1,
        "maxTextSize": 1_000_000,
        "maxEdges": 10_000,
    }
)

# What Mermaid takes away before its parsers count the lines, in its order.
UNCOUNTED = (
    re.compile(r"\A-{3}\s*\n.*?\n-{3}\s*\n+", re.DOTALL),
    re.compile(r"%%\{.*?\}%%", re.DOTALL),
    re.compile(r"^\s*%%(?!\{)[^\n]+\n?", re.MULTILINE),
    re.compile(r"\A\s+"),
)
# Some kinds of diagram place or name things by chance, and charts of time ask for the clock and
# the time zone: here it is always the same moment, in UTC, and chance repeats itself.
STEADY = """
(() => {
  const Real = Date;
  const now = Real.UTC(2020, 0, 1);
  globalThis.Date = class Date extends Real {
    constructor(...parts) {
      super(...(parts.length > 1 ? [Real.UTC(...parts)] : parts.length ? parts : [now]));
    }
    static now() { return now; }
  };
  for (const part of ["Date", "Day", "FullYear", "Hours", "Milliseconds", "Minutes", "Month",
      "Seconds"]) {
    Real.prototype[`get${part}`] = Real.prototype[`getUTC${part}`];
    Real.prototype[`set${part}`] = Real.prototype[`setUTC${part}`];
  }
  Real.prototype.getTimezoneOffset = () => 0;
  let seed = 1;
  Math.random = () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let mixed = Math.imul(seed ^ (seed >>> 15), seed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
})();
"""
# mermaidx parses each selector whenever it compares an element to it, and looks for the first
# element that matches in the whole document, both many thousand times for one diagram. These do
# the same in a third of the time.
QUICK = """
(() => {
  const parsed = new Map();
  globalThis.__matches = (element, selectors) => {
    if (!parsed.has(selectors)) {
      const parts = __splitTopLevel(selectors.trim(), (character) => character === ",");
      parsed.set(selectors, parts.map(([part]) => __parseComplex(part.trim())));
    }
    return parsed.get(selectors).some(
      (chain) => chain.length > 0 && __matchesChain(element, chain, chain.length - 1)
    );
  };
  globalThis.__querySelector = (root, selectors) => {
    for (const child of root.childNodes) {
      if (child.nodeType !== 1) continue;
      const found = __matches(child, selectors) ? child : __querySelector(child, selectors);
      if (found) return found;
    }
    return null;
  };
})();
"""
HTML_LABELS = "it labels with HTML or formulas, which only browsers draw; take plain text"
ICON_ID = re.compile(r"IconifyId[0-9a-f]+")
MERMAID_LINE = re.compile(r"\bline (\d+)")
ERROR_NAME = re.compile(r"^(?:\w*Error|\w*Exception): (?:Parsing failed: )?")
KINDS = "flowchart, sequenceDiagram, classDiagram, stateDiagram-v2, erDiagram or gantt"


class _Measurer:
    """Tells Mermaid how large text is in the fonts that it will be drawn in."""

    def width(self, text: object, *font: object) -> float:
        """Return the width of a line in pixels."""
        return self.full(text, *font)["width"]

    def full(
        self, text: object, size: object, family: object, weight: object, _style: object
    ) -> dict[str, float]:
        """Return the width and the extents of a line in pixels."""
        face = choose_face(str(family), str(weight))
        pixels = float(str(size or FONT_SIZE))
        ascent, descent = text_extents(face)
        return {
            "width": text_width(face, str(text or "")) * pixels,
            "ascent": ascent * pixels,
            "descent": descent * pixels,
            "xHeight": pixels / 2,
        }

    def glyphs(self, *_text: object) -> list[list[float]]:
        """Return where ink leaves the box of a line: it hardly does in these fonts."""
        return []

    def foreign_object(self, *_html: object) -> dict[str, float]:
        """Return no size for HTML, which is refused when the drawing is done."""
        return {"width": 0, "height": 0, "lineHeight": 0, "lineCount": 0}


def _mermaid_engine() -> Any:
    """Return the engine of this thread; starting it takes a third of a second."""
    if not hasattr(ENGINES, "mermaid"):
        ENGINES.mermaid = _start_mermaid()
    return ENGINES.mermaid


def _start_mermaid() -> Any:
    from mermaidx.engine import Engine

    class SteadyEngine(Engine):  # type: ignore[misc]
        """Mermaid as mermaidx runs it, but for its clock, its chance and its fonts.

        There is no public way to change them; the tests say so when this no longer does.
        """

        def _init_context(self) -> None:
            super()._init_context()
            self._measurer = _Measurer()

        def _build_context(self) -> Any:
            context = super()._build_context()
            context.eval(STEADY)
            context.eval(QUICK)
            return context

    engine = SteadyEngine()
    engine.start()
    return engine


def _render_mermaid(source: str) -> bytes:
    """Draw a Mermaid diagram."""
    from mermaidx.engine import MermaidRenderError
    from quickjs import JSException

    try:
        config = {**CONFIG, "themeVariables": dict(THEME)}
        written = _mermaid_engine().render_svg(source, "base", config, None)
        root = ElementTree.fromstring(_with_steady_ids(written))
    except MermaidRenderError as error:
        raise _mermaid_error(str(error), source) from error
    except (JSException, ElementTree.ParseError) as error:
        raise DiagramError(f"Mermaid cannot draw it: {error}") from error
    if root.find(f".//{{{SVG}}}foreignObject") is not None:
        raise DiagramError(HTML_LABELS)
    _drop_today(root)
    _centre_circles(root)
    left, top, width, height = map(float, root.get("viewBox", "0 0 0 0").split())
    return finish(root, Frame(left, top, width, height))


def _mermaid_error(message: str, source: str) -> DiagramError:
    """Return what Mermaid says as one sentence, at the line it means."""
    numbers = _counted_lines(source)
    if not numbers:
        return DiagramError(f"it is empty; begin with {KINDS}")
    if message.startswith("UnknownDiagramError"):
        return DiagramError(f"it is no diagram that Mermaid knows; begin with {KINDS}", numbers[0])
    counted = MERMAID_LINE.search(message)
    if counted is None:
        first = message.partition("\n")[0]
        return DiagramError(f"Mermaid cannot draw it: {ERROR_NAME.sub('', first)}")
    line = numbers[min(int(counted[1]), len(numbers)) - 1]
    text = source.split("\n")[line - 1].strip()
    return DiagramError(f"Mermaid does not understand `{text}`", line)


def _counted_lines(source: str) -> list[int]:
    """Return the lines of a source that Mermaid's parsers count, by their real numbers."""
    text = source.replace("\r", "")
    lines = text.splitlines(keepends=True)
    numbers = [number for number, line in enumerate(lines, 1) for _ in line]
    for pattern in UNCOUNTED:
        for match in reversed([*pattern.finditer(text)]):
            text = text[: match.start()] + text[match.end() :]
            del numbers[match.start() : match.end()]
    starts = [0, *(newline.end() for newline in re.finditer("\n", text))]
    return [numbers[start] for start in starts if start < len(numbers)]


def _with_steady_ids(written: str) -> str:
    """Number the ids that were made of the time when Mermaid was loaded."""
    numbers: dict[str, int] = {}
    return ICON_ID.sub(
        lambda match: f"icon-{numbers.setdefault(match[0], len(numbers) + 1)}", written
    )


def _centre_circles(root: Element) -> None:
    """Centre the labels in the circles of a mind map, which Mermaid forgets without HTML."""
    for node in root.iter(f"{{{SVG}}}g"):
        if "mindmap-node" in node.get("class", "") and node.find(f"{{{SVG}}}circle") is not None:
            for text in node.iter(f"{{{SVG}}}text"):
                text.set("text-anchor", "middle")


def _drop_today(root: Element) -> None:
    """Take away the line that marks in a Gantt chart when it was drawn."""
    for parent in root.iter():
        for child in list(parent):
            if "today" in child.get("class", "").split():
                parent.remove(child)


# Graphviz

GRAPHVIZ = "graphviz-pure"
# Graphviz measures text by tables it has of Arial's widths; the book's font is a little narrower.
GRAPHVIZ_DEFAULTS = (
    "-Gbgcolor=transparent",
    "-Gpad=0",
    *(f"-{what}fontname=Arial" for what in "GNE"),
    *(f"-{what}fontsize=12" for what in "GN"),
    "-Efontsize=11",
    *(f"-{what}fontcolor={INK}" for what in "GNE"),
    f"-Gcolor={LINE}",
    f"-Ncolor={ACCENT}",
    "-Nstyle=filled",
    f"-Nfillcolor={FILL}",
    f"-Ecolor={MUTED}",
    "-Earrowsize=0.8",
)
# What Graphviz draws all the same, but not as its author meant.
MISTAKES = (
    "using box for unknown shape",
    "Arrow type",
    "gvrender_set_style",
    "No such file",
    "No or improper image",
    "node ",
)
GRAPHVIZ_MISTAKE = re.compile(
    rf"^(?:Error: |Warning: (?=.* is not a known color|{'|'.join(MISTAKES)}))(.+)$", re.MULTILINE
)
GRAPHVIZ_SYNTAX = re.compile(r"syntax error in line (\d+)(?: near '(.*)')?")
GRAPHVIZ_LABEL = re.compile(r"^in (label of .+)$", re.MULTILINE)


def _render_graphviz(source: str) -> bytes:
    """Draw a graph in Graphviz's language."""
    command = [_graphviz_program(), "-Tsvg", *GRAPHVIZ_DEFAULTS]
    try:
        done = subprocess.run(
            command, input=source.encode(), capture_output=True, timeout=SECONDS, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise DiagramError(f"Graphviz was not done after {SECONDS} seconds") from error
    mistake = _graphviz_mistake(done.stderr.decode(errors="replace"), source)
    if mistake is not None:
        raise mistake
    if b"<svg" not in done.stdout:
        raise DiagramError("it holds no graph; begin with digraph { or graph {")
    if b"<image" in done.stdout:
        raise DiagramError("it shows an image, which a drawing that stands alone cannot")
    return _finish_graph(done.stdout)


def _finish_graph(written: bytes) -> bytes:
    root = ElementTree.fromstring(written)
    left, top, width, height = map(float, root.get("viewBox", "0 0 0 0").split())
    points = float(root.get("width", "0").removesuffix("pt"))
    return finish(root, Frame(left, top, width, height, POINT * points / width))


def _graphviz_mistake(said: str, source: str) -> DiagramError | None:
    """Return the first mistake that Graphviz found as one sentence, at the line it means."""
    mistake = GRAPHVIZ_MISTAKE.search(said)
    if mistake is None:
        return None
    syntax = GRAPHVIZ_SYNTAX.search(mistake[1])
    if syntax is not None:
        near = f" near `{syntax[2]}`" if syntax[2] else ""
        line = min(int(syntax[1]), len(source.rstrip().split("\n")))
        return DiagramError(f"Graphviz finds a syntax error{near}", line)
    label = GRAPHVIZ_LABEL.search(said)
    place = f", in the {label[1]}" if label else ""
    return DiagramError(f"Graphviz cannot draw it: {mistake[1].strip().rstrip('.')}{place}")


@cache
def _graphviz_program() -> str:
    """Return the path of the program that the package installed.

    Raises:
        ModuleNotFoundError: it is not installed.
    """
    folders = (
        sysconfig.get_path("scripts"),
        str(Path(sys.executable).parent),
        sysconfig.get_path("scripts", sysconfig.get_preferred_scheme("user")),
    )
    program = shutil.which(GRAPHVIZ, path=os.pathsep.join(folders))
    if program is None:
        raise ModuleNotFoundError(name=GRAPHVIZ)
    return program


RENDERERS: Mapping[str, Callable[[str], bytes]] = MappingProxyType(
    {"mermaid": _render_mermaid, "dot": _render_graphviz, "graphviz": _render_graphviz}
)
LANGUAGES = frozenset(RENDERERS)
