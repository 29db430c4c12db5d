"""Build the book: `python tools/build_scripts/build_book.py --help`."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

if not __package__:  # run as a script, from whatever directory
    sys.path[0] = str(Path(__file__).resolve().parents[2])
    import tools.build_scripts  # noqa: F401  (says what is not installed, before click does)

import click
import msgspec

from tools.build_scripts import pandoc, stamp
from tools.build_scripts.book import FORMATS, Format
from tools.build_scripts.cli import Progress, book_option, shown, told

if TYPE_CHECKING:
    from tools.build_scripts.build import Result

EXAMPLES = """\b
Examples:
  python tools/build_scripts/build_book.py
  python tools/build_scripts/build_book.py --format html
  python tools/build_scripts/build_book.py --format epub --format pdf --output dist
"""


@click.command(epilog=EXAMPLES, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--format",
    "-f",
    "formats",
    type=click.Choice(FORMATS),
    multiple=True,
    help="What to build; may be given more than once.  [default: the formats in book.yml]",
)
@click.option(
    "--output",
    "-o",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Where to write; every format gets a directory in it.  [default: book_build]",
)
@click.option(
    "--jobs",
    "-j",
    type=click.IntRange(min=1),
    metavar="N",
    help="How many things to do at once.  [default: one for every core]",
)
@click.option(
    "--no-cache", is_flag=True, help="Make everything anew; use and keep no earlier results."
)
@click.option("--verbose", "-v", is_flag=True, help="Say what is done and how long it takes.")
@book_option
def main(
    formats: tuple[Format, ...],
    output: Path | None,
    jobs: int | None,
    no_cache: bool,
    verbose: bool,
    root: Path,
) -> None:
    """Build the book into a website, an EPUB, a PDF and one Markdown file.

    The chapters are checked first, all of them; a broken link or a missing image is told with
    its file and line, and nothing is written. What is there already stays until all is built.
    Only what changed since the last build is made again.
    """
    started = time.monotonic()
    request = Request(
        formats=tuple(format for format in FORMATS if format in formats),
        output=str((output or root / "book_build").absolute()),
    )
    with told():
        must_build = no_cache or verbose or stamp.interrupted(root, Path(request.output))
        done = None if must_build else stamp.unchanged(root, request)
        if done is not None:
            _tell(done.built, f"Nothing changed ({time.monotonic() - started:.2f} s).")
            return
        _build(root, request, jobs or pandoc.default_jobs(), started, no_cache, verbose)


class Request(msgspec.Struct, frozen=True):
    """What is to be built: the formats, none for those of book.yml, and where."""

    formats: tuple[Format, ...]
    output: str


def _build(
    root: Path, request: Request, jobs: int, started: float, no_cache: bool, verbose: bool
) -> None:
    # Loaded only when there is something to do.
    from tools.build_scripts.build import Options, build, make_stamp

    options = Options(request.formats, Path(request.output), jobs, use_cache=not no_cache)
    progress = Progress("Reading chapters:")
    try:
        result = build(root, options, progress.tick)
    finally:
        progress.clear()
    if verbose:
        _tell_details(result, jobs)
    made = make_stamp(result, options.output)
    if not no_cache:
        stamp.write(root, request, made)
    _tell(made.built, _summary(result, time.monotonic() - started))


def _tell(built: Iterable[tuple[str, str]], summary: str) -> None:
    width = max(len(format) for format in FORMATS)
    for format, path in built:
        click.echo(f"{format:{width}}  {shown(Path(path))}")
    click.echo(summary)


def _tell_details(result: Result, jobs: int) -> None:
    manuscript = result.manuscript
    words = sum(len(chapter.text.split()) for chapter in manuscript.chapters)
    click.echo(
        f"Read {manuscript.book.title}: {len(manuscript.chapters)} chapters, {words:,} words, "
        f"{len(manuscript.images)} images, {result.read} chapters anew, {jobs} jobs "
        f"({result.seconds:.1f} s)"
    )
    for done in result.built:
        click.echo(f"Wrote {done.format} ({done.seconds:.1f} s)")


def _summary(result: Result, seconds: float) -> str:
    count = len(result.manuscript.chapters)
    chapters = "1 chapter" if count == 1 else f"{count} chapters"
    version = result.manuscript.version
    return f"Built {chapters}, version {version}, in {seconds:.1f} s ({result.read} read anew)."


if __name__ == "__main__":
    main()
