"""Read what was not loaded: five ways to ask for the lines of an order.

The shop's models load their relations with the row. Here the query says
otherwise, so that the attribute is read before it is loaded.
"""

import traceback
import warnings

import anyio
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError, StatementError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession
from sqlalchemy.orm import lazyload, raiseload, selectinload
from sqlalchemy.orm.interfaces import ORMOption

from src.fastapi_examples.models import Order

from .shelf import shop


# region: touch
async def an_order(db: AsyncSession, option: ORMOption) -> Order:
    """Return an order, its lines loaded as the option says."""
    return (await db.scalars(select(Order).options(option))).one()


async def touch(db: AsyncSession, option: ORMOption) -> str:
    """Read the lines of an order as any serializer would."""
    order = await an_order(db, option)
    return f"{len(order.lines)} lines"


# endregion


# region: on-purpose
async def refreshed(db: AsyncSession) -> str:
    """Load the lines where they are needed, by name."""
    order = await an_order(db, lazyload(Order.lines))
    await db.refresh(order, ["lines"])
    return f"{len(order.lines)} lines"


async def bridged(db: AsyncSession) -> str:
    """Let synchronous code load what it likes, beside the loop."""
    order = await an_order(db, lazyload(Order.lines))
    count = await db.run_sync(lambda _: len(order.lines))
    return f"{count} lines"


# endregion


# region: expired
async def after_commit(db: AsyncSession) -> str:
    """Read a plain column after a commit."""
    order = await an_order(db, selectinload(Order.lines))
    await db.commit()
    return f"{order.total} in total"


# endregion


def told(error: SQLAlchemyError) -> str:
    """Return the kind of an error, and of the one that it wraps."""
    kind = type(error).__name__
    if isinstance(error, StatementError):
        return f"{kind}, and in it {type(error.orig).__name__}"
    return f"{kind}: {error}"


def let_go(error: BaseException | None) -> None:
    """Drop what the error holds: a call of the driver, never awaited."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        while error is not None:
            traceback.clear_frames(error.__traceback__)
            error = error.__context__


async def lesson(engine: AsyncEngine) -> None:
    """Print how each way ends."""
    ways = {
        "lazyload": lambda db: touch(db, lazyload(Order.lines)),
        "raiseload": lambda db: touch(db, raiseload(Order.lines)),
        "selectinload": lambda db: touch(db, selectinload(Order.lines)),
        "refresh": refreshed,
        "run_sync": bridged,
        "after a commit": after_commit,
    }
    for name, way in ways.items():
        # As the factory makes them by default: a commit expires all.
        async with AsyncSession(engine) as db:
            try:
                end = await way(db)
            except SQLAlchemyError as error:
                end = told(error)
                let_go(error)
        print(f"{name}: {end}")
    async with AsyncSession(engine, expire_on_commit=False) as db:
        print(f"and without expiry: {await after_commit(db)}")


async def run() -> None:
    """Open the shop, and ask."""
    async with shop() as engine:
        await lesson(engine)


def main() -> None:
    """Show what an unawaited query looks like, and its cures."""
    anyio.run(run)


if __name__ == "__main__":
    main()
