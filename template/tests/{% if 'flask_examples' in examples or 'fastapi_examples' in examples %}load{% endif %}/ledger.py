"""What the customers know, and whether the database says the same."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from sqlalchemy import Connection, text


@dataclass(frozen=True)
class Placed:
    """An order that the shop has confirmed.

    Attributes:
        number: the number that the shop gave it.
        book: the number of the book.
        quantity: how many copies.
    """

    number: int
    book: int
    quantity: int


@dataclass
class Ledger:
    """The customers' side of the books.

    Attributes:
        stock: the copies of each book before anybody came.
        orders: the confirmed orders, by the keys that the customers gave them.
        cancelled: the keys of those that were cancelled again.
    """

    stock: dict[int, int]
    orders: dict[str, Placed] = field(default_factory=dict)
    cancelled: set[str] = field(default_factory=set)

    def left(self, book: int) -> int:
        """Return how many copies of a book must be left."""
        kept = (order for key, order in self.orders.items() if key not in self.cancelled)
        return self.stock[book] - sum(order.quantity for order in kept if order.book == book)


def disagreements(ledger: Ledger, connection: Connection) -> list[str]:
    """Return in what the database differs from what the customers know.

    Args:
        ledger: what they know, after the last of them has gone.
        connection: a connection to the database.
    """
    return [*_orders(ledger, connection), *_stock(ledger, connection)]


def _orders(ledger: Ledger, connection: Connection) -> Iterator[str]:
    query = (
        "select idempotency_key, orders.id, status, book_id, quantity"
        " from orders left join order_lines on order_lines.order_id = orders.id"
    )
    found: set[str] = set()
    for key, number, status, book, quantity in connection.execute(text(query)):
        known = ledger.orders.get(key)
        if known is None:
            yield f"Order {number} ({key}) was confirmed to nobody."
            continue
        if key in found:
            yield f"Order {key} is there twice."
        found.add(key)
        if known != Placed(number, book, quantity):
            yield f"Order {key} is {number}: {quantity} of {book}, but {known} was confirmed."
        expected = "cancelled" if key in ledger.cancelled else "placed"
        if status != expected:
            yield f"Order {key} is {status}, not {expected}."
    for key in sorted(ledger.orders.keys() - found):
        yield f"Order {key} is lost."


def _stock(ledger: Ledger, connection: Connection) -> Iterator[str]:
    for book, stock in connection.execute(text("select id, stock from books")):
        if stock != ledger.left(book):
            yield f"Of book {book}, {stock} copies are left, not {ledger.left(book)}."


def letters_missing(connection: Connection) -> int:
    """Return how many orders have no letter."""
    query = "select count(*) from orders where id not in (select order_id from mails)"
    return int(connection.execute(text(query)).scalar_one())
