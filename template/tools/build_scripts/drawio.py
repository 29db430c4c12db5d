"""Figures that are drawn in draw.io, which only a browser or its own program can show.

Such a figure is two files: the drawing, x.drawio, and what draw.io exported of it beside it,
x.drawio.svg. The export holds a copy of the drawing, so that it can be told here whether somebody
changed the one and forgot the other. The export alone is enough too: draw.io edits it as well.

An export is made for browsers: its labels are HTML and its colours depend on the reader's system.
Here it becomes a picture that EPUB readers and Typst show as well.
"""

from __future__ import annotations

import base64
import binascii
import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from tools.build_scripts.diagrams import DiagramError
from tools.build_scripts.drawing import SVG, Face, Frame, choose_face, finish, text_width

HOW = (
    "open it in draw.io and choose File, Export as, SVG, with a copy of the diagram included, "
    "to write {name}"
)
XHTML = "{http://www.w3.org/1999/xhtml}"
# Elements that begin a line in a label.
BLOCKS = frozenset(XHTML + tag for tag in ("br", "div", "h1", "h2", "h3", "li", "ol", "p", "ul"))
LINE_HEIGHT = 1.2

# Innermost first, so that one inside the other is resolved by repeating it.
ADAPTIVE = re.compile(
    r"light-dark\(\s*((?:[^(),]|\([^()]*\))+),(?:[^()]|\([^()]*\))*\)"
    r"|var\(\s*--[\w-]+\s*,\s*((?:[^()]|\([^()]*\))+)\)"
)
WIDTH = re.compile(r"(?:^|[;\s])(?:max-)?width: (\d+(?:\.\d+)?)px")
ALIGNED = re.compile(r"align-items: (?:unsafe )?([\w-]+)")

# How the editor was left, not what is drawn.
VIEW = frozenset(
    {"adaptiveColors", "arrows", "connect", "dx", "dy", "extFonts", "fold", "grid", "gridSize"}
    | {"guides", "page", "pageHeight", "pageScale", "pageWidth", "tooltips"}
)

# An element as far as it decides what is drawn: its name, attributes, text and children.
Drawn = tuple[str, tuple[tuple[str, str], ...], str, tuple["Drawn", ...]]


def exported(path: Path) -> Path:
    """Return the picture of a draw.io drawing.

    Args:
        path: the drawing, x.drawio.

    Returns:
        Its export, x.drawio.svg.

    Raises:
        DiagramError: there is no export, or it shows another state of the drawing.
    """
    export = path.with_name(f"{path.name}.svg")
    how = HOW.format(name=export.name)
    if not export.is_file():
        raise DiagramError(f"it has no picture: {how}")
    root = _parsed(export)
    content = root.get("content")
    if content is None:
        raise DiagramError(f"{export.name} holds no copy of the drawing: {how}")
    source = _pages(_parsed(path), path.name)
    # Some versions write it percent-encoded.
    written = unquote(content) if content.startswith("%") else content
    shown = _pages(_fromstring(written, export.name), export.name)
    if not shown or not set(shown) <= set(source):
        raise DiagramError(f"it was changed after {export.name} was exported: {how}")
    return export


def picture(path: Path) -> bytes:
    """Return a draw.io figure as an SVG that every format shows alike.

    Args:
        path: the drawing, x.drawio, or the export, x.drawio.svg.

    Raises:
        DiagramError: the drawing's export is missing or old, or it cannot be shown everywhere.
    """
    export = exported(path) if path.suffix == ".drawio" else path
    root = _parsed(export)
    root.attrib.pop("content", None)
    _drop_styles(root)
    _settle_colours(root)
    _set_labels(root)
    if root.find(f".//{{{SVG}}}foreignObject") is not None:
        raise DiagramError(
            f"{export.name} has a label that only browsers show; uncheck its Formatted Text"
        )
    left, top, width, height = map(float, root.get("viewBox", "0 0 1 1").split())
    pixels = float(root.get("width", str(width)).removesuffix("px"))
    return finish(root, Frame(left, top, width, height, pixels / width))


def _drop_styles(root: Element) -> None:
    """Drop the rules that only tell light from dark."""
    for style in root.findall(f"{{{SVG}}}style"):
        root.remove(style)


def _settle_colours(root: Element) -> None:
    """Take the light one of every pair of colours, which is the one in print."""
    for element in root.iter():
        for name, value in element.items():
            settled = value
            while match := ADAPTIVE.search(settled):
                colour = (match[1] or match[2]).strip()
                settled = settled[: match.start()] + colour + settled[match.end() :]
            element.set(name, settled)


def _set_labels(root: Element) -> None:
    """Make text of labels that are HTML: draw.io writes both, but its text may be cut short.

    Where it writes an image beside the HTML, as for labels with formatting, that is kept.
    """
    for parent in list(root.iter()):
        for switch in parent.findall(f"{{{SVG}}}switch"):
            html = switch.find(f"{{{SVG}}}foreignObject")
            if html is None:
                parent.remove(switch)  # It says where there is no browser that there is none.
                continue
            text = switch.find(f"{{{SVG}}}text")
            if text is not None:
                _set_lines(text, html)
            if len(switch) > 1:
                switch.remove(html)


def _set_lines(text: Element, html: Element) -> None:
    """Give a text the lines of a label, placed as the label is."""
    size = float(text.get("font-size", "12").removesuffix("px"))
    face = choose_face(text.get("font-family"), text.get("font-weight"))
    styles = [element.get("style", "") for element in html.iter()]
    wraps = any("white-space: normal" in style for style in styles)
    width = next((float(match[1]) for style in styles if (match := WIDTH.search(style))), 0)
    # Half a pixel for what is rounded.
    room = (width + 0.5) / size if wraps and width > 1 else float("inf")
    lines = [part for line in _lines(html) for part in _wrapped(line, face, room)]

    written = [text] if len(text) == 0 else list(text)
    places = [float(part.get("y", text.get("y", "0"))) for part in written]
    first, step = places[0], size * LINE_HEIGHT
    aligned = next((match[1] for style in styles if (match := ALIGNED.search(style))), "center")
    if aligned == "center":
        first = sum(places) / len(places) - step * (len(lines) - 1) / 2
    elif aligned == "flex-end":
        first = places[-1] - step * (len(lines) - 1)

    for tspan in list(text):
        text.remove(tspan)
    text.text = None
    for number, line in enumerate(lines):
        place = {"x": text.get("x", "0"), "y": f"{first + step * number:.2f}"}
        ElementTree.SubElement(text, f"{{{SVG}}}tspan", place).text = line


def _lines(html: Element) -> Iterator[str]:
    """Yield the lines of a label as its author broke them."""
    written = "".join(_broken(html))
    yield from (line for part in written.split("\n") if (line := " ".join(part.split())))


def _broken(element: Element) -> Iterator[str]:
    if element.tag in BLOCKS:
        yield "\n"
    yield (element.text or "").replace("\n", " ")
    for child in element:
        yield from _broken(child)
        if child.tag in BLOCKS:
            yield "\n"
        yield (child.tail or "").replace("\n", " ")


def _wrapped(line: str, face: Face, room: float) -> Iterator[str]:
    """Yield the lines that a line becomes in a room of so many ems."""
    begun = ""
    for word in line.split():
        longer = f"{begun} {word}" if begun else word
        if begun and text_width(face, longer) > room:
            yield begun
            longer = word
        begun = longer
    yield begun


def _pages(root: Element, name: str) -> list[Drawn]:
    """Return what the pages of a file show."""
    models = [root] if root.tag == "mxGraphModel" else map(_model, root.iter("diagram"))
    try:
        return [_drawn(model) for model in models]
    except (ValueError, ElementTree.ParseError, binascii.Error, zlib.error) as error:
        raise DiagramError(f"{name} is no drawing of draw.io: {error}") from error


def _model(diagram: Element) -> Element:
    """Return the model of a page, which draw.io may have compressed."""
    model = diagram.find("mxGraphModel")
    if model is not None:
        return model
    packed = base64.b64decode(diagram.text or "", validate=True)
    return ElementTree.fromstring(unquote(zlib.decompress(packed, -zlib.MAX_WBITS).decode()))


def _drawn(element: Element) -> Drawn:
    # What is not switched on may also be left out.
    kept = {name: value for name, value in element.items() if name not in VIEW and value != "0"}
    attributes = element.attrib if element.tag != "mxGraphModel" else kept
    return (
        element.tag,
        tuple(sorted(attributes.items())),
        (element.text or "").strip(),
        tuple(map(_drawn, element)),
    )


def _parsed(path: Path) -> Element:
    return _fromstring(path.read_bytes(), path.name)


def _fromstring(text: str | bytes, name: str) -> Element:
    try:
        return ElementTree.fromstring(text)
    except ElementTree.ParseError as error:
        raise DiagramError(f"{name} is no drawing of draw.io: {error}") from error
