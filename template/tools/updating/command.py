"""What the commands have in common: options, the way back, and what they tell at the end."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import click

from tools.build_scripts.book import BOOK_FILE, Book
from tools.build_scripts.cli import told
from tools.updating import template as templates
from tools.updating.errors import Interrupted, UpdateError
from tools.updating.outline import Outline
from tools.updating.process import Signals
from tools.updating.repository import HOW_TO_RESTORE, Repository
from tools.updating.template import Template

SAME_VERSION = ":current:"
RESTORED = "The book is as it was before."
INTERRUPTED = 130
Command = TypeVar("Command", bound=Callable[..., object])


def answers_option(command: Command) -> Command:
    """Add the option for a book whose answers are kept in another file."""
    return click.option(
        "--answers-file",
        default=".copier-answers.yml",
        show_default=True,
        metavar="FILE",
        help="Where Copier keeps the book's answers, relative to the book's directory.",
    )(command)


@contextmanager
def reported() -> Iterator[None]:
    """Turn what stops a command into sentences on standard error and an exit code."""
    with told():
        try:
            yield
        except UpdateError as error:
            click.echo(str(error), err=True)
            sys.exit(1)
        except Interrupted as error:
            click.echo(f"Interrupted. {error.state}", err=True)
            sys.exit(128 + error.number)
        except (KeyboardInterrupt, click.Abort):
            click.echo("\nInterrupted.", err=True)
            sys.exit(INTERRUPTED)


def open_template(book: Path, answers_file: str) -> Template:
    """Return the template of a book that is in a state to be changed.

    Raises:
        UpdateError: it is not; the text says what to do.
    """
    template = templates.read(book, answers_file)
    Repository(book).require_ready(BOOK_FILE, answers_file)
    return template


def preview(template: Template, outline: Outline) -> Book:
    """Return the book that an outline gives.

    All three lists are judged together here: Copier quietly forgets an answer of before that does
    not go with a new one, so an update may be given only what is known to fit.

    Raises:
        UpdateError: the outline gives none.
    """
    with Signals() as signals:
        return template.preview(outline.answers(), signals)


def change(template: Template, answers: Mapping[str, object], version: str | None) -> str:
    """Update a book and return what the template tells of it; undo it when it fails.

    Args:
        template: the book's template.
        answers: the answers that change.
        version: the version of the template to update to, None for the newest.

    Raises:
        UpdateError: it failed, and the book is as it was.
        Interrupted: it was stopped, and the book is as it was.
    """
    with Signals() as signals:
        try:
            return template.update(answers, version, signals)
        except UpdateError as error:
            raise UpdateError(f"{error}\n{_undo(template.book)}") from error
        except Interrupted as error:
            raise Interrupted(error.number, _undo(template.book)) from error
        except BaseException:
            click.echo(_undo(template.book), err=True)
            raise


def _undo(book: Path) -> str:
    """Bring the book back and return a sentence on how it is now."""
    try:
        Repository(book).restore()
    except UpdateError as error:
        return str(error)
    return RESTORED


def finish(book: Path, summary: str) -> None:
    """Tell what an update did and what is left to do; exit with 1 when files have conflicts."""
    if summary:
        click.echo(summary)
    conflicts = Repository(book).conflicts()
    if not conflicts:
        click.echo("See what changed with git status and git diff, then commit it.")
        return
    files = "1 file has" if len(conflicts) == 1 else f"{len(conflicts)} files have"
    click.echo(f"{files} conflicts:", err=True)
    for path in conflicts:
        click.echo(f"  {path}", err=True)
    click.echo(
        "Both versions stand there, between <<<<<<< and >>>>>>>. Keep what you want of them, "
        f"git add the files, and commit.\nTo undo it all instead: {HOW_TO_RESTORE}",
        err=True,
    )
    sys.exit(1)
