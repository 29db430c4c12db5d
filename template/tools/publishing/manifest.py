"""The manifest of a release: a bill of materials as CycloneDX 1.6 has it, in JSON.

It says what the release is, which files it has, with what they were made, and who allows what.
docs/publishing/manifest.md in the book describes it.
"""

from __future__ import annotations

import platform
import re
import subprocess
import uuid
from collections.abc import Iterable, Iterator
from datetime import datetime, timezone
from functools import cache
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from tools.build_scripts import pandoc
from tools.build_scripts.book import Book, license_name
from tools.build_scripts.cli import ROOT
from tools.build_scripts.fonts import is_cjk
from tools.publishing.packing import MEDIA_TYPES, NOTES, Release, sum_of

Json = dict[str, Any]
SCHEMA = "http://cyclonedx.org/schema/bom-1.6.schema.json"
PINNED = re.compile(r"^([A-Za-z0-9][\w.-]*)==", re.MULTILINE)
EXPRESSION = re.compile(r" (?:AND|OR|WITH) |^LicenseRef-")
SUBSET = re.compile(r"^[A-Z]{6}\+")
FONT_FACE = re.compile(rb'@font-face\{font-family:"([^"]+)"')


class Origin(NamedTuple):
    """Where fonts come from: how their names begin, the package, and their licence."""

    beginning: str
    package: str
    license: str


# The licences of the fonts that Typst itself brings are those of their own files.
FONTS = (
    Origin("Amiri", "fontpkg-amiri", "OFL-1.1"),
    Origin("DejaVu", "typst", "Bitstream-Vera"),
    Origin("LibertinusSerif", "typst", "OFL-1.1"),
    Origin("NewCM", "typst", "GUST Font License"),
    Origin("NotoSansCJK", "manimgx-fonts-cjk", "OFL-1.1"),
    Origin("Noto", "manimgx-fonts", "OFL-1.1"),
    Origin("PTSerif", "fontpkg-pt-serif", "OFL-1.1"),
    Origin("SourceCodePro", "fontpkg-source-code-pro", "OFL-1.1"),
    Origin("SourceSans3", "fontpkg-source-sans-3", "OFL-1.1"),
    Origin("SourceSerif4", "fontpkg-source-serif-4", "OFL-1.1"),
)


def manifest(release: Release, built: Path, directory: Path) -> bytes:
    """Return the manifest of a release.

    Args:
        release: the release.
        built: what was built, a directory for every format.
        directory: the files of the release.
    """
    moment = datetime.fromtimestamp(release.date, tz=timezone.utc)
    name = f"{release.book.repository or release.book.title} {release.version} {release.commit}"
    content: Json = {
        "$schema": SCHEMA,
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, name)}",
        "version": 1,
        "metadata": {
            "timestamp": moment.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "lifecycles": [{"phase": "build"}],
            "tools": {"components": list(_tools(release.book))},
            "component": _book(release),
        },
        "components": [
            *(_file(release.book, path) for path in sorted(directory.iterdir())),
            *_fonts(built),
        ],
    }
    return msgspec.json.format(msgspec.json.encode(content), indent=2) + b"\n"


def _book(release: Release) -> Json:
    book = release.book
    addresses = [{"type": "vcs", "url": book.repository}] if book.repository else []
    return {
        "type": "data",
        "bom-ref": f"{book.slug}@{release.version}",
        "name": book.title,
        "version": release.version,
        "description": book.description,
        "authors": [{"name": name} for name in book.author_names],
        "licenses": _rights(book),
        "externalReferences": addresses,
        "pedigree": {"commits": [{"uid": release.commit}]},
        "properties": [
            _property("language", book.language),
            *(_property("format", format) for format in release.formats),
            _property("license:text", book.licenses.text),
            _property("license:code", book.licenses.code),
        ],
    }


def _rights(book: Book) -> list[Json]:
    """Return the licences of a book, its text's and its code's."""
    return [_license(name) for name in dict.fromkeys((book.licenses.text, book.licenses.code))]


def _file(book: Book, path: Path) -> Json:
    described: Json = {
        "type": "file",
        "bom-ref": path.name,
        "name": path.name,
        "mime-type": MEDIA_TYPES[path.suffix],
        "hashes": [{"alg": "SHA-256", "content": sum_of(path)}],
        "properties": [_property("size", str(path.stat().st_size))],
    }
    if path.name != NOTES:
        described["licenses"] = _rights(book)
    return described


# Tools -------------------------------------------------------------------------------------


def _tools(book: Book) -> Iterator[Json]:
    """Yield Python, pandoc, and the packages that the requirements of a build pin."""
    yield _tool("Python", platform.python_version(), ["PSF-2.0"])
    yield _tool("pandoc", _pandoc_version(), ["GPL-2.0-or-later"])
    files = ["build.txt", *(["cjk.txt"] if is_cjk(book.language) else [])]
    texts = (ROOT / "requirements" / file for file in files)
    names = {name for text in texts for name in PINNED.findall(text.read_text("utf-8"))}
    for name in sorted(names):
        package = _installed(name)
        if package is not None:
            described = _tool(name, package.version, _licenses_of(package))
            yield {**described, "purl": f"pkg:pypi/{name}@{package.version}"}


def _tool(name: str, version: str, licenses: Iterable[str]) -> Json:
    described = [_license(license) for license in licenses]
    return {
        "type": "application",
        "name": name,
        "version": version,
        **({"licenses": described} if described else {}),
    }


def _pandoc_version() -> str:
    command = [str(pandoc.executable()), "--version"]
    told = subprocess.run(command, capture_output=True, encoding="utf-8", check=True).stdout
    return told.split()[1]


@cache
def _installed(name: str) -> Distribution | None:
    try:
        return distribution(name)
    except PackageNotFoundError:
        return None


def _licenses_of(package: Distribution) -> list[str]:
    """Return the licences that a package declares, in the newer form or in an older one."""
    declared = package.metadata.get_all("License-Expression")
    if declared:
        return declared
    classifiers = package.metadata.get_all("Classifier") or []
    names = [text.rpartition(" :: ")[2] for text in classifiers if text.startswith("License ::")]
    if names:
        return sorted(set(names) - {"OSI Approved"})
    # Some packages put the whole text there.
    lines = "".join(package.metadata.get_all("License") or []).strip().splitlines()
    return lines if len(lines) == 1 else []


# Fonts -------------------------------------------------------------------------------------


def _fonts(built: Path) -> Iterator[Json]:
    """Yield the fonts that are embedded in what was built."""
    names = {*_fonts_of_pdfs(built), *_fonts_of_pictures(built)}
    for name in sorted(names):
        origin = next((known for known in FONTS if name.startswith(known.beginning)), None)
        yield {
            "type": "data",
            "bom-ref": f"font:{name}",
            "name": name,
            "licenses": [_license(origin.license)] if origin else [],
            "properties": [
                _property("role", "font"),
                *([_property("package", origin.package)] if origin else []),
            ],
        }


def _fonts_of_pdfs(built: Path) -> Iterator[str]:
    import pikepdf

    for file in built.glob("pdf/*.pdf"):
        with pikepdf.open(file) as document:
            for found in document.objects:
                if (
                    isinstance(found, pikepdf.Dictionary)
                    and found.get("/Type") == "/FontDescriptor"
                ):
                    yield SUBSET.sub("", str(found.FontName).removeprefix("/"))


def _fonts_of_pictures(built: Path) -> Iterator[str]:
    for file in built.rglob("*.svg"):
        for family in FONT_FACE.findall(file.read_bytes()):
            yield family.decode("utf-8").replace(" ", "")


# Parts -------------------------------------------------------------------------------------


def _license(identifier: str) -> Json:
    """Return a licence: an SPDX expression or identifier, or the name of another."""
    if EXPRESSION.search(identifier):
        return {"expression": identifier}
    if " " in license_name(identifier):
        return {"license": {"name": license_name(identifier)}}
    return {"license": {"id": identifier}}


def _property(name: str, value: str) -> Json:
    return {"name": f"book:{name}", "value": value}
