"""Build the book: `python tools/build_scripts/build_book.py --help`."""

from __future__ import annotations

import sys
import time
from pathlib import Path

if not __package__:  # run as a script, from whatever directory
    sys.path[0] = str(Path(__file__).resolve().parents[2])
    import tools.build_scripts  # noqa: F401  (says what is not installed, before click does)

import click

from tools.build_scripts import pandoc
from tools.build_scripts.book import FORMATS, Format
from tools.build_scripts.build import build
from tools.build_scripts.chapters import Manuscript, read_manuscript
from tools.build_scripts.cli import Progress, book_option, shown, told

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
@click.option("--verbose", "-v", is_flag=True, help="Say what is done and how long it takes.")
@book_option
def main(
    formats: tuple[str, ...], output: Path | None, jobs: int | None, verbose: bool, root: Path
) -> None:
    """Build the book into a website, an EPUB, a PDF and one Markdown file.

    The chapters are checked first, all of them; a broken link or a missing image is told with
    its file and line, and nothing is written. What is there already stays until all is built.
    """
    started = time.monotonic()
    with told():
        workers = jobs or pandoc.default_jobs()
        manuscript = _read(root, workers, verbose)
        chosen = _chosen(formats, manuscript)
        built = build(manuscript, chosen, (output or root / "book_build").absolute(), workers)
    width = max(len(format) for format in FORMATS)
    for done in built:
        took = f"  ({done.seconds:.1f} s)" if verbose else ""
        click.echo(f"{done.format:{width}}  {shown(done.path)}{took}")
    seconds = time.monotonic() - started
    count = len(manuscript.chapters)
    chapters = "1 chapter" if count == 1 else f"{count} chapters"
    click.echo(f"Built {chapters}, version {manuscript.version}, in {seconds:.1f} s.")


def _read(root: Path, workers: int, verbose: bool) -> Manuscript:
    started = time.monotonic()
    progress = Progress("Reading chapters:")
    try:
        manuscript = read_manuscript(root, workers, progress.tick)
    finally:
        progress.clear()
    if verbose:
        words = sum(len(chapter.text.split()) for chapter in manuscript.chapters)
        seconds = time.monotonic() - started
        click.echo(
            f"Read {manuscript.book.title}: {len(manuscript.chapters)} chapters, {words:,} words, "
            f"{len(manuscript.images)} images, {workers} jobs ({seconds:.1f} s)"
        )
    return manuscript


def _chosen(formats: tuple[str, ...], manuscript: Manuscript) -> tuple[Format, ...]:
    """Return what to build, each format once, in the usual order."""
    wanted = formats or manuscript.book.formats or FORMATS
    return tuple(format for format in FORMATS if format in wanted)


if __name__ == "__main__":
    main()
