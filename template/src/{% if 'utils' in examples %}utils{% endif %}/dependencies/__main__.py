"""Tell what a Flask application holds, and in which order it can be moved.

The source is read and never run, so the application need not work on this
machine. What only running it would tell stands between pointed brackets.
"""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from .facts import Map
from .form import as_json
from .mapping import make_map
from .mermaid import as_mermaid
from .reading import MapError
from .text import as_order, as_text

FORMS: dict[str, Callable[[Map], str]] = {
    "text": as_text,
    "json": as_json,
    "mermaid": as_mermaid,
    "order": as_order,
}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m src.utils.dependencies",
        description=__doc__,
    )
    parser.add_argument(
        "path",
        type=Path,
        help="the directory of the application, or its only file",
    )
    parser.add_argument(
        "--from",
        dest="start",
        metavar="PART",
        help="tell of this module and what it needs, and of nothing else",
    )
    parser.add_argument(
        "--format",
        choices=FORMS,
        default="text",
        help="all as text or as JSON, a diagram, or the order alone "
        "(default: %(default)s)",
    )
    parser.add_argument(
        "--output",
        type=Path,
        metavar="FILE",
        help="where to write the map (default: it is printed)",
    )
    return parser


# region: main
def main(argv: list[str] | None = None) -> int:
    """Return 0; 1 if a file was left out; 2 if there is no map."""
    arguments = _parser().parse_args(argv)
    try:
        found = make_map(arguments.path, arguments.start)
        _write(FORMS[arguments.format](found), arguments.output)
    except MapError as error:
        print(error, file=sys.stderr)
        return 2
    for sentence in found.unread:
        print(sentence, file=sys.stderr)
    return 1 if found.unread else 0


def _write(text: str, path: Path | None) -> None:
    if path is None:
        print(text)
        return
    try:
        path.write_text(f"{text}\n", encoding="utf-8", newline="\n")
    except OSError as error:
        message = f"{path.as_posix()}: cannot be written: {error.strerror}"
        raise MapError(message) from error


# endregion


if __name__ == "__main__":
    sys.exit(main())
