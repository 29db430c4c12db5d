"""Send the same requests to two applications and show what differs.

Status, headers, cookies and body are compared; a JSON body by what it says,
not by how it is spaced. Each application gets its own cookies back, so a
file of requests can log in first. Ends with code 1 when something differs,
and with 2 when the requests cannot be sent.
"""

import argparse
import sys
from pathlib import Path

from .differences import USUALLY_IGNORED, Difference, differences
from .probe import (
    DEFAULT_REQUESTS,
    Application,
    ProbeError,
    Request,
    read_requests,
)

WIDEST = 40
HEADINGS = Difference("", "first", "second")


# region: compare
def compare(
    first: Application,
    second: Application,
    requests: tuple[Request, ...],
    ignore: tuple[str, ...] = USUALLY_IGNORED,
) -> list[tuple[Request, list[Difference]]]:
    """Send every request to both, in order, and return what differs."""
    return [
        (
            request,
            differences(
                first.send(request),
                second.send(request),
                ignore + request.ignore,
            ),
        )
        for request in requests
    ]


# endregion


def table(results: list[tuple[Request, list[Difference]]]) -> str:
    """Return the differences as a table, one group a request."""
    every = [HEADINGS, *(one for _, found in results for one in found)]
    what = max(len(difference.what) for difference in every)
    first = max(len(cut(difference.first)) for difference in every)

    def row(one: Difference) -> str:
        left = f"  {one.what:{what}}  {cut(one.first):{first}}"
        return f"{left}  {cut(one.second)}".rstrip()

    lines = [row(HEADINGS)]
    for request, found in results:
        if found:
            lines += [request.title, *map(row, found)]
    return "\n".join(lines)


def cut(text: str) -> str:
    """Return a text on one line, its end cut off if it is long."""
    line = " ".join(text.split())
    return line if len(line) <= WIDEST else f"{line[: WIDEST - 1]}…"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m src.utils.compare",
        description=__doc__,
    )
    parser.add_argument("first", help="such as http://127.0.0.1:5000")
    parser.add_argument("second", help="such as http://127.0.0.1:8000")
    parser.add_argument(
        "--requests",
        type=Path,
        metavar="FILE.yml",
        help="a list of requests: path, method, headers, json, form, body, "
        "ignore (default: what frameworks answer by themselves)",
    )
    parser.add_argument(
        "--ignore",
        action="append",
        default=[],
        metavar="PATTERN",
        help="a difference that is meant, as the table names it, such as "
        "'header etag' or 'body.items*'; may be given several times",
    )
    return parser


def main(argv: list[str] | None = None) -> int:
    """Return 0 when all answers are alike, 1 when not, 2 on an error."""
    arguments = _parser().parse_args(argv)
    ignore = (*USUALLY_IGNORED, *arguments.ignore)
    try:
        requests = DEFAULT_REQUESTS
        if arguments.requests:
            requests = read_requests(arguments.requests)
        first = Application(arguments.first)
        second = Application(arguments.second)
        results = compare(first, second, requests, ignore)
    except ProbeError as error:
        print(error, file=sys.stderr)
        return 2
    different = sum(bool(found) for _, found in results)
    if different:
        print(f"first:  {first.url}\nsecond: {second.url}\n")
        print(table(results))
        print()
    print(f"{different} of {len(results)} requests are answered differently")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
