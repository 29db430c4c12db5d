"""What the commands have in common: options, and how they tell of problems."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from types import FrameType
from typing import NoReturn, TypeVar

import click

from tools.build_scripts import pandoc
from tools.build_scripts.book import BuildError

ROOT = Path(__file__).resolve().parents[2]
Command = TypeVar("Command", bound=Callable[..., object])


def book_option(command: Command) -> Command:
    """Add the option for another book than the one that the tools stand in."""
    return click.option(
        "--book",
        "root",
        type=click.Path(path_type=Path, file_okay=False, exists=True, resolve_path=True),
        default=ROOT,
        metavar="DIR",
        help="The book's directory, where book.yml is.  [default: the one of these tools]",
    )(command)


@contextmanager
def told(code: int = 1) -> Iterator[None]:
    """Turn what the author can mend into lines on standard error and an exit code.

    Args:
        code: the exit code for it.
    """
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _stop)
    try:
        yield
    except BuildError as error:
        for problem in error.problems:
            click.echo(str(problem), err=True)
        if len(error.problems) > 1:
            click.echo(f"{len(error.problems)} problems.", err=True)
        sys.exit(code)
    except OSError as error:
        click.echo(f"{error.filename or 'The system says'}: {error.strerror or error}.", err=True)
        sys.exit(code)


def _stop(number: int, frame: FrameType | None) -> NoReturn:
    """End in order, so that nothing half-written stays."""
    pandoc.stop()
    if number == signal.SIGINT:
        raise KeyboardInterrupt
    sys.exit(128 + number)


def shown(path: Path) -> str:
    """Return a path as short as it can be: relative to where the reader is, when it is below."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)


class Progress:
    """Counts on a terminal's last line; says nothing when output goes elsewhere."""

    def __init__(self, what: str) -> None:
        """Begin to count, `what` standing before the number."""
        self._what = what
        self._count = 0
        self._lock = Lock()
        self._is_seen = sys.stderr.isatty()

    def tick(self) -> None:
        """Count one more; may be called from several threads."""
        with self._lock:
            self._count += 1
            if self._is_seen:
                click.echo(f"\r{self._what} {self._count}", err=True, nl=False)

    def clear(self) -> None:
        """Leave the line as it was before."""
        if self._is_seen:
            click.echo("\r\x1b[K", err=True, nl=False)
