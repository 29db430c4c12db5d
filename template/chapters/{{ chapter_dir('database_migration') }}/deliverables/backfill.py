"""Fill the new column in batches, and compare it with the old one.

`python backfill.py postgresql+psycopg://localhost/shop` prints a line for
each batch. It may be stopped at any time; started again, it goes on.
"""

import asyncio
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass

from models import Book
from sqlalchemy import ColumnElement, Integer, cast, func, or_, select, update
from sqlalchemy.ext.asyncio import (
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)

Sessions = async_sessionmaker[AsyncSession]
# A book: its number, and both of its prices.
Row = tuple[int, float, int | None]


def cents() -> ColumnElement[int]:
    """Return the old price in cents, as the database works it out."""
    return cast(func.round(Book.old_price * 100), Integer)


# region: backfill
@dataclass(frozen=True)
class Batch:
    """What one transaction filled."""

    last_id: int
    filled: int


async def backfill(
    sessions: Sessions,
    size: int = 500,
) -> AsyncIterator[Batch]:
    """Fill what is empty, one short transaction after the other.

    The row itself says whether it is done, so nothing else has to be
    remembered, and a row that the application filled is left alone.
    """
    last_id = 0
    while True:
        async with sessions.begin() as db:
            empty = (
                select(Book.id)
                .where(Book.id > last_id, Book.price_cents.is_(None))
                .order_by(Book.id)
                .limit(size)
            )
            ids = (await db.scalars(empty)).all()
            if not ids:
                return
            # Asked again: somebody may have filled a row since.
            still_empty = Book.id.in_(ids), Book.price_cents.is_(None)
            await db.execute(
                update(Book)
                .where(*still_empty)
                .values(price_cents=cents())
                .execution_options(synchronize_session=False),
            )
        last_id = ids[-1]
        yield Batch(last_id, len(ids))


# endregion


# region: compare
async def differences(sessions: Sessions) -> list[Row]:
    """Return the books whose two prices are not the same."""
    differs = or_(Book.price_cents.is_(None), Book.price_cents != cents())
    query = select(Book.id, Book.old_price, Book.price_cents).where(differs)
    async with sessions() as db:
        return list((await db.execute(query)).tuples())


# endregion


async def main(url: str) -> int:
    """Return 0 when all rows are filled and both columns agree."""
    engine = create_async_engine(url)
    sessions = async_sessionmaker(engine)
    async for batch in backfill(sessions):
        print(f"up to {batch.last_id}: {batch.filled} filled", flush=True)
    wrong = await differences(sessions)
    for number, old, new in wrong:
        print(f"book {number}: {old} and {new}")
    await engine.dispose()
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main(sys.argv[1])))
