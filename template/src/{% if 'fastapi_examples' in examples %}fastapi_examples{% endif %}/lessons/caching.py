"""Cache a query, and let a writer come between question and answer.

To forget after the commit is not enough: a reader who asked before it may
store the old answer after it.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import anyio
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from src.fastapi_examples.database import Sessions, create_sessions
from src.fastapi_examples.models import Author

from .shelf import shop

Meanwhile = Callable[[], Awaitable[None]]


async def nothing() -> None:
    """Let nothing happen meanwhile."""


async def ask(sessions: Sessions) -> list[str]:
    """Ask the database for the authors."""
    async with sessions() as db:
        query = select(Author.name).order_by(Author.name)
        return list(await db.scalars(query))


# region: naive
@dataclass
class NaiveCache:
    """Keeps what was read until somebody says that it has changed."""

    sessions: Sessions
    kept: list[str] | None = None

    async def authors(self, meanwhile: Meanwhile = nothing) -> list[str]:
        """Return the authors; other tasks run where this one waits."""
        if self.kept is None:
            found = await ask(self.sessions)
            await meanwhile()
            self.kept = found
        return self.kept

    def forget(self) -> None:
        """Ask again next time; called after a commit."""
        self.kept = None


# endregion


# region: versioned
@dataclass
class VersionedCache:
    """Keeps what was read, unless it changed while it was read."""

    sessions: Sessions
    kept: list[str] | None = None
    version: int = field(default=0, init=False)

    async def authors(self, meanwhile: Meanwhile = nothing) -> list[str]:
        """Return the authors; other tasks run where this one waits."""
        if self.kept is not None:
            return self.kept
        version = self.version
        found = await ask(self.sessions)
        await meanwhile()
        if version == self.version:
            self.kept = found
        return found

    def forget(self) -> None:
        """Ask again next time; who is asking now keeps nothing."""
        self.kept = None
        self.version += 1


# endregion

Cache = NaiveCache | VersionedCache


# region: rename
async def rename(sessions: Sessions, cache: Cache, name: str) -> None:
    """Give the first author another name, and tell the cache."""
    async with sessions.begin() as db:
        await db.execute(
            update(Author).where(Author.id == 1).values(name=name),
        )
    # After the block, and so after the commit: before it, anybody could
    # read the old name once more.
    cache.forget()


# endregion


async def lesson(engine: AsyncEngine, kind: type[Cache], name: str) -> None:
    """Print what is read after a name was changed during a read."""
    sessions = create_sessions(engine)
    cache = kind(sessions)
    await cache.authors(lambda: rename(sessions, cache, name))
    is_new = name in await cache.authors()
    print(f"{kind.__name__}: the {'new' if is_new else 'old'} name")


async def run() -> None:
    """Try both."""
    async with shop() as engine:
        await lesson(engine, NaiveCache, "A. Austen")
        await lesson(engine, VersionedCache, "J. Austen")


def main() -> None:
    """Show a cache that is out of date for good, and one that is not."""
    anyio.run(run)


if __name__ == "__main__":
    main()
