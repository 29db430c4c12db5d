"""Let requests wait for each other: threads for connections, and back.

Two threads, one connection, three requests, each in two steps as FastAPI
takes them: a dependency in a thread, then a view in a thread.
"""

import anyio
import anyio.lowlevel
from anyio import CapacityLimiter, to_thread
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.orm import Session
from sqlalchemy.pool import AsyncAdaptedQueuePool, QueuePool

REQUESTS = 3


# region: blocking-request
def _user(db: Session) -> object:
    """Find out who asks: the session has a connection from here on."""
    return db.scalar(text("select 1"))


def _view(db: Session) -> object:
    return db.scalar(text("select 2"))


async def request(
    engine: Engine,
    threads: CapacityLimiter,
    halfway: anyio.Event,
) -> None:
    """Answer one request: a thread, no thread, and a thread again."""
    with Session(engine) as db:
        await to_thread.run_sync(_user, db, limiter=threads)
        halfway.set()
        await to_thread.run_sync(_view, db, limiter=threads)


# endregion


# region: deadlock
def one_connection() -> Engine:
    """Return a pool with room for one."""
    return create_engine(
        "sqlite://",
        poolclass=QueuePool,
        pool_size=1,
        max_overflow=0,
        connect_args={"check_same_thread": False},
    )


async def deadlock(engine: Engine) -> None:
    """Look at three requests that stand still, and let them go on."""
    threads = CapacityLimiter(2)
    halfway = anyio.Event()
    async with anyio.create_task_group() as requests:
        for _ in range(REQUESTS):
            requests.start_soon(request, engine, threads, halfway)
        await halfway.wait()
        # One request has the connection and wants a thread. Both threads
        # are taken by requests that want the connection.
        while not threads.statistics().tasks_waiting:
            await anyio.lowlevel.checkpoint()
        print(f"threads in use: {threads.borrowed_tokens} of 2")
        print(f"waiting for one: {threads.statistics().tasks_waiting}")
        print(f"pool: {engine.pool.status()}")
        # A third thread, and whoever has the connection can go on.
        threads.total_tokens = 3
    print(f"with one thread more, all {REQUESTS} are answered")


# endregion


# region: awaiting-request
async def awaiting(engine: AsyncEngine) -> None:
    """Answer the same request without threads of its own."""
    async with engine.connect() as connection:
        await connection.execute(text("select 1"))
        await connection.execute(text("select 2"))


async def no_deadlock() -> None:
    """Answer as many requests over one connection, all awaited."""
    engine = create_async_engine(
        "sqlite+aiosqlite://",
        poolclass=AsyncAdaptedQueuePool,
        pool_size=1,
        max_overflow=0,
    )
    async with anyio.create_task_group() as requests:
        for _ in range(REQUESTS):
            requests.start_soon(awaiting, engine)
    print(f"awaited, all {REQUESTS} are answered over one connection")
    await engine.dispose()


# endregion


def main() -> None:
    """Show the deadlock, and the same load without threads."""
    engine = one_connection()
    anyio.run(deadlock, engine)
    engine.dispose()
    anyio.run(no_deadlock)


if __name__ == "__main__":
    main()
