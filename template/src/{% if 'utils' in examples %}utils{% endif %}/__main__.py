"""Time a web address: one request after another, each on a new connection."""

import argparse
import sys
from functools import partial

from .timing import measure
from .web import Unhealthy, fetch


def _count(text: str) -> int:
    if text.isdecimal() and 1 <= int(text) <= 10_000:
        return int(text)
    message = f"{text!r} is no count: give a number from 1 to 10000"
    raise argparse.ArgumentTypeError(message)


# region: main
def main(argv: list[str] | None = None) -> int:
    """Return 0, or 1 when the address did not answer well."""
    parser = argparse.ArgumentParser(
        prog="python -m src.utils",
        description=__doc__,
    )
    parser.add_argument("url", help="for instance http://127.0.0.1:8000/books")
    parser.add_argument(
        "--count",
        type=_count,
        default=100,
        help="how many requests, at most 10000 (default: %(default)s)",
    )
    arguments = parser.parse_args(argv)
    call = partial(fetch, arguments.url)
    try:
        timings = measure(call, count=arguments.count)
    except Unhealthy as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{arguments.url}: {arguments.count} requests")
    print(timings)
    return 0


# endregion


if __name__ == "__main__":
    sys.exit(main())
