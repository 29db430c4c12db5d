"""Ask two questions at once: with one session, and with two.

A session is one conversation over one connection.
"""

import sys

import anyio
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from src.fastapi_examples.database import create_sessions
from src.fastapi_examples.models import Book, Order

from .shelf import shop

if sys.version_info < (3, 11):
    from exceptiongroup import ExceptionGroup


# region: shared
async def count(db: AsyncSession, model: type[Book | Order]) -> int:
    """Return how many rows there are."""
    return (await db.scalars(select(func.count()).select_from(model))).one()


async def shared(engine: AsyncEngine) -> None:
    """Send two queries through one session at once: a defect."""
    async with AsyncSession(engine) as db, anyio.create_task_group() as both:
        both.start_soon(count, db, Book)
        both.start_soon(count, db, Order)


# endregion


# region: parallel
async def parallel(engine: AsyncEngine) -> dict[str, int]:
    """Send each query through a session of its own."""
    sessions = create_sessions(engine)
    counts: dict[str, int] = {}

    async def ask(model: type[Book | Order]) -> None:
        async with sessions() as db:
            counts[model.__tablename__] = await count(db, model)

    async with anyio.create_task_group() as both:
        both.start_soon(ask, Book)
        both.start_soon(ask, Order)
    return counts


# endregion


async def end_of_shared(engine: AsyncEngine) -> str:
    """Return how the shared session ends."""
    try:
        await shared(engine)
    except ExceptionGroup as group:
        error = group.exceptions[0]
        return f"{type(error).__name__}, {str(error).partition(';')[0]}"
    return "no error"


async def run() -> None:
    """Print how both end."""
    async with shop() as engine:
        print("one session, warm pool:", await end_of_shared(engine))
        # Without a connection in the pool, as after a start.
        await engine.dispose()
        print("one session, cold pool:", await end_of_shared(engine))
        found = await parallel(engine)
        print("two sessions:", dict(sorted(found.items())))


def main() -> None:
    """Show what a session refuses."""
    anyio.run(run)


if __name__ == "__main__":
    main()
