"""Add a chapter to the book: `python tools/updating/add_chapter.py --help`."""

from __future__ import annotations

import sys
from pathlib import Path

if not __package__:  # run as a script, from whatever directory
    sys.path[0] = str(Path(__file__).resolve().parents[2])
    import tools.updating  # noqa: F401  (says what is not installed, before click does)

import click

from tools.build_scripts import book as books
from tools.build_scripts.book import Book
from tools.build_scripts.cli import book_option
from tools.updating import command, outline
from tools.updating.command import answers_option, reported
from tools.updating.document import TOLD
from tools.updating.errors import UpdateError
from tools.updating.outline import Outline
from tools.updating.template import Template

EXAMPLES = """\b
Examples:
  python tools/updating/add_chapter.py "Queues behind pools"
  python tools/updating/add_chapter.py "Queues behind pools" --after sizing
  python tools/updating/add_chapter.py "Queues behind pools" --id queues
"""


@click.command(epilog=EXAMPLES, context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("title")
@click.option(
    "--after",
    metavar="ID",
    help="The chapter or appendix that it follows.  [default: the last chapter]",
)
@click.option("--id", "id", metavar="ID", help="Its id.  [default: made from its title]")
@answers_option
@book_option
def main(title: str, after: str | None, id: str | None, answers_file: str, root: Path) -> None:
    """Add the chapter TITLE to the book, with its folder and its place in the contents.

    After an appendix it becomes an appendix. The chapters behind it move up by one. Everything
    must be committed before; nothing is committed here.
    """
    with reported():
        if not title.strip():
            raise UpdateError('Give the chapter a title: make chapter TITLE="Its title"')
        template = command.open_template(root, answers_file)
        before = books.load(root)
        wanted = outline.add(before, {id: title} if id else title, after)
        after_it = _preview(template, wanted)
        answers = wanted.answers_unlike(outline.of_book(before))
        summary = command.change(template, answers, command.SAME_VERSION)
        click.echo(_added(before, after_it))
        command.finish(root, summary)


def _preview(template: Template, wanted: Outline) -> Book:
    try:
        return command.preview(template, wanted)
    except UpdateError as error:
        told = TOLD.fullmatch(str(error))
        if told is None:
            raise
        raise UpdateError(
            f"The chapter cannot be added: {told['rest']}\n"
            "An id is given by ID=some_id behind make chapter, or by --id some_id."
        ) from error


def _added(before: Book, after: Book) -> str:
    there = {entry.id for entry in before.entries}
    entry = next(entry for entry in after.entries if entry.id not in there)
    kind = "Appendix" if after.is_appendix(entry) else "Chapter"
    return (
        f"Added {kind} {entry.label}: {entry.title}\n  id      {entry.id}\n  folder  {entry.path}"
    )


if __name__ == "__main__":
    main()
