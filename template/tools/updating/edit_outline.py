"""Change the outline of the book in an editor: `python tools/updating/edit_outline.py --help`."""

from __future__ import annotations

import os
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

if not __package__:  # run as a script, from whatever directory
    sys.path[0] = str(Path(__file__).resolve().parents[2])
    import tools.updating  # noqa: F401  (says what is not installed, before click does)

import click

from tools.build_scripts import book as books
from tools.build_scripts.book import Book
from tools.build_scripts.cli import book_option, shown
from tools.updating import changes, command, document, outline
from tools.updating.changes import Change
from tools.updating.command import answers_option, reported
from tools.updating.errors import UNCHANGED, UpdateError
from tools.updating.outline import Outline
from tools.updating.process import Signals
from tools.updating.template import Template

STANDARD_INPUT = "-"
EXAMPLES = """\b
Examples:
  python tools/updating/edit_outline.py
  python tools/updating/edit_outline.py --file outline.yml --yes
"""


@dataclass(frozen=True)
class Editing:
    """A change of the outline that is being made.

    Attributes:
        template: the book's template.
        book: the book as it is.
        yes: whether to apply it without asking.
    """

    template: Template
    book: Book
    yes: bool

    @property
    def outline(self) -> Outline:
        """The outline as it is."""
        return outline.of_book(self.book)

    @property
    def can_ask(self) -> bool:
        """Whether somebody is there who could answer."""
        return sys.stdin.isatty() and sys.stdout.isatty()


@dataclass(frozen=True)
class Plan:
    """An outline that gives a book, and what it changes."""

    outline: Outline
    changes: tuple[Change, ...]


@click.command(epilog=EXAMPLES, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--file",
    "-f",
    "file",
    type=click.Path(path_type=Path, dir_okay=False, exists=True, allow_dash=True),
    metavar="FILE",
    help="Take the outline from a file instead of an editor; - is standard input.",
)
@click.option("--yes", "-y", is_flag=True, help="Apply it without asking.")
@answers_option
@book_option
def main(file: Path | None, yes: bool, answers_file: str, root: Path) -> None:
    """Change the outline: order, titles, ids, chapters, appendices and parts.

    The outline is opened in $VISUAL or $EDITOR, as one line a chapter. What would move is shown
    and asked about before anything is changed; without a terminal nobody is asked. Everything must
    be committed before; nothing is committed here.
    """
    with reported():
        template = command.open_template(root, answers_file)
        editing = Editing(template, books.load(root), yes)
        summary = _edit(editing) if file is None else _apply(editing, _plan_of_file(editing, file))
        if summary is None:
            click.echo("The outline is the same. " + UNCHANGED)
            return
        command.finish(root, summary)


def _plan_of_file(editing: Editing, file: Path) -> Plan:
    if str(file) == STANDARD_INPUT:
        return _plan(editing, sys.stdin.buffer.read(), "standard input")
    return _plan(editing, file.read_bytes(), shown(file.absolute()))


def _plan(editing: Editing, content: bytes, name: str) -> Plan:
    """Return what a text asks for.

    Raises:
        UpdateError: it asks for no outline; the sentence names its line.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UpdateError(f"{name}: this is not UTF-8; save it as UTF-8.") from None
    typed = document.read(text, name, editing.outline)
    if typed.outline == editing.outline:
        return Plan(typed.outline, ())
    try:
        after = command.preview(editing.template, typed.outline)
    except UpdateError as error:
        raise UpdateError(typed.locate(str(error))) from error
    root = editing.template.book
    return Plan(typed.outline, changes.compare(root, editing.book, after))


def _apply(editing: Editing, plan: Plan) -> str | None:
    """Show what changes, ask, and do it; return what the template tells, or None for no change.

    Raises:
        UpdateError: the author does not want it, or it failed.
    """
    if not plan.changes:
        return None
    click.echo(f"This changes:\n{changes.table(plan.changes)}")
    if editing.can_ask and not editing.yes and not click.confirm("Apply it?", default=True):
        raise UpdateError(UNCHANGED)
    answers = plan.outline.answers_unlike(editing.outline)
    return command.change(editing.template, answers, command.SAME_VERSION)


def _edit(editing: Editing) -> str | None:
    """Let the author change the outline in an editor, and apply it."""
    if not editing.can_ask and not any(map(os.environ.get, ("VISUAL", "EDITOR"))):
        raise UpdateError(
            "There is no terminal for an editor and EDITOR is not set; "
            "give the outline in a file: --file FILE"
        )
    with _text_kept(document.write(editing.outline)) as file:
        return _apply(editing, _plan_of_editor(editing, file))


@contextmanager
def _text_kept(text: str) -> Iterator[Path]:
    """Make a file for the author to type in; it outlives whatever goes wrong."""
    descriptor, name = tempfile.mkstemp(prefix="outline-", suffix=".yml")
    file = Path(name)
    os.close(descriptor)
    file.write_text(text, encoding="utf-8")
    kept = f"What you typed is kept; to apply it: make outline FILE={file} (without Make: --file)"
    try:
        yield file
    except BaseException as error:
        if file.read_text(encoding="utf-8", errors="replace") == text:
            file.unlink()
            raise
        if isinstance(error, UpdateError):
            raise UpdateError(f"{error}\n{kept}") from error
        click.echo(kept, err=True)
        raise
    file.unlink()


def _plan_of_editor(editing: Editing, file: Path) -> Plan:
    """Return what the author asks for, who may mend mistakes as often as it takes."""
    while True:
        _open_editor(file)
        try:
            return _plan(editing, file.read_bytes(), str(file))
        except UpdateError as error:
            if not editing.can_ask:
                raise
            click.echo(str(error), err=True)
            if not click.confirm("Edit it again?", default=True):
                raise UpdateError(UNCHANGED) from error


def _open_editor(file: Path) -> None:
    # A Ctrl-C typed into the editor is the editor's, but reaches this program too.
    with Signals() as signals:
        try:
            click.edit(filename=str(file), require_save=False)
        except click.ClickException as error:
            raise UpdateError(f"{error.format_message()}. {UNCHANGED}") from error
        if signals.received not in (None, signal.SIGINT):
            signals.check()


if __name__ == "__main__":
    main()
