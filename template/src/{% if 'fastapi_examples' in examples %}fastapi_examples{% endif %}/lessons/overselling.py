"""Sell the last copy to two customers at once, in three ways.

The two take turns in the worst order there is, and always in the same.
"""

from collections.abc import Awaitable, Callable

import anyio
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from src.fastapi_examples.database import create_sessions
from src.fastapi_examples.models import Book

from .shelf import shop

Sell = Callable[[AsyncSession, AsyncSession], Awaitable[list[str]]]


async def _stock(db: AsyncSession) -> int:
    return (await db.scalars(select(Book.stock).where(Book.id == 1))).one()


# region: read-then-write
async def read_then_write(
    ann: AsyncSession,
    bob: AsyncSession,
) -> list[str]:
    """Read the stock, think, and write what was thought."""
    seen = {db: await _stock(db) for db in (ann, bob)}
    ends = []
    for db, stock in seen.items():
        if stock < 1:
            ends.append("refused")
            continue
        await db.execute(
            update(Book).where(Book.id == 1).values(stock=stock - 1),
        )
        await db.commit()
        ends.append("sold")
    return ends


# endregion


# region: subtract
async def subtract(ann: AsyncSession, bob: AsyncSession) -> list[str]:
    """Let the database subtract, and its check say no."""
    ends = []
    for db in (ann, bob):
        try:
            await db.execute(
                update(Book)
                .where(Book.id == 1)
                .values(stock=Book.stock - 1)
                .execution_options(synchronize_session=False),
            )
            await db.commit()
        except IntegrityError:
            await db.rollback()
            ends.append("refused by the constraint")
        else:
            ends.append("sold")
    return ends


# endregion


# region: conditional
async def conditional(ann: AsyncSession, bob: AsyncSession) -> list[str]:
    """Ask and take in one statement, as the shop does."""
    ends = []
    for db in (ann, bob):
        taken = await db.scalar(
            update(Book)
            .where(Book.id == 1, Book.stock >= 1)
            .values(stock=Book.stock - 1)
            .returning(Book.id)
            .execution_options(synchronize_session=False),
        )
        await db.commit()
        ends.append("sold" if taken else "refused")
    return ends


# endregion


async def sell(engine: AsyncEngine, way: Sell) -> str:
    """Put one copy on the shelf, sell it, and tell how that went."""
    sessions = create_sessions(engine)
    async with sessions() as ann, sessions() as bob:
        await ann.execute(update(Book).values(stock=1))
        await ann.commit()
        ends = await way(ann, bob)
        return f"{', '.join(ends)}; {await _stock(ann)} left"


async def run() -> None:
    """Print the end of each way."""
    async with shop() as engine:
        for way in (read_then_write, subtract, conditional):
            print(f"{way.__name__}: {await sell(engine, way)}")


def main() -> None:
    """Sell one copy twice, or not."""
    anyio.run(run)


if __name__ == "__main__":
    main()
