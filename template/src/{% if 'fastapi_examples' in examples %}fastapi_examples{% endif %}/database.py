"""The engine, and one session for each request."""

from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import Depends, Request
from sqlalchemy import event
from sqlalchemy.ext.asyncio import (
    AsyncEngine,
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)

from .settings import with_driver

Sessions = async_sessionmaker[AsyncSession]


# region: engine
def _tune(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    cursor.execute("pragma foreign_keys = on")
    cursor.execute("pragma journal_mode = wal")
    cursor.execute("pragma synchronous = normal")
    cursor.close()


def create_engine(url: str) -> AsyncEngine:
    """Return the engine for a database; SQLite is told what to heed."""
    engine = create_async_engine(with_driver(url))
    if engine.dialect.name == "sqlite":
        event.listen(engine.sync_engine, "connect", _tune)
    return engine


def create_sessions(engine: AsyncEngine) -> Sessions:
    """Return what makes sessions.

    What was loaded stays loaded after a commit: to load it again on
    access, unawaited, is what an asynchronous session cannot do.
    """
    return async_sessionmaker(engine, expire_on_commit=False)


# endregion


# region: session
async def get_session(request: Request) -> AsyncIterator[AsyncSession]:
    """Give one session to all that a request depends on."""
    sessions: Sessions = request.app.state.sessions
    async with sessions() as session:
        yield session


Session = Annotated[AsyncSession, Depends(get_session)]
# endregion
