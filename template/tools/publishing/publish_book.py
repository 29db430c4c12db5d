"""Make a release of the book: `python tools/publishing/publish_book.py --help`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

if not __package__:  # run as a script, from whatever directory
    sys.path[0] = str(Path(__file__).resolve().parents[2])
    import tools.build_scripts  # noqa: F401  (says what is not installed, before click does)

import click

from tools.build_scripts.cli import book_option, told
from tools.publishing import versions
from tools.publishing.errors import PublishError
from tools.publishing.release import Made, Options, make_release
from tools.publishing.repository import REMOTE
from tools.publishing.transaction import DIST

EXAMPLES = """\b
Examples:
  python tools/publishing/publish_book.py 1.2.0 --dry-run
  python tools/publishing/publish_book.py 1.2.0
  python tools/publishing/publish_book.py 1.2.0 --from-tag
"""
BAD_USAGE, INTERRUPTED = 2, 130


@click.command(epilog=EXAMPLES, context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("version", type=str)
@click.option(
    "--dry-run",
    "--check",
    is_flag=True,
    help="Check and build everything, and change nothing: no commit, no tag, no dist.",
)
@click.option(
    "--from-tag",
    is_flag=True,
    help="Write dist/ from the version's tag, which exists; commit and tag nothing.",
)
@click.option(
    "--skip-tests", is_flag=True, help="Do not run the tests: for a machine that has just run them."
)
@book_option
def main(version: str, dry_run: bool, from_tag: bool, skip_tests: bool, root: Path) -> None:
    """Release VERSION of the book, such as 1.2.0.

    The book is checked, tested and built as the release will be committed. Only then its commit
    and its tag are made, and dist/ is written: the formats, the sources, their checksums, a
    manifest and the notes. Nothing is pushed. Whatever stops it leaves everything as it was.
    """
    try:
        versions.parse(version)
    except PublishError as error:
        click.echo(str(error), err=True)
        sys.exit(BAD_USAGE)
    with told(), _explained():
        made = make_release(root, Options(version, from_tag, dry_run, skip_tests), click.echo)
        _tell(made, dry_run)


@contextmanager
def _explained() -> Iterator[None]:
    """Turn what stops a release into a sentence on standard error and an exit code."""
    try:
        yield
    except PublishError as error:
        click.echo(str(error), err=True)
        sys.exit(1)
    except KeyboardInterrupt:
        click.echo("\nInterrupted. Nothing was changed.", err=True)
        sys.exit(INTERRUPTED)


def _tell(made: Made, dry_run: bool) -> None:
    width = max(map(len, made.files))
    for name, size in made.files.items():
        click.echo(f"  {name:{width}}  {size:>11,}")
    tag = versions.tag_of(made.release.version)
    if dry_run:
        click.echo(f"{tag} can be released. Nothing was changed.")
    elif made.branch is None:
        click.echo(f"{DIST}/ holds {tag}, of commit {made.release.commit[:12]}.")
    else:
        click.echo(
            f"Released {made.release.version}: commit {made.release.commit[:12]}, tag {tag}, "
            f"{DIST}/. Publish it with:\n"
            f"  git push {REMOTE} {made.branch.removeprefix('refs/heads/')}\n"
            f"  git push {REMOTE} {tag}"
        )


if __name__ == "__main__":
    main()
