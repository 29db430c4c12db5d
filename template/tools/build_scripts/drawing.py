"""What every drawing made at build time has in common: its fonts, its frame and its size.

A drawing is an SVG that stands alone: a browser shows it as an image, without the page's fonts;
an EPUB reader may show it at night; Typst draws it with the fonts of the PDF. So its text is
measured and set in the PDF's fonts, the glyphs it needs are embedded, and its ground is white.
"""

from __future__ import annotations

import base64
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

SVG = "http://www.w3.org/2000/svg"
XLINK = "http://www.w3.org/1999/xlink"

# The colours of theme/book.css.
INK = "#1b2330"
MUTED = "#566072"
LINE = "#c9d0d8"
FILL = "#f5f7fa"
ACCENT = "#1d5bbf"
ACCENT_SOFT = "#e9f0fc"
PAPER = "#ffffff"

# Between the drawing and the edge of its ground, in CSS pixels.
MARGIN = 8

REGULAR = 400
BOLD = 700
# Drawings weigh text only so: what is not bold is regular.
BOLD_FROM = 600

MONOSPACED = re.compile(r"mono|courier|code|consol|typewriter", re.IGNORECASE)
DECLARED_FAMILY = re.compile(r"font-family:[^;}]*")
DECLARED_WEIGHT = re.compile(r"font-weight:\s*(\w+)[^;}]*")
SELECTORS = re.compile(r"[^{}@]*\[id\$=[^{}@]*(?=\{)")
ID_END = re.compile(r'\[id\$="([^"]+)"\]')

ElementTree.register_namespace("", SVG)
ElementTree.register_namespace("xlink", XLINK)


@dataclass(frozen=True)
class Face:
    """A weight of a family, taken from the variable font that the PDF uses too."""

    family: str
    generic: str
    package: str
    file: str
    weight: int = REGULAR

    @property
    def stack(self) -> str:
        """The family as CSS names it, with what stands in for it."""
        return f'"{self.family}", {self.generic}'


SANS = Face("Source Sans 3", "sans-serif", "fontpkg_source_sans_3", "SourceSans3[wght].ttf")
MONO = Face("Source Code Pro", "monospace", "fontpkg_source_code_pro", "SourceCodePro[wght].ttf")


@dataclass(frozen=True)
class Frame:
    """The part of a drawing's plane that is shown, and how large.

    Attributes:
        left, top, width, height: in the units of the drawing, as in a viewBox.
        scale: CSS pixels per unit.
    """

    left: float
    top: float
    width: float
    height: float
    scale: float = 1

    def padded(self, pixels: float) -> Frame:
        """Return the frame with a margin all around."""
        edge = pixels / self.scale
        return Frame(
            self.left - edge,
            self.top - edge,
            self.width + 2 * edge,
            self.height + 2 * edge,
            self.scale,
        )


def choose_face(family: str | None, weight: str | None) -> Face:
    """Return the face that stands for what a drawing asks for in the words of CSS."""
    face = MONO if MONOSPACED.search(family or "") else SANS
    return _weighted(face, _number(weight))


@lru_cache(maxsize=4096)
def text_width(face: Face, text: str) -> float:
    """Return how wide a line of text is, in ems."""
    if not text:
        return 0
    import uharfbuzz

    font = _font(face)
    buffer = uharfbuzz.Buffer()
    buffer.add_str(text)
    buffer.guess_segment_properties()
    uharfbuzz.shape(font, buffer, {})
    pairs = zip(buffer.glyph_infos, buffer.glyph_positions, strict=True)
    return sum(
        position.x_advance / font.face.upem if info.codepoint else _stand_in(text[info.cluster])
        for info, position in pairs
    )


@cache
def text_extents(face: Face) -> tuple[float, float]:
    """Return how far a face reaches above and below the baseline, in ems."""
    font = _font(face)
    extents = font.get_font_extents("ltr")
    return extents.ascender / font.face.upem, -extents.descender / font.face.upem


def finish(root: Element, frame: Frame) -> bytes:
    """Return a drawing as it is shown: in the book's fonts, framed, on a white ground.

    Args:
        root: the svg element; it is changed.
        frame: what its renderer meant to be shown.
    """
    frame = frame.padded(MARGIN)
    _set_size(root, frame)
    _drop_repeated_ids(root)
    _set_fonts(root)
    root.insert(0, _ground(frame))
    root.insert(0, _style(_embedded_fonts(root)))
    return ElementTree.tostring(root, encoding="unicode").encode() + b"\n"


def _set_size(root: Element, frame: Frame) -> None:
    """Give a drawing its size in pixels."""
    box = (frame.left, frame.top, frame.width, frame.height)
    root.set("viewBox", " ".join(map(_shortened, box)))
    root.set("width", _shortened(frame.width * frame.scale))
    root.set("height", _shortened(frame.height * frame.scale))


def _drop_repeated_ids(root: Element) -> None:
    """Keep the first of the elements that share an id, as XML demands."""
    seen: set[str] = set()
    for element in root.iter():
        name = element.get("id")
        if name in seen:
            del element.attrib["id"]
        elif name is not None:
            seen.add(name)


def _set_fonts(root: Element) -> None:
    """Replace every family by one of the book's, and say every weight twice.

    Typst takes the default instance of a variable font for regular text, which in these families
    is far lighter; font-variation-settings tells it the weight.
    """
    ids = [element.get("id", "") for element in root.iter()]
    for element in root.iter():
        if element.tag == f"{{{SVG}}}style":
            css = _set_declared_fonts(element.text or "")
            element.text = SELECTORS.sub(lambda match: _plain_selectors(match[0], ids), css)
            continue
        style = _set_declared_fonts(element.get("style", ""))
        weight = element.get("font-weight")
        if weight:
            style = f"{_weight_style(weight)};{style}"
        if style:
            element.set("style", style)
        family = element.get("font-family")
        if family:
            element.set("font-family", choose_face(family, None).stack)
    root.set("font-family", SANS.stack)
    root.set("style", _weight_style("normal"))


def _set_declared_fonts(css: str) -> str:
    """Replace the families and weights that CSS declares."""
    css = DECLARED_WEIGHT.sub(lambda match: _weight_style(match[1]), css)
    return DECLARED_FAMILY.sub(lambda match: _family_style(match[0]), css)


def _plain_selectors(selectors: str, ids: Iterable[str]) -> str:
    """Replace selectors by the ends of ids, for which Typst would drop the whole rule."""
    parts = selectors.split(",")
    return ",".join(plain for part in parts for plain in _plain_selector(part, ids)) or ".none"


def _plain_selector(selector: str, ids: Iterable[str]) -> Iterator[str]:
    end = ID_END.search(selector)
    if end is None:
        yield selector
        return
    for name in ids:
        if name.endswith(end[1]):
            yield selector.replace(end[0], f"#{name}")


def _weight_style(weight: str) -> str:
    number = _number(weight)
    return f'font-weight:{number};font-variation-settings:"wght" {number}'


def _family_style(family: str) -> str:
    return f"font-family:{choose_face(family, None).stack}"


def _embedded_fonts(root: Element) -> str:
    """Return the CSS that carries the glyphs of a drawing's text."""
    written = ElementTree.tostring(root, encoding="unicode")
    characters = frozenset("".join(_texts(root)))
    families = [SANS, MONO] if MONO.family in written else [SANS]
    weights = [REGULAR, BOLD] if f"font-weight:{BOLD}" in written else [REGULAR]
    faces = [_weighted(family, weight) for family in families for weight in weights]
    return "".join(_font_face(face, characters) for face in faces) if characters else ""


def _texts(root: Element) -> Iterator[str]:
    for text in root.iter(f"{{{SVG}}}text"):
        yield from text.itertext()


def _font_face(face: Face, characters: Iterable[str]) -> str:
    """Return a face as a CSS rule that holds no more than those characters."""
    data = base64.b64encode(instance(face, characters)).decode()
    return (
        f'@font-face{{font-family:"{face.family}";font-weight:{face.weight};'
        f"src:url(data:font/ttf;base64,{data})}}"
    )


def instance(face: Face, characters: Iterable[str] | None = None) -> bytes:
    """Return a face as a font of one weight, of some characters or of all.

    Raises:
        ModuleNotFoundError: its package is not installed.
    """
    import uharfbuzz

    source = _font(face).face
    wanted = uharfbuzz.SubsetInput()
    wanted.pin_axis_location(source, "wght", face.weight)
    codes = source.unicodes if characters is None else sorted(map(ord, characters))
    wanted.sets(uharfbuzz.SubsetInputSets.UNICODE).update(codes)
    wanted.flags = uharfbuzz.SubsetFlags.NO_HINTING
    data: bytes = wanted.subset(source).blob.data
    return data


@cache
def _font(face: Face) -> Any:
    """Load a face.

    Raises:
        ModuleNotFoundError: its package is not installed.
    """
    import uharfbuzz

    spec = find_spec(face.package)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(name=face.package)
    path = Path(spec.origin).parent / "files" / face.file
    font = uharfbuzz.Font(uharfbuzz.Face(uharfbuzz.Blob.from_file_path(str(path))))
    font.set_variations({"wght": face.weight})
    return font


def _weighted(face: Face, weight: int) -> Face:
    return Face(face.family, face.generic, face.package, face.file, weight)


def _number(weight: str | None) -> int:
    """Return regular or bold for a weight in the words of CSS."""
    if weight in {"bold", "bolder"}:
        return BOLD
    return BOLD if weight and weight.isdecimal() and int(weight) >= BOLD_FROM else REGULAR


def _stand_in(character: str) -> float:
    """Return the width of a character that another font will draw, in ems."""
    return 1 if unicodedata.east_asian_width(character) in "WF" else 0.6


def _ground(frame: Frame) -> Element:
    """Return the white that a drawing stands on, also in a dark page."""
    sides = (frame.left, frame.top, frame.width, frame.height)
    names = ("x", "y", "width", "height")
    box = dict(zip(names, map(_shortened, sides), strict=True))
    return Element(f"{{{SVG}}}rect", {**box, "fill": PAPER, "style": f"fill:{PAPER};stroke:none"})


def _style(css: str) -> Element:
    style = Element(f"{{{SVG}}}style")
    style.text = css
    return style


def _shortened(number: float) -> str:
    """Return a number as short as two decimals make it."""
    return f"{number:.2f}".rstrip("0").rstrip(".")
