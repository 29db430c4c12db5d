"""Figures that are drawn in draw.io, which only a browser or its own program can show.

Such a figure is two files: the drawing, x.drawio, and what draw.io exported of it beside it,
x.drawio.svg. The export holds a copy of the drawing, so that it can be told here whether somebody
changed the one and forgot the other.
"""

from __future__ import annotations

import base64
import binascii
import zlib
from pathlib import Path
from urllib.parse import unquote
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from tools.build_scripts.diagrams import DiagramError

HOW = (
    "open it in draw.io and choose File, Export as, SVG, with a copy of the diagram included, "
    "to write {name}"
)
# What draw.io before 23.0.2 shows instead of labels wherever there is no browser.
NO_LABELS = ("Text is not SVG - cannot display", "Viewer does not support full SVG 1.1")

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
    shown = _pages(_fromstring(content, export.name), export.name)
    if not shown or not set(shown) <= set(source):
        raise DiagramError(f"it was changed after {export.name} was exported: {how}")
    if any(text.strip().startswith(NO_LABELS) for text in root.itertext()):
        raise DiagramError(
            f"{export.name} has labels that only browsers show; export it with draw.io 23.0.2 "
            "or newer"
        )
    return export


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
    kept = {name: value for name, value in element.items() if name not in VIEW}
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
