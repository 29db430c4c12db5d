"""Count the statements that a page of the catalogue sends.

The same books, the same answer; only the loading strategy differs.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from typing import Any

import anyio
from sqlalchemy import event, select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession
from sqlalchemy.orm import Session, joinedload, lazyload, selectinload
from sqlalchemy.orm.interfaces import ORMOption

from src.fastapi_examples.models import Author, Book, Tag

from .shelf import shop

Strategy = Callable[[Any], ORMOption]
STRATEGIES: dict[str, Strategy] = {
    "lazyload": lazyload,
    "joinedload": joinedload,
    "selectinload": selectinload,
}
COLUMNS = ("books", "strategy", "statements")


# region: counted
@contextmanager
def counted(engine: AsyncEngine) -> Iterator[list[str]]:
    """Give the list of all statements that are sent within the block."""
    sent: list[str] = []

    def note(*arguments: Any) -> None:
        sent.append(arguments[2])

    # Events belong to the engine below the asynchronous one.
    event.listen(engine.sync_engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine.sync_engine, "before_cursor_execute", note)


# endregion


# region: page
def page(db: Session, strategy: Strategy) -> list[str]:
    """Return the catalogue as lines of text, as a template would."""
    query = select(Book).order_by(Book.title, Book.id)
    query = query.options(strategy(Book.authors), strategy(Book.tags))
    return [
        f"{book.title}: {', '.join(author.name for author in book.authors)}"
        f" ({', '.join(tag.name for tag in book.tags)})"
        for book in db.scalars(query).unique()
    ]


# endregion


# region: measure
async def measure(engine: AsyncEngine, strategy: Strategy) -> list[str]:
    """Return the statements of one page."""
    async with AsyncSession(engine) as db:
        # Beside the loop, or the lazy strategy could not run at all.
        with counted(engine) as sent:
            await db.run_sync(page, strategy)
    return sent


# endregion


async def rows() -> list[tuple[int, str, int]]:
    """Return the number of statements for few books and for many."""
    measured = []
    async with shop() as engine, AsyncSession(engine) as db:
        for size in (2, 10, 50):
            there = (await db.scalars(select(Book.id))).all()
            db.add_all(a_book(n) for n in range(len(there), size))
            await db.commit()
            for name, strategy in STRATEGIES.items():
                sent = await measure(engine, strategy)
                measured.append((size, name, len(sent)))
    return measured


def a_book(number: int) -> Book:
    """Return a book with an author and a tag of its own."""
    return Book(
        isbn=f"978{number:010}",
        title=f"Book {number}",
        price=Decimal("5.00"),
        published=date(2026, 1, 31),
        authors=[Author(name=f"Author {number}")],
        tags=[Tag(name=f"tag {number}")],
    )


def main() -> None:
    """Print the numbers as a table in CSV."""
    print(*COLUMNS, sep=",")
    for row in anyio.run(rows):
        print(*row, sep=",")


if __name__ == "__main__":
    main()
