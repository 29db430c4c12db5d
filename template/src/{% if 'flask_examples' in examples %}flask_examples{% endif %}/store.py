"""Where the catalogue is kept: one table in one SQLite file."""

import sqlite3
from contextlib import closing
from dataclasses import astuple, dataclass
from pathlib import Path

SCHEMA = """
create table if not exists books (
    isbn text primary key,
    title text not null,
    year integer not null
)
"""


# region: book
@dataclass(frozen=True)
class Book:
    """A book as the catalogue keeps it."""

    isbn: str
    title: str
    year: int


# endregion


class BookNotFound(LookupError):
    """The catalogue has no book with this ISBN."""


class BookExists(ValueError):
    """The catalogue already has a book with this ISBN."""


def create_schema(database: Path) -> None:
    """Make sure that the table is there; an existing one stays as it is."""
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute(SCHEMA)


# region: store
class Store:
    """The catalogue over one open connection."""

    def __init__(self, database: Path) -> None:
        """Open the file, in which `create_schema` has been run before."""
        self._connection = sqlite3.connect(database)

    def close(self) -> None:
        """Give the connection back."""
        self._connection.close()

    def all(self) -> list[Book]:
        """Return every book, in the order of the titles."""
        rows = self._connection.execute(
            "select isbn, title, year from books order by title, isbn",
        )
        return [Book(*row) for row in rows]

    def get(self, isbn: str) -> Book:
        """Return one book, or raise BookNotFound."""
        row = self._connection.execute(
            "select isbn, title, year from books where isbn = ?",
            (isbn,),
        ).fetchone()
        if row is None:
            raise BookNotFound(isbn)
        return Book(*row)

    def add(self, book: Book) -> None:
        """Keep a new book, or raise BookExists."""
        try:
            with self._connection as transaction:
                transaction.execute(
                    "insert into books (isbn, title, year) values (?, ?, ?)",
                    astuple(book),
                )
        except sqlite3.IntegrityError as error:
            raise BookExists(book.isbn) from error

    def remove(self, isbn: str) -> None:
        """Forget a book, or raise BookNotFound."""
        with self._connection as transaction:
            removed = transaction.execute(
                "delete from books where isbn = ?",
                (isbn,),
            )
        if removed.rowcount == 0:
            raise BookNotFound(isbn)


# endregion
