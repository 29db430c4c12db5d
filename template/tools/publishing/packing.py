"""The files of a release: archives that are the same wherever they are made, and their sums."""

from __future__ import annotations

import gzip
import re
import shutil
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timezone
from hashlib import sha256
from pathlib import Path

from tools.build_scripts.book import Book, Format
from tools.build_scripts.output import MARKER
from tools.build_scripts.staging import KEPT
from tools.publishing.errors import PublishError

SUMS = "SHA256SUMS"
MANIFEST = "manifest.json"
NOTES = "RELEASE_NOTES.md"
# What a build keeps for itself.
NOT_PUBLISHED = frozenset({MARKER, KEPT})
# The dates that a zip can hold, of 1980 and of 2107.
FIRST_DATE, LAST_DATE = 315_532_800, 4_354_819_198

MEDIA_TYPES = {
    ".epub": "application/epub+zip",
    ".gz": "application/gzip",
    ".json": "application/vnd.cyclonedx+json",
    ".md": "text/markdown",
    ".pdf": "application/pdf",
    ".zip": "application/zip",
}


@dataclass(frozen=True)
class Release:
    """A version of a book.

    Attributes:
        book: the book.
        version: the version.
        commit: its commit.
        date: when that was made, in seconds since 1970.
        notes: what is new in it.
        formats: what it is built into.
    """

    book: Book
    version: str
    commit: str
    date: int
    notes: str
    formats: tuple[Format, ...]

    @property
    def name(self) -> str:
        """What the names of its files begin with."""
        return f"{self.book.slug}-{self.version}"


def pack(release: Release, built: Path, archive: bytes, destination: Path) -> None:
    """Write the files that readers download.

    Args:
        release: the release.
        built: what was built, a directory for every format.
        archive: the book's sources as a tar archive.
        destination: an empty directory.
    """
    for format in release.formats:
        _pack_format(release, format, built / format, destination)
    # Of what gzip writes besides, nothing may tell when and where it was.
    with (
        (destination / f"{release.name}-source.tar.gz").open("wb") as file,
        gzip.GzipFile("", "wb", compresslevel=9, fileobj=file, mtime=0) as packed,
    ):
        packed.write(archive)
    (destination / NOTES).write_text(release.notes + "\n", encoding="utf-8", newline="\n")


def write_sums(directory: Path) -> None:
    """Write the sums of all files of a directory, as `sha256sum --check` reads them."""
    lines = [f"{sum_of(path)}  {path.name}\n" for path in sorted(directory.iterdir())]
    (directory / SUMS).write_text("".join(lines), encoding="utf-8", newline="\n")


def sum_of(path: Path) -> str:
    """Return the SHA-256 of a file."""
    return sha256(path.read_bytes()).hexdigest()


def require_own(dist: Path) -> None:
    """Refuse to replace a directory that holds anything that no release wrote.

    Raises:
        PublishError: it does; the text names the first such file.
    """
    if not dist.exists():
        return
    known = {SUMS}
    if (dist / SUMS).is_file():
        known.update(re.findall(r"^\w+  (.+)$", (dist / SUMS).read_text("utf-8"), re.MULTILINE))
    foreign = sorted(path.name for path in dist.iterdir() if path.name not in known)
    if foreign:
        raise PublishError(
            f"{dist.name}/{foreign[0]} was not written by a release, which replaces the whole "
            "directory; move it elsewhere."
        )


def _pack_format(release: Release, format: Format, built: Path, destination: Path) -> None:
    files = list(_files(built))
    if format == "html":
        _zip(release, built, files, destination / f"{release.name}-website.zip")
    elif len(files) > 1:  # text and the images that it shows
        _zip(release, built, files, destination / f"{release.name}-{format}.zip")
    else:
        source = built / files[0]
        shutil.copyfile(source, destination / f"{release.name}{source.suffix}")


def _files(directory: Path) -> Iterator[str]:
    """Yield the paths of what was built in a directory, in the order of their letters."""
    paths = (path.relative_to(directory) for path in directory.rglob("*") if path.is_file())
    yield from sorted(path.as_posix() for path in paths if path.name not in NOT_PUBLISHED)


def _zip(release: Release, directory: Path, files: list[str], destination: Path) -> None:
    date = min(max(release.date, FIRST_DATE), LAST_DATE)
    moment = datetime.fromtimestamp(date, tz=timezone.utc)
    with zipfile.ZipFile(destination, "w") as archive:
        for name in files:
            entry = zipfile.ZipInfo(f"{release.name}/{name}", moment.timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3  # Unix, wherever it is made
            entry.external_attr = 0o100644 << 16
            archive.writestr(entry, (directory / name).read_bytes())
