"""The arguments of `verify`, and what stops it."""

import argparse
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from ..discovery import MigrateError
from .verifying import Options

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]

DESCRIPTION = """\
Run an application in Flask and its conversion, ask both the same, and list
what differs. Ends with code 0 if nothing differs, with 1 if something does,
and with 2 if they cannot be compared.

Both run in copies of their directories, the data in them included, with your
environment. What it names outside of them, such as a database, is used as it
is, and requests that write and delete are sent: name a copy there.
"""


def add_verify(commands: "Commands") -> argparse.ArgumentParser:
    """Return the command, added to others with what it takes."""
    command = commands.add_parser(
        "verify",
        help="tell what an application and its conversion answer differently",
        description=DESCRIPTION,
    )
    add = command.add_argument
    for name, what in (("old", "in Flask"), ("new", "converted")):
        add(name, type=Path, help=f"the directory of the application {what}")
    app = "MODULE:NAME"
    add("--app", metavar=app, help="the application or factory, in both")
    add("--old-app", metavar=app, help="the one in OLD (default: found)")
    add("--new-app", metavar=app, help="the one in NEW (default: as in OLD)")
    add(
        "--requests",
        type=Path,
        metavar="FILE",
        help="recorded requests: HAR, or lines of JSON with path, method, "
        "headers, json, form, body (default: made from the rules of OLD)",
    )
    add(
        "--tests",
        type=Path,
        metavar="PATH",
        help="the tests to run on both (default: those found in OLD)",
    )
    add("--no-tests", action="store_true", help="run no tests")
    add(
        "--ignore",
        action="append",
        default=[],
        metavar="PATTERN",
        help="a difference that is meant, as the report names it, such as "
        "'header etag' or 'body.items*'; may be given several times",
    )
    for name, what, seconds in (
        ("--timeout", "each may take to start", Options.start_timeout),
        ("--request-timeout", "an answer may take", Options.request_timeout),
    ):
        help = f"how long {what} (default: {seconds:g})"
        add(name, type=float, default=seconds, metavar="SECONDS", help=help)
    for name, what in (("--json", "JSON"), ("--html", "a page")):
        help = f"write the report as {what}"
        add(name, type=Path, metavar="FILE", help=help)
    return command


def options(arguments: argparse.Namespace) -> Options:
    """Return what the arguments ask for."""
    return Options(
        arguments.old,
        arguments.new,
        arguments.old_app or arguments.app,
        arguments.new_app or arguments.app,
        arguments.requests,
        arguments.tests,
        arguments.no_tests,
        tuple(arguments.ignore),
        arguments.timeout,
        arguments.request_timeout,
    )


@contextmanager
def stoppable() -> Iterator[None]:
    """Let Ctrl-C and SIGTERM stop everything, and be one sentence.

    Raises:
        MigrateError: it was stopped.
    """

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    # Only the main thread can be told of signals.
    is_main = threading.current_thread() is threading.main_thread()
    before = signal.signal(signal.SIGTERM, interrupt) if is_main else None
    try:
        yield
    except KeyboardInterrupt:
        raise MigrateError("stopped before all was compared") from None
    finally:
        if before is not None:
            signal.signal(signal.SIGTERM, before)
