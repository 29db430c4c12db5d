"""What this example shows, in one line.

Copy this file into a package below `src/`, keep one idea to a region, and give it a test that
imports it: a listing that no test runs will be wrong one day.
"""

from __future__ import annotations

import argparse


# region: greet
def greet(name: str) -> str:
    """Return a greeting.

    Args:
        name: whom to greet, not empty.

    Raises:
        ValueError: the name is empty.
    """
    if not name:
        raise ValueError("whom shall we greet?")
    return f"Hello, {name}!"


# endregion


def main() -> None:
    """Print a greeting for the name on the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name")
    print(greet(parser.parse_args().name))


if __name__ == "__main__":
    main()
