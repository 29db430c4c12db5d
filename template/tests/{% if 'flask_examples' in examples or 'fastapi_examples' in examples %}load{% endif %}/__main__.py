"""Let customers order while the database dies and the shipping service hangs.

`python -m tests.load` does so for a minute with each shop on a PostgreSQL of its own, and then
compares what the customers know with what the database says: no order may be lost or there twice,
and no connection may be left over.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence

from tests.contract.postgres import programs

from .run import Progress, Report, opened, run
from .shops import shops


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.load", description=__doc__)
    names = [shop.name for shop in shops()]
    parser.add_argument("shop", nargs="*", metavar="shop", help=f"which of {', '.join(names)}")
    parser.add_argument("--seconds", type=float, default=60, help="default: %(default)s")
    parser.add_argument("--customers", type=int, default=16, help="default: %(default)s")
    parser.add_argument("--seed", type=int, default=1, help="decides for the customers")
    found = parser.parse_args(argv)
    if unknown := set(found.shop) - set(names):
        parser.error(f"There is no shop {', '.join(sorted(unknown))}: {', '.join(names)}.")
    if found.seconds <= 0 or found.customers <= 0:
        parser.error("--seconds and --customers must be more than 0.")
    return found


def _clock(seconds: float) -> Progress:
    begin = time.monotonic()
    return lambda _: (time.monotonic() - begin) / seconds


def show(name: str, report: Report) -> None:
    """Print what happened with a shop, and what should not have."""
    counts = report.counts
    print(
        f"{name}, {report.seconds:.0f} s: {counts['placed']} orders placed,"
        f" {counts['hung up']} of them after their customer had hung up,"
        f" {counts['cancelled']} cancelled, {counts['read']} looks at the catalogue."
    )
    print(
        f"  The database died and came back: {counts['failed']} requests failed,"
        f" the next order {report.recovery[0]:.2f} s after its return."
    )
    print(
        f"  Shipping said nothing for a while: {counts['too slow']} requests were told so,"
        f" the next order {report.recovery[1]:.2f} s after its return."
    )
    print(f"  Orders without a letter: {report.letters_missing}.")
    for problem in report.problems:
        print(f"  {problem}")
    print(f"  {len(report.problems) or 'No'} disagreements with the customers' books, or leaks.")


def main(argv: Sequence[str] | None = None) -> int:
    """Return 0, or 1 when an order or a connection is not what it must be."""
    arguments = _arguments(argv)
    folder = programs()
    if folder is None:
        print("PostgreSQL is not installed here; initdb and pg_ctl are needed.", file=sys.stderr)
        return 2
    chosen = [shop for shop in shops() if not arguments.shop or shop.name in arguments.shop]
    good = True
    for shop in chosen:
        with opened(shop, folder, arguments.customers) as one:
            _, report = run(one, _clock(arguments.seconds), arguments.seed)
        show(shop.name, report)
        good = good and not report.problems
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
