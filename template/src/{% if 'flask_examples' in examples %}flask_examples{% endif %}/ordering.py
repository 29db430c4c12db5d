"""Placing and cancelling orders: the part of the shop that must not err."""

from decimal import Decimal
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from .errors import ShopError
from .extensions import db
from .models import Book, Order, OrderLine, User
from .shipping import quote
from .tasks import confirm_later


# region: take-stock
def _take(book_id: int, quantity: int) -> Book:
    """Take copies from the shelf, or refuse.

    One statement both asks and takes. To read the stock first and write
    it afterwards would let two customers buy the same last copy.
    """
    taken = db.session.execute(
        update(Book)
        .where(Book.id == book_id, Book.stock >= quantity)
        .values(stock=Book.stock - quantity)
        .returning(Book.id)
        .execution_options(synchronize_session=False),
    ).scalar()
    book = db.session.get(Book, book_id, populate_existing=True)
    if book is None:
        raise ShopError(422, f"There is no book {book_id}.")
    if taken is None:
        raise ShopError(409, f"Not enough copies left: {book.title}.")
    return book


# endregion


# region: replay
def _replay(user: User, key: str, data: dict[str, Any]) -> Order | None:
    """Return the order that was placed with this key before."""
    query = select(Order).where(
        Order.user_id == user.id,
        Order.idempotency_key == key,
    )
    order = db.session.scalar(query)
    if order is None:
        return None
    ordered = [(line.book_id, line.quantity) for line in order.lines]
    asked = [(line["book_id"], line["quantity"]) for line in data["lines"]]
    if (order.country, ordered) != (data["country"], asked):
        raise ShopError(422, "The key was used for another order.")
    return order


# endregion


# region: place-order
def place_order(
    user: User,
    data: dict[str, Any],
    key: str | None,
) -> tuple[Order, bool]:
    """Return the order, and whether it is a new one.

    All of it happens in one transaction, or none of it.
    """
    if key and (order := _replay(user, key, data)):
        return order, False
    # The connection goes back while others think: no row is locked, and
    # a slow service cannot use up the pool.
    db.session.commit()
    items = sum(line["quantity"] for line in data["lines"])
    shipping = quote(data["country"], items)
    try:
        order = _write(user, data, key, shipping)
        db.session.commit()
    except ShopError:
        db.session.rollback()
        raise
    except IntegrityError:
        # The same key arrived twice at once, and the other was quicker.
        db.session.rollback()
        if key and (other := _replay(user, key, data)):
            return other, False
        raise
    # After the commit: a worker could be quicker than the transaction.
    confirm_later(order.id)
    return order, True


# endregion


# region: write-order
def _write(
    user: User,
    data: dict[str, Any],
    key: str | None,
    shipping: Decimal,
) -> Order:
    order = Order(
        user=user,
        idempotency_key=key,
        country=data["country"],
        shipping=shipping,
        total=shipping,
        lines=[],
    )
    for line in data["lines"]:
        book = _take(line["book_id"], line["quantity"])
        order.lines.append(
            OrderLine(
                book=book,
                quantity=line["quantity"],
                unit_price=book.price,
            ),
        )
        order.total += book.price * line["quantity"]
    db.session.add(order)
    db.session.flush()
    return order


# endregion


# region: cancel-order
def cancel_order(order: Order) -> None:
    """Cancel the order and put its books back, both or neither."""
    cancelled = db.session.execute(
        update(Order)
        .where(Order.id == order.id, Order.status == "placed")
        .values(status="cancelled")
        .returning(Order.id)
        .execution_options(synchronize_session=False),
    ).scalar()
    if cancelled is None:
        db.session.rollback()
        raise ShopError(409, "The order is cancelled already.")
    for line in order.lines:
        db.session.execute(
            update(Book)
            .where(Book.id == line.book_id)
            .values(stock=Book.stock + line.quantity)
            .execution_options(synchronize_session=False),
        )
    db.session.commit()


# endregion
