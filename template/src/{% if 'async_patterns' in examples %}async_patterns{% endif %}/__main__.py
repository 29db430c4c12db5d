"""A guided tour: what each pattern teaches, its code, and what it prints.

`python -m src.async_patterns` shows all of them, and stops after each for a
reader who sits at a terminal; with names it shows these alone.
"""

import argparse
import importlib
import os
import sys
import textwrap
from difflib import get_close_matches
from pathlib import Path
from types import ModuleType

# Absolute, because a worker process loads this file without its package.
from src.async_patterns import TOPICS

WIDTH = 79


def essential(source: str) -> str:
    """Return the lines of a program that are marked as regions."""
    kept: list[str] = []
    inside = False
    for line in source.splitlines():
        if line.startswith("# region:"):
            inside = True
        elif line.startswith("# endregion"):
            inside = False
            kept.append("\n")
        elif inside:
            kept.append(line)
    return "\n".join(kept).strip("\n")


def load(topic: str) -> ModuleType:
    """Import the module of a topic."""
    return importlib.import_module(f"src.async_patterns.{topic}")


def title(module: ModuleType) -> str:
    """Return the first line of what a module says about itself."""
    return (module.__doc__ or "").partition("\n")[0]


def contents() -> str:
    """Return the topics with their titles."""
    wide = max(map(len, TOPICS))
    lines = (f"  {topic:{wide}}  {title(load(topic))}" for topic in TOPICS)
    return "\n".join(lines)


# region: show
def show(topic: str) -> None:
    """Print what a pattern teaches and its essential lines, and run it."""
    module = load(topic)
    code = essential(Path(module.__file__ or "").read_text(encoding="utf-8"))
    print(f"\n--- {topic} ".ljust(WIDTH, "-"))
    print(f"\n{(module.__doc__ or '').strip()}\n")
    print(textwrap.indent(code, "    "))
    print(f"\n$ python -m {module.__name__}", flush=True)
    module.main()


# endregion


def topic(text: str) -> str:
    """Return the name of a topic, or say which one may be meant."""
    name = text.replace("-", "_")
    if name in TOPICS:
        return name
    closest = get_close_matches(name, TOPICS, n=1)
    hint = f"did you mean {closest[0]}?" if closest else "--list names them"
    raise argparse.ArgumentTypeError(f"there is no topic {text!r}; {hint}")


def goes_on() -> bool:
    """Wait for a reader at a terminal; say whether there is a next topic."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return True
    try:
        return input("\nEnter for the next, q to leave: ").strip() != "q"
    except EOFError:
        return False


def tour(topics: list[str]) -> None:
    """Show topics one after the other."""
    for number, name in enumerate(topics):
        if number and not goes_on():
            return
        show(name)


def main(argv: list[str] | None = None) -> int:
    """Return 0, or 130 when the reader interrupts."""
    parser = argparse.ArgumentParser(
        prog="python -m src.async_patterns",
        description=__doc__,
    )
    parser.add_argument("topics", nargs="*", type=topic, metavar="topic")
    parser.add_argument("--list", action="store_true", help="name the topics")
    arguments = parser.parse_args(argv)
    try:
        if arguments.list or not arguments.topics:
            print(contents(), flush=True)
        if not arguments.list:
            tour(arguments.topics or list(TOPICS))
        sys.stdout.flush()
    except KeyboardInterrupt:
        print()
        return 130
    except BrokenPipeError:
        # The reader has seen enough; let Python close a stream that works.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


if __name__ == "__main__":
    sys.exit(main())
