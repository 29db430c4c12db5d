"""Help to move a Flask application to FastAPI.

`analyse` reports on an application, `convert` writes a converted copy of it,
`verify` tells what both answer differently. The application is never changed;
`verify` alone runs it, as a copy.
"""

import argparse
import os
import sys
from contextlib import suppress
from pathlib import Path

from .analysing import analyse
from .chapters import chapters
from .convert import convert
from .convert import form as converted_form
from .convert import page as converted_page
from .convert import text as converted_text
from .discovery import MigrateError
from .form import as_json
from .page import as_page
from .text import as_text
from .verify import form as verified_form
from .verify import page as verified_page
from .verify import text as verified_text
from .verify import verify
from .verify.command import add_verify, options, stoppable


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m src.utils.migrate",
        description=__doc__,
    )
    commands = parser.add_subparsers(dest="command", required=True)
    command = commands.add_parser(
        "analyse",
        help="tell what an application holds and what each part becomes",
    )
    _add_reports(command)
    command.add_argument(
        "--all",
        action="store_true",
        help="print the findings that need no hand as well",
    )
    command.set_defaults(run=_analyse)
    command = commands.add_parser(
        "convert",
        help="write a copy of an application that FastAPI serves",
    )
    _add_reports(command)
    command.add_argument(
        "--output",
        type=Path,
        metavar="DIR",
        required=True,
        help="where the copy goes: a folder that is not there yet, or empty",
    )
    command.set_defaults(run=_convert)
    add_verify(commands).set_defaults(run=_verify)
    return parser


def _add_reports(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "path",
        type=Path,
        help="the directory of the application, or its only file",
    )
    command.add_argument(
        "--json",
        type=Path,
        metavar="FILE",
        help="write the report as JSON",
    )
    command.add_argument(
        "--html",
        type=Path,
        metavar="FILE",
        help="write the report as a page",
    )


def main(argv: list[str] | None = None) -> int:
    """Return 0, 1 if `verify` found differences, or 2 if nothing is told."""
    arguments = _parser().parse_args(argv)
    code = 0
    try:
        # None says that there was nothing to judge.
        code = arguments.run(arguments) or 0
        sys.stdout.flush()
    except MigrateError as error:
        print(error, file=sys.stderr)
        return 2
    except BrokenPipeError:
        _read_enough()
    return code


def _read_enough() -> None:
    # The reader has seen enough; let Python close a stream that works.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _analyse(arguments: argparse.Namespace) -> None:
    report = analyse(arguments.path)
    book = chapters()
    if arguments.json is not None:
        _write(as_json(report, book), arguments.json)
    if arguments.html is not None:
        page = as_page(report, book, arguments.html.parent)
        _write(page, arguments.html)
    print(as_text(report, book, everything=arguments.all))


def _convert(arguments: argparse.Namespace) -> None:
    conversion = convert(arguments.path, arguments.output)
    if arguments.json is not None:
        _write(converted_form.as_json(conversion), arguments.json)
    if arguments.html is not None:
        _write(converted_page.as_page(conversion), arguments.html)
    print(converted_text.as_text(conversion))


def _verify(arguments: argparse.Namespace) -> int:
    with stoppable():
        found = verify(options(arguments))
    if arguments.json is not None:
        _write(verified_form.as_json(found), arguments.json)
    if arguments.html is not None:
        _write(verified_page.as_page(found), arguments.html)
    try:
        print(verified_text.as_text(found), flush=True)
    except BrokenPipeError:
        # The code is told all the same.
        _read_enough()
    if found.suite is not None and found.suite.problem:
        print(found.suite.problem, file=sys.stderr)
    return found.code


def _write(text: str, path: Path) -> None:
    # Aside first: who opens the file finds the old report or the new one.
    aside = path.with_name(f".{path.name}.new")
    try:
        aside.write_text(text, encoding="utf-8", newline="\n")
        aside.replace(path)
    except OSError as error:
        with suppress(OSError):
            aside.unlink()
        message = f"{path.as_posix()}: cannot be written: {error.strerror}"
        raise MigrateError(message) from error


if __name__ == "__main__":
    sys.exit(main())
