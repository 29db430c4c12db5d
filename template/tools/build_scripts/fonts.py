"""The fonts of the PDF, and what they can draw.

Every font comes from a pinned package or from Typst itself, never from the machine, so that a
book looks the same wherever it is built. Chinese, Japanese and Korean need a package of their
own (requirements name it when the book's language is one of them).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Set
from dataclasses import dataclass, field
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import typst

from tools.build_scripts.book import BuildError, Problem

# The packages, by the name they are imported under.
FONT_PACKAGES = (
    "fontpkg_pt_serif",
    "fontpkg_source_serif_4",
    "fontpkg_source_sans_3",
    "fontpkg_source_code_pro",
    "fontpkg_amiri",
    "manimgx_fonts",
)
CJK_PACKAGE = "manimgx_fonts_cjk"
CJK_LANGUAGES = frozenset({"zh", "ja", "ko"})

# Text is set in PT Serif: a book takes a third less time than in Source Serif 4, whose kerning has
# to be computed for every pair of letters. These languages have letters that it lacks.
TEXT_FAMILIES = ("PT Serif", "Source Serif 4")
BEYOND_PT_SERIF = frozenset({"el", "vi"})

# What stands in for characters that a family lacks, in this order. Amiri draws a letter and its
# dots as one glyph, so that Arabic can be searched and copied; Noto Sans Arabic does not. Emoji
# come before the symbol fonts so that a row of them is drawn in one style.
SCRIPTS = ("Amiri", "Noto Sans Hebrew")
SYMBOLS = ("Noto Emoji", "Noto Sans Symbols", "New Computer Modern Math", "DejaVu Sans Mono")

# Unicode's categories of surrogates and spaces (Cf, the joiners, is treated apart).
UNSEEN = frozenset({"Cs", "Zl", "Zp", "Zs"})
# What ASCII has that no font draws.
CONTROLS = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")

# Only errors about text have the words; the line is that of the cluster in the probe's source.
UNDRAWABLE = re.compile(r"could not be displayed.*?:(\d+):\d+$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Families:
    """The families of a book's text, each followed by what stands in for it."""

    body: tuple[str, ...]
    heading: tuple[str, ...]
    mono: tuple[str, ...]
    math: tuple[str, ...]


@dataclass(frozen=True)
class FontSet:
    """The fonts of one language, loaded.

    Attributes:
        paths: the directories they are in.
        families: their names, by what they are for.
        loaded: the same fonts as Typst wants them.
    """

    paths: tuple[Path, ...]
    families: Families
    loaded: typst.Fonts = field(repr=False, compare=False)

    def missing(self, clusters: Collection[str]) -> frozenset[str]:
        """Return those characters (with their marks) that no font can draw.

        Typst itself is asked, by setting each of them under a standard that forbids the empty
        box: it alone knows its built-in fonts, and how marks and fallbacks are resolved.
        """
        asked = sorted(clusters)
        if not asked:
            return frozenset()
        families = ", ".join(f'"{name}"' for name in self.families.body)
        source = "\n".join([f"#set text(font: ({families}))", *map(_probe, asked)])
        try:
            typst.compile(
                source.encode(), font_paths=self.loaded, format="pdf", pdf_standards="a-2u"
            )
        except typst.TypstError as error:
            lines = [int(line) for line in UNDRAWABLE.findall(error.diagnostic)]
            return frozenset(asked[line - 2] for line in lines)
        return frozenset()


@cache
def load_fonts(language: str) -> FontSet:
    """Load the fonts that a book in a language (BCP 47) is set in.

    Raises:
        BuildError: a font package is not installed.
    """
    paths = tuple(font_paths(language))
    fonts = typst.Fonts(include_system_fonts=False, font_paths=list(paths))
    return FontSet(paths, font_families(language), fonts)


def font_paths(language: str) -> list[Path]:
    """Return the directories of the fonts that a book in a language (BCP 47) is set in.

    Raises:
        BuildError: a font package is not installed.
    """
    packages = (*FONT_PACKAGES, CJK_PACKAGE) if is_cjk(language) else FONT_PACKAGES
    return [_package_directory(package) for package in packages]


def font_families(language: str) -> Families:
    """Return the names of the families for a language (BCP 47)."""
    cjk = (_cjk_family(language),) if is_cjk(language) else ()
    stand_ins = (*cjk, *SCRIPTS, *SYMBOLS)
    is_beyond = _primary(language) in BEYOND_PT_SERIF
    text = TEXT_FAMILIES[1:] if is_beyond else TEXT_FAMILIES
    return Families(
        body=(*text, *stand_ins),
        heading=("Source Sans 3", *stand_ins, *TEXT_FAMILIES),
        mono=("Source Code Pro", "DejaVu Sans Mono", *stand_ins, *TEXT_FAMILIES),
        math=("New Computer Modern Math", *stand_ins),
    )


def is_cjk(language: str) -> bool:
    """Say whether a language (BCP 47) is Chinese, Japanese or Korean."""
    return _primary(language) in CJK_LANGUAGES


def _primary(language: str) -> str:
    return language.split("-")[0].lower()


def locate(text: str, clusters: Set[str]) -> list[tuple[int, str]]:
    """Return the first line, from 1, of each of some clusters that a text holds."""
    found: dict[str, int] = {}
    for number, line in enumerate(text.split("\n") if clusters else (), start=1):
        for cluster in sorted(drawn_clusters(line) & clusters):
            found.setdefault(cluster, number)
    return [(number, cluster) for cluster, number in found.items()]


def drawn_clusters(text: str) -> frozenset[str]:
    """Return the characters of a text that a font must draw, each with its marks.

    The letters of ASCII are left out, as every font has them, and so are characters that are
    never seen: joiners, soft hyphens, marks of direction. Control characters, which came into
    the text by accident, are among what is returned: no font has them.
    """
    controls = frozenset(CONTROLS.findall(text))
    if text.isascii():
        return controls
    characters = frozenset(text)
    if any(unicodedata.category(character).startswith("M") for character in characters):
        return controls.union(_clusters(text))
    return controls.union(*map(_clusters, characters))


def _clusters(text: str) -> Iterator[str]:
    """Yield the clusters of a text that hold more than ASCII.

    A mark is only ever drawn on its letter, so the two are asked for together.
    """
    cluster = ""
    for character in text:
        if character.isascii():
            if not cluster.isascii():
                yield cluster
            cluster = character
            continue
        category = unicodedata.category(character)
        if category.startswith("M"):
            cluster += character
        elif category != "Cf":
            if not cluster.isascii():
                yield cluster
            cluster = "" if category in UNSEEN else character
    if not cluster.isascii():
        yield cluster


def _probe(cluster: str) -> str:
    """Return a line of Typst that draws a cluster."""
    return '#"' + "".join(f"\\u{{{ord(character):x}}}" for character in cluster) + '" \\'


def _cjk_family(language: str) -> str:
    """Return the family whose shapes a language expects of the characters they share."""
    tags = language.lower().split("-")
    if tags[0] != "zh":
        return {"ja": "Noto Sans CJK JP", "ko": "Noto Sans CJK KR"}[tags[0]]
    if "hk" in tags or "mo" in tags:
        return "Noto Sans CJK HK"
    return "Noto Sans CJK TC" if {"hant", "tw"} & set(tags) else "Noto Sans CJK SC"


def _package_directory(package: str) -> Path:
    """Return where a font package is installed."""
    spec = find_spec(package)
    if spec is not None and spec.origin is not None:
        return Path(spec.origin).parent
    file = "cjk.txt" if package == CJK_PACKAGE else "build.txt"
    message = f"is not installed; run: python -m pip install -r requirements/{file}"
    raise BuildError(Problem(package.replace("_", "-"), None, message))
