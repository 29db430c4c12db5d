"""Iterate over pages, and close what you leave early.

An async generator fetches the next page only when somebody wants it. It
holds a connection while it stands still, and that is the trap: whoever
leaves the loop early leaves the generator standing, and its `finally` runs
when the garbage collector comes by, perhaps in another task. `aclosing`
runs it here and now.
"""

from collections.abc import AsyncGenerator
from contextlib import aclosing

import anyio.lowlevel

from .clock import run

BOOKS = ["Emma", "Ulysses", "Dracula", "Middlemarch", "Walden"]


# region: pages
async def books(size: int) -> AsyncGenerator[str, None]:
    """Yield the books, fetching a page of them when one is needed."""
    print("  connection opened")
    try:
        for start in range(0, len(BOOKS), size):
            for book in await fetch(start, size):
                yield book
    finally:
        print("  connection closed")


# endregion


# region: aclosing
async def first_with(letter: str) -> str | None:
    """Return the first book with a letter, and fetch no more than that."""
    async with aclosing(books(size=2)) as found:
        async for book in found:
            if letter in book:
                return book
    return None


# endregion


async def fetch(start: int, size: int) -> list[str]:
    """Return a page of books; others may run in the meantime."""
    print(f"  page from {start}")
    await anyio.lowlevel.checkpoint()
    return BOOKS[start : start + size]


async def demo() -> None:
    """Read all, then leave early."""
    print("all:", [book async for book in books(size=2)])
    print("early:", await first_with("y"))


def main() -> None:
    """Run the demonstration."""
    run(demo)


if __name__ == "__main__":
    main()
