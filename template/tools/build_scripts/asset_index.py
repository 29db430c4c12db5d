"""The index of assets: what each one is, where it comes from, and which chapters show it."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from urllib.parse import quote

from tools.build_scripts import asset_sources, generated
from tools.build_scripts.asset_sources import Origin, Origins
from tools.build_scripts.book import Book, Problem, license_name
from tools.build_scripts.generated import COMMAND, Original
from tools.build_scripts.listings import Library
from tools.build_scripts.report import Report

FILE = "assets/INDEX.md"
HEAD = "<!-- Written by make assets; do not edit. -->"
# What there is beside assets and is none.
NO_ASSETS = frozenset({FILE, "assets/README.md", asset_sources.FILE})
KINDS = {
    "code": (".py",),
    "bitmap": (".gif", ".jpeg", ".jpg", ".png", ".webp"),
    "drawing": (".svg",),
    "draw.io drawing": (".drawio",),
    "font": (".otf", ".ttf", ".woff", ".woff2"),
    "data": (".csv", ".json", ".toml", ".xml", ".yaml", ".yml"),
}
KILO = 1000
# What an address may hold, besides letters and digits; a stroke would end the cell.
ADDRESS = "%/:=&?~#+!$,;'@()*[]"
# What Markdown reads something into.
SPECIAL = re.compile(r"([\\`*_\[\]<>|&])")


@dataclass(frozen=True)
class Usage:
    """Where the chapters show each asset.

    Attributes:
        chapters: the ids of the chapters, by the path of the asset.
    """

    chapters: Mapping[str, frozenset[str]]

    def of(self, *paths: str | None) -> frozenset[str]:
        """Return the chapters that show one of some files."""
        return frozenset().union(*(self.chapters.get(path or "", ()) for path in paths))


def usage(book: Book, reports: Mapping[str, Report], library: Library) -> Usage:
    """Find the assets that chapters show, link to or take listings from.

    Args:
        book: the book.
        reports: what was found in its chapters, by the chapter's id.
        library: the files that listings show.
    """
    found: dict[str, set[str]] = {}
    for id, report in reports.items():
        paths = [image.drawing or image.path for image in report.images]
        paths += [link.path for link in report.links]
        for path in paths:
            if path is not None:
                found.setdefault(path, set()).add(id)
    ids = {entry.prose: entry.id for entry in book.entries}
    for part, (prose, _) in library.shown.items():
        found.setdefault(part.path, set()).add(ids[prose])
    return Usage({path: frozenset(chapters) for path, chapters in found.items()})


def text(root: Path, book: Book, files: Sequence[str], origins: Origins, used: Usage) -> str | None:
    """Return the index, or None for a book without assets.

    Args:
        root: the book's directory.
        book: the book.
        files: those below assets.
        origins: where they come from.
        used: where they are shown.
    """
    rows = list(_rows(root, book, files, origins, used))
    if not rows:
        return None
    return "\n".join(
        [
            "# Index of assets",
            "",
            HEAD,
            "",
            f"Every file below `assets/`, as `{COMMAND}` found it. What is drawn names the files",
            "that it is drawn from; the rest is noted in `sources.yml`.",
            "",
            "| Asset | Kind | Source | Licence | Size | Shown in |",
            "| --- | --- | --- | --- | ---: | --- |",
            *rows,
            "",
        ]
    )


def problems(root: Path, wanted: str | None) -> Iterator[Problem]:
    """Yield what is wrong with the index that the book has; no book needs one.

    Args:
        root: the book's directory.
        wanted: the index as it is to be.
    """
    found = written(root)
    if found in (None, wanted):
        return
    if is_foreign(root):
        yield Problem(FILE, None, "is in the way of the index of assets; rename it.")
    else:
        yield Problem(FILE, None, f"is not what there is now; run: {COMMAND}")


def written(root: Path) -> str | None:
    """Return the index that the book has, if it has one."""
    path = root / FILE
    return path.read_text(encoding="utf-8") if path.is_file() else None


def is_foreign(root: Path) -> bool:
    """Say whether somebody else's file is where the index is to be."""
    found = written(root)
    return found is not None and HEAD not in found


def _rows(
    root: Path, book: Book, files: Sequence[str], origins: Origins, used: Usage
) -> Iterator[str]:
    known = {original.path: original for original in generated.originals(files)}
    makers = {name: original for original in known.values() for name in original.files}
    titles = {
        entry.id: f"[{_words(entry.title)}]({_address(entry.prose)})" for entry in book.entries
    }
    for name in files:
        if name in NO_ASSETS or name in known or _is_export(name, files):
            continue
        maker = makers.get(name)
        if maker is not None and name == maker.table:
            continue  # it stands in the row of its chart
        chapters = used.of(name, f"{name}.svg", maker.table if maker else None)
        cells = (
            f"[{_words(name.removeprefix('assets/'))}]({_address(name)})",
            _kind(name, maker),
            _source(root, name, maker, origins.of(name)),
            _license(book, name, maker, origins.of(name)),
            _size((root / name).stat().st_size),
            # By title, so that the order of the chapters changes nothing here.
            ", ".join(sorted(titles[id] for id in chapters)),
        )
        yield "".join(f"| {cell} " if cell else "| " for cell in cells) + "|"


def _is_export(name: str, files: Sequence[str]) -> bool:
    """Say whether a file is what draw.io exported of a drawing, in whose row it stands."""
    return name.endswith(".drawio.svg") and name.removesuffix(".svg") in files


def _kind(name: str, maker: Original | None) -> str:
    if maker is not None:
        return "chart" if maker.kind == "chart" else "diagram"
    if name.startswith("assets/code_snippets/"):
        return "code"
    ending = PurePosixPath(name).suffix.lower()
    return next((kind for kind, endings in KINDS.items() if ending in endings), "other")


def _is_made_here(name: str, maker: Original | None) -> bool:
    """Say whether a file was made for the book, without anybody having to say so."""
    return maker is not None or ".drawio" in name or _kind(name, maker) == "code"


def _source(root: Path, name: str, maker: Original | None, origin: Origin | None) -> str:
    if maker is not None:
        note = generated.note_of(root / maker.drawing)
        sources = (*(note.sources if note else (maker.path,)), maker.table)
        return ", ".join(
            f"[{_words(posixpath.basename(path))}]({_address(path)})" for path in sources if path
        )
    if origin is None:
        return asset_sources.OWN if _is_made_here(name, maker) else "**not noted**"
    if origin.is_own:
        return asset_sources.OWN
    is_address = origin.source.startswith(("http://", "https://"))
    source = f"<{quote(origin.source, safe=ADDRESS)}>" if is_address else _words(origin.source)
    return f"{source}, {_words(origin.author or '')}"


def _license(book: Book, name: str, maker: Original | None, origin: Origin | None) -> str:
    if origin is not None and origin.license is not None:
        return _words(origin.license)
    if origin is None and not _is_made_here(name, maker):
        return "**not noted**"
    is_code = maker is None and _kind(name, maker) == "code"
    return license_name(book.licenses.code if is_code else book.licenses.text)


def _size(bytes: int) -> str:
    return f"{max(1, round(bytes / KILO))} kB"


def _words(text: str) -> str:
    return SPECIAL.sub(r"\\\1", " ".join(text.split()))


def _address(path: str) -> str:
    """Return a path of the book as a link in the index."""
    return quote(posixpath.relpath(path, posixpath.dirname(FILE)), safe="/")
