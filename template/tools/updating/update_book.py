"""Bring the book up to date with its template: `python tools/updating/update_book.py --help`."""

from __future__ import annotations

import sys
from pathlib import Path

if not __package__:  # run as a script, from whatever directory
    sys.path[0] = str(Path(__file__).resolve().parents[2])
    import tools.updating  # noqa: F401  (says what is not installed, before click does)

import click

from tools.build_scripts.cli import book_option
from tools.updating import command
from tools.updating import template as templates
from tools.updating.command import answers_option, reported
from tools.updating.process import Signals
from tools.updating.template import Template


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version",
    metavar="TAG",
    help="The version of the template to update to.  [default: the newest]",
)
@answers_option
@book_option
def main(version: str | None, answers_file: str, root: Path) -> None:
    """Bring the book up to date with its template, keeping its answers and what was written.

    Everything must be committed before; nothing is committed here.

    Exit code 1: it was refused or failed, or files have conflicts, which are listed.
    """
    with reported():
        template = command.open_template(root, answers_file)
        if not _is_needed(template, version):
            click.echo(f"Already current: version {template.version}.")
            return
        summary = command.change(template, {}, version)
        # Nothing but the answers may be read now: book.yml may be newer than these tools.
        now = templates.read(root, answers_file)
        click.echo(f"Updated from version {template.version} to {now.version}.")
        if now.changelog:
            click.echo(f"What is new: {now.changelog}")
        command.finish(root, summary)


def _is_needed(template: Template, version: str | None) -> bool:
    if version is not None:
        return version != template.version
    with Signals() as signals:
        return template.has_newer(signals)


if __name__ == "__main__":
    main()
