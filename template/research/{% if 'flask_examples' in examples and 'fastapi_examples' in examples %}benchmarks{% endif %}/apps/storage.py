"""The databases: one table, one query, pools of one size."""

import os

from sqlalchemy import (
    Column,
    Engine,
    Integer,
    MetaData,
    Select,
    String,
    Table,
    create_engine,
    insert,
    select,
)
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from .work import shelf

# Where the applications find the databases; servers.py sets it.
VARIABLES = {
    "sqlite": "BENCHMARK_SQLITE",
    "postgres": "BENCHMARK_POSTGRES",
}
SHELVES = 100
# Connections of one process. A request beyond them waits for one.
POOL = 20
METADATA = MetaData()
# Named so that nobody's own table is in its way.
BOOKS = Table(
    "techbook_benchmark_books",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("shelf", Integer, index=True, nullable=False),
    Column("title", String(100), nullable=False),
    Column("author", String(100), nullable=False),
    Column("pages", Integer, nullable=False),
    Column("price", String(10), nullable=False),
)


def books_of(number: int) -> Select[tuple[int, int, str, str, int, str]]:
    """Return the query for the books of a shelf."""
    wanted = select(BOOKS).where(BOOKS.c.shelf == number)
    return wanted.order_by(BOOKS.c.id)


# region: engines
def engines() -> dict[str, Engine]:
    """Return a pool for each database that this run has."""
    return {
        name: create_engine(
            with_driver(url), pool_size=POOL, max_overflow=0, pool_timeout=10
        )
        for name, url in _urls()
    }


def async_engines() -> dict[str, AsyncEngine]:
    """Return the same pools for an event loop."""
    return {
        name: create_async_engine(
            with_driver(url, "+aiosqlite"),
            pool_size=POOL,
            max_overflow=0,
            pool_timeout=10,
        )
        for name, url in _urls()
    }


# endregion


def _urls() -> list[tuple[str, str]]:
    found = ((name, os.environ.get(key)) for name, key in VARIABLES.items())
    return [(name, url) for name, url in found if url]


def with_driver(url: str, sqlite: str = "") -> str:
    """Return an address with its driver; Psycopg 3 serves both worlds."""
    scheme, _, rest = url.partition("://")
    if scheme in {"postgres", "postgresql"}:
        return f"postgresql+psycopg://{rest}"
    return f"{scheme}{sqlite}://{rest}"


def fill(url: str) -> None:
    """Write the books into a database, in place of what a run before left."""
    engine = create_engine(with_driver(url))
    try:
        METADATA.drop_all(engine)
        METADATA.create_all(engine)
        with engine.begin() as connection:
            for number in range(SHELVES):
                connection.execute(insert(BOOKS), shelf(number))
    finally:
        engine.dispose()


def empty(url: str) -> None:
    """Leave nothing in a database."""
    engine = create_engine(with_driver(url))
    try:
        METADATA.drop_all(engine)
    finally:
        engine.dispose()
