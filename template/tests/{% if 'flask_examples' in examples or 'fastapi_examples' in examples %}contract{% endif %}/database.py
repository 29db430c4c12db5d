"""Databases for the contract, and how they are emptied between two tests."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, create_engine, text

# Those that refer to others first.
TABLES = (
    "mails",
    "order_lines",
    "orders",
    "book_authors",
    "book_tags",
    "books",
    "authors",
    "tags",
)


def driven(url: str) -> str:
    """Return the address with a driver that this process has."""
    return url.replace("postgresql://", "postgresql+psycopg://")


@contextmanager
def connected(url: str) -> Iterator[Connection]:
    """Give a connection of one's own."""
    engine = create_engine(driven(url))
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


class Database:
    """A database that an application fills and a test empties."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._engine = create_engine(driven(url))

    def empty(self) -> None:
        """Delete every row but the first user, who is the admin."""
        with self._engine.begin() as connection:
            if connection.dialect.name == "postgresql":
                tables = ", ".join(TABLES)
                connection.execute(text(f"truncate {tables} restart identity"))
            else:
                _delete(connection)
            connection.execute(text("delete from users where id > 1"))

    def repeat_order(self, times: int) -> None:
        """Place the one order again and again, behind the application's back."""
        columns = "user_id, status, country, shipping, total, created_at"
        copy = text(f"insert into orders ({columns}) select {columns} from orders where id = 1")
        with self._engine.begin() as connection:
            for _ in range(times):
                connection.execute(copy)

    def drop(self) -> None:
        """Leave nothing to the next application."""
        with self._engine.begin() as connection:
            for table in (*TABLES, "users", "alembic_version"):
                connection.execute(text(f"drop table if exists {table}"))

    def close(self) -> None:
        """Give all connections back."""
        self._engine.dispose()


def _delete(connection: Connection) -> None:
    for table in TABLES:
        connection.execute(text(f"delete from {table}"))
