"""Pictures and other assets: is their source noted, are they small enough, are they used?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fnmatch import fnmatchcase
from pathlib import Path

import msgspec

from tools.build_scripts import asset_index, asset_sources, cache, generated
from tools.build_scripts.asset_sources import Origins
from tools.build_scripts.assets import COVERS
from tools.build_scripts.book import Problem
from tools.build_scripts.chapters import Survey
from tools.build_scripts.report import Image
from tools.build_scripts.toml import tomllib
from tools.validation import links
from tools.validation.context import Context

SETTINGS = "pyproject.toml"
BITMAPS = frozenset({".gif", ".jpeg", ".jpg", ".png", ".webp"})
CONTENT = ("assets", "chapters", "research")
KILO = 1000
GOOD_WIDTH = 1600


class Limits(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """How large a picture may be, `[tool.book.assets]` in pyproject.toml.

    Attributes:
        bitmap_kb, svg_kb: the size of its file, in thousands of bytes.
        bitmap_pixels: how wide a bitmap may be; a page shows half of that on the best screens.
    """

    bitmap_kb: int = 1000
    svg_kb: int = 500
    bitmap_pixels: int = 3200


def undrawn(context: Context) -> Iterator[Problem]:
    """Yield what `make assets` would draw or list otherwise than it is."""
    root, survey = context.root, context.survey
    files = context.assets
    found = list(generated.problems(root, files))
    shown = {image.path for image in _images(survey)}
    # What a chapter shows and is missing is told at the chapter's line.
    told = {
        original.path
        for original in generated.originals(files)
        if original.drawing in shown and not (root / original.drawing).is_file()
    }
    yield from (replace(one, rule="drawing") for one in found if one.path not in told)
    origins = context.origins
    if found or origins.problems:
        return  # the index would not be right either
    used = asset_index.usage(survey.book, survey.reports, survey.library)
    text = asset_index.text(root, survey.book, files, origins, used)
    yield from (replace(one, rule="drawing") for one in asset_index.problems(root, text))


def wrong_origins(context: Context) -> Iterator[Problem]:
    """Yield what is wrong in assets/sources.yml, entries for files that are gone among it."""
    root = context.root
    origins = context.origins
    yield from (replace(one, rule="origin") for one in origins.problems)
    patterns = [entry for entry in origins.entries if not (root / entry.pattern).is_file()]
    names = _content(root) if patterns else []
    for entry in patterns:
        if not any(fnmatchcase(name, entry.pattern) for name in names):
            message = f"there is no file {entry.pattern}; delete the entry or mend its path."
            yield Problem(asset_sources.FILE, entry.line, message, "origin")


def _content(root: Path) -> list[str]:
    """Return the files of the book that can have an entry in assets/sources.yml."""
    paths = (path for directory in CONTENT for path in (root / directory).rglob("*"))
    return [path.relative_to(root).as_posix() for path in paths if path.is_file()]


def unsourced(context: Context) -> Iterator[Problem]:
    """Yield the images that the book shows and that nobody says the source of."""
    root, survey = context.root, context.survey
    origins = context.origins
    told: set[str] = set()
    for id, report in survey.reports.items():
        for image in report.images:
            path = image.path
            if path is None or path in told or not _needs_origin(root, image, origins):
                continue
            told.add(path)
            text = survey.sources[id]
            places = text.find_target(image.written)[:1]
            message = f"image '{image.written}' {_no_origin(path)}"
            yield from text.problems(places, message, "origin")
    cover = next((name for name in COVERS if (root / name).is_file()), None)
    if cover is not None and cover not in told and origins.of(cover) is None:
        yield Problem(cover, None, _no_origin(cover), "origin")


def _needs_origin(root: Path, image: Image, origins: Origins) -> bool:
    path = image.path
    if path is None or image.drawing is not None or path.startswith(f"{cache.DIRECTORY}/"):
        return False
    if not (root / path).is_file() or generated.note_of(root / path) is not None:
        return False
    return origins.of(path) is None


def _no_origin(path: str) -> str:
    return (
        f"has no source or licence noted; write `{path}: {asset_sources.OWN}` into "
        f"{asset_sources.FILE}, or whose it is."
    )


def oversized(context: Context) -> Iterator[Problem]:
    """Yield the images that the book shows and that are larger than any page needs."""
    root, survey = context.root, context.survey
    limits = read_limits(root)
    if isinstance(limits, Problem):
        yield limits
        return
    shown = {image.path for image in _images(survey) if image.path is not None}
    for path in sorted({*shown, *COVERS}):
        if (root / path).is_file():
            message = _size_message(root / path, limits)
            if message is not None:
                yield Problem(path, None, message, "image-size")


def _size_message(path: Path, limits: Limits) -> str | None:
    """Say what is too large about an image, or None."""
    size = path.stat().st_size / KILO
    if path.suffix.lower() == ".svg":
        how = "draw fewer points or simpler outlines, or save it as PNG"
        large = f"has {size:.0f} kB, and more than {limits.svg_kb} are slow to show; {how}."
        return large if size > limits.svg_kb else None
    if path.suffix.lower() not in BITMAPS:
        return None
    how = f"resize it to {GOOD_WIDTH} pixels, and save a photo as JPEG"
    if size > limits.bitmap_kb:
        return f"has {size:.0f} kB, and more than {limits.bitmap_kb} are slow to load; {how}."
    width = _width(path)
    if width > limits.bitmap_pixels:
        return f"is {width} pixels wide, of which a page shows half at best; {how}."
    return None


def _width(path: Path) -> int:
    """Return the width of a bitmap in pixels, 0 for what is none."""
    from PIL import Image as Bitmap  # most books have few

    try:
        with Bitmap.open(path) as bitmap:
            return int(bitmap.width)
    except (OSError, ValueError, Bitmap.DecompressionBombError):
        return 0


def read_limits(root: Path) -> Limits | Problem:
    """Return how large pictures may be, or what is wrong with the setting."""
    try:
        settings = tomllib.loads((root / SETTINGS).read_text(encoding="utf-8"))
        found = settings.get("tool", {}).get("book", {}).get("assets", {})
        return msgspec.convert(found, Limits)
    except FileNotFoundError:
        return Limits()
    except (OSError, ValueError) as error:
        words = " ".join(str(error).split())
        message = f"[tool.book.assets] cannot be read: {words}."
        return Problem(SETTINGS, None, message, "image-size")


def unused(context: Context) -> Iterator[Problem]:
    """Yield the assets that nothing refers to."""
    root, survey = context.root, context.survey
    files = context.assets
    known = generated.originals(files)
    used = {*links.targets(context), *COVERS, *asset_index.NO_ASSETS}
    used |= asset_index.usage(survey.book, survey.reports, survey.library).chapters.keys()
    for original in known:
        note = generated.note_of(root / original.drawing)
        used |= set(note.sources[1:] if note else ())
    # What belongs together is one asset, under the name that chapters use.
    names = {name: name for name in files}
    names |= {f"{name}.svg": name for name in files if name.endswith(".drawio")}
    for original in known:
        names |= dict.fromkeys((original.path, *original.files), original.drawing)
    used |= {names.get(name, name) for name in used}
    origins = context.origins
    for name in files:
        if names[name] == name and name not in used and origins.of(name) is None:
            message = "nothing in the book refers to it; use it or delete it."
            yield Problem(name, None, message, "unused-asset")


def _images(survey: Survey) -> Iterator[Image]:
    for report in survey.reports.values():
        yield from report.images
