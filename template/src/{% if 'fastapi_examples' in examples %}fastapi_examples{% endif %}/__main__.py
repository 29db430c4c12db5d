"""Serve a shop with some books on this machine, or visit it and check."""

import argparse
import signal
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from .check import NoAnswer, check
from .demo import demo_shop
from .server import running, serve
from .stub import shipping_stub


def _port(text: str) -> int:
    if text.isdecimal() and 1 <= int(text) <= 65535:
        return int(text)
    message = f"{text!r} is no port: give a number from 1 to 65535"
    raise argparse.ArgumentTypeError(message)


def _arguments(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m src.fastapi_examples",
        description=f"{__doc__} What is sold is forgotten when it stops.",
    )
    parser.add_argument(
        "--port",
        type=_port,
        default=8000,
        help="where to serve (default: %(default)s)",
    )
    parser.add_argument(
        "--check",
        action="store_true",
        help="serve on a free port, visit the shop, and stop",
    )
    return parser.parse_args(argv)


# region: run
def _run(arguments: argparse.Namespace) -> list[str]:
    with TemporaryDirectory() as folder, shipping_stub() as shipping_url:
        app = demo_shop(Path(folder), shipping_url)
        if arguments.check:
            with running(app) as port:
                return check(port)
        serve(app, arguments.port)
    return []


# endregion


def main(argv: list[str] | None = None) -> int:
    """Return 0, or 1 when an answer was not the expected one."""
    arguments = _arguments(argv)
    # Without this, being told to stop would leave the directory behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        differences = _run(arguments)
    except KeyboardInterrupt:
        return 0
    except NoAnswer as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        print(f"It cannot be served: {error.strerror}.", file=sys.stderr)
        return 1
    for difference in differences:
        print(difference, file=sys.stderr)
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main())
