"""Serve the catalogue on this machine, or check how it answers."""

import argparse
import signal
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from .app import create_app
from .check import check
from .server import running, serve


def _port(text: str) -> int:
    if text.isdecimal() and 1 <= int(text) <= 65535:
        return int(text)
    message = f"{text!r} is no port: give a number from 1 to 65535"
    raise argparse.ArgumentTypeError(message)


def _arguments(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m src.flask_examples",
        description=f"{__doc__} Its books are forgotten when it stops.",
    )
    parser.add_argument(
        "--port",
        type=_port,
        default=5000,
        help="where to serve (default: %(default)s)",
    )
    parser.add_argument(
        "--check",
        action="store_true",
        help="serve on a free port, compare every answer, and stop",
    )
    return parser.parse_args(argv)


def main(argv: list[str] | None = None) -> int:
    """Return 0, or 1 when an answer was not the expected one."""
    arguments = _arguments(argv)
    # Without this, being told to stop would leave the directory behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with TemporaryDirectory() as directory:
        app = create_app(Path(directory, "catalogue.sqlite3"))
        if not arguments.check:
            serve(app, arguments.port)
            return 0
        with running(app) as port:
            differences = check(port)
    for difference in differences:
        print(difference, file=sys.stderr)
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main())
