"""Writing the chosen formats aside, and putting them in place when all of them are done."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tools.build_scripts.book import BuildError, Format, Problem
from tools.build_scripts.chapters import Manuscript

# A directory with this file in it was written here and may be replaced whole.
MARKER = ".buildinfo"
MARKER_TEXT = "Written by tools/build_scripts/build_book.py, which replaces this directory.\n"
KEPT = ".gitkeep"
STAGING_PREFIX = ".building-"
DAY = 24 * 60 * 60


@dataclass(frozen=True)
class Built:
    """A format that was built: its main file, and the seconds it took to write."""

    format: Format
    path: Path
    seconds: float


def _write_html(manuscript: Manuscript, directory: Path, jobs: int) -> Path:
    from tools.build_scripts.website import write_website

    write_website(manuscript, directory, jobs)
    return directory / "index.html"


def _write_epub(manuscript: Manuscript, directory: Path, jobs: int) -> Path:
    from tools.build_scripts.epub import write_epub

    path = directory / f"{manuscript.book.slug}.epub"
    write_epub(manuscript, path)
    return path


def _write_pdf(manuscript: Manuscript, directory: Path, jobs: int) -> Path:
    from tools.build_scripts.pdf import write_pdf
    from tools.build_scripts.typst_fragments import typst_fragments

    path = directory / f"{manuscript.book.slug}.pdf"
    write_pdf(manuscript, path, typst_fragments(manuscript, jobs))
    return path


def _write_markdown(manuscript: Manuscript, directory: Path, jobs: int) -> Path:
    from tools.build_scripts.markdown import write_markdown

    path = directory / f"{manuscript.book.slug}.md"
    write_markdown(manuscript, path)
    return path


# Each is imported when it is used: a website does not wait for a typesetter to load.
WRITERS: Mapping[Format, Callable[[Manuscript, Path, int], Path]] = {
    "html": _write_html,
    "epub": _write_epub,
    "pdf": _write_pdf,
    "markdown": _write_markdown,
}


def build(
    manuscript: Manuscript, formats: Sequence[Format], output: Path, jobs: int
) -> list[Built]:
    """Write a book.

    Every format gets a directory of its own in the output directory: `html`, `epub`, `pdf`,
    `markdown`. All are written aside first. If one fails, none changes.

    Args:
        manuscript: the book.
        formats: what to build.
        output: the directory to write to; it is made when it does not exist.
        jobs: how many things to do at once.

    Returns:
        What was built, in the order of the formats.

    Raises:
        BuildError: a format cannot be written, or something else is in its place.
    """
    for format in formats:
        refuse_foreign(output / format)
    with _staging(output) as staging, ThreadPoolExecutor(max(1, jobs)) as pool:
        works = [pool.submit(_write, manuscript, format, staging, jobs) for format in formats]
        built = [work.result() for work in works]
        _put_in_place(staging, output, formats)
    return [
        Built(done.format, output / done.path.relative_to(staging), done.seconds) for done in built
    ]


def refuse_foreign(directory: Path) -> None:
    """Refuse to replace a directory that holds something else than a build.

    Raises:
        BuildError: it is a file, or holds files and was not written here.
    """
    if not os.path.lexists(directory):
        return
    if not directory.is_dir():
        raise BuildError(Problem(str(directory), None, "is in the way; move it or delete it."))
    if (directory / MARKER).is_file():
        return
    if any(found.name != KEPT for found in directory.iterdir()):
        message = (
            "holds files that were not built here, and a build replaces the whole directory; "
            "move them, or choose another directory with --output."
        )
        raise BuildError(Problem(str(directory), None, message))


def _write(manuscript: Manuscript, format: Format, staging: Path, jobs: int) -> Built:
    started = time.monotonic()
    directory = staging / format
    directory.mkdir()
    path = WRITERS[format](manuscript, directory, jobs)
    (directory / MARKER).write_text(MARKER_TEXT, encoding="utf-8")
    return Built(format, path, time.monotonic() - started)


@contextmanager
def _staging(output: Path) -> Iterator[Path]:
    """Make a directory to write to, and take it away again whatever happens."""
    is_new = not output.exists()
    try:
        output.mkdir(parents=True, exist_ok=True)
        _sweep(output)
        staging = Path(tempfile.mkdtemp(prefix=STAGING_PREFIX, dir=output))
    except OSError as error:
        message = f"cannot be written to ({error.strerror}); choose another with --output."
        raise BuildError(Problem(str(output), None, message)) from error
    try:
        yield staging
    finally:
        shutil.rmtree(staging, ignore_errors=True)
        if is_new:
            with suppress(OSError):  # it holds what was built
                output.rmdir()


def _sweep(output: Path) -> None:
    """Take away what a build that was killed left behind."""
    for left in output.glob(f"{STAGING_PREFIX}*"):
        if time.time() - left.stat().st_mtime > DAY:
            shutil.rmtree(left, ignore_errors=True)


def _put_in_place(staging: Path, output: Path, formats: Sequence[Format]) -> None:
    for format in formats:
        new, old, place = staging / format, staging / f"old-{format}", output / format
        if (place / KEPT).is_file():
            shutil.copyfile(place / KEPT, new / KEPT)
        if not place.exists():
            new.rename(place)
            continue
        place.rename(old)
        try:
            new.rename(place)
        except BaseException:
            old.rename(place)
            raise
