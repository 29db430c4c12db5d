"""Placing and cancelling orders: the part of the shop that must not err."""

from decimal import Decimal

import httpx2
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from .errors import ShopError
from .models import Book, Order, OrderLine, User
from .outbox import letter
from .schemas import OrderIn
from .shipping import quote


# region: take-stock
async def _take(db: AsyncSession, book_id: int, quantity: int) -> Book:
    """Take copies from the shelf, or refuse.

    One statement both asks and takes. To read the stock first and write
    it afterwards would let two customers buy the same last copy.
    """
    taken = await db.scalar(
        update(Book)
        .where(Book.id == book_id, Book.stock >= quantity)
        .values(stock=Book.stock - quantity)
        .returning(Book.id)
        .execution_options(synchronize_session=False),
    )
    book = await db.get(Book, book_id, populate_existing=True)
    if book is None:
        raise ShopError(422, f"There is no book {book_id}.")
    if taken is None:
        raise ShopError(409, f"Not enough copies left: {book.title}.")
    return book


# endregion


# region: replay
async def _replay(
    db: AsyncSession,
    user_id: int,
    key: str,
    asked: OrderIn,
) -> Order | None:
    """Return the order that was placed with this key before."""
    query = select(Order).where(
        Order.user_id == user_id,
        Order.idempotency_key == key,
    )
    order = await db.scalar(query)
    if order is None:
        return None
    ordered = [(line.book_id, line.quantity) for line in order.lines]
    wanted = [(line.book_id, line.quantity) for line in asked.lines]
    if (order.country, ordered) != (asked.country, wanted):
        raise ShopError(422, "The key was used for another order.")
    return order


# endregion


# region: place-order
async def place_order(
    db: AsyncSession,
    client: httpx2.AsyncClient,
    user: User,
    asked: OrderIn,
    key: str | None,
) -> tuple[Order, bool]:
    """Return the order, and whether it is a new one.

    All of it happens in one transaction, or none of it.
    """
    user_id = user.id
    if key and (order := await _replay(db, user_id, key, asked)):
        return order, False
    # The connection goes back while others think: no row is locked, and
    # a slow service cannot use up the pool.
    await db.commit()
    items = sum(line.quantity for line in asked.lines)
    shipping = await quote(client, asked.country, items)
    try:
        order = await _write(db, user, asked, key, shipping)
        await db.commit()
    except IntegrityError:
        # The same key arrived twice at once, and the other was quicker.
        await db.rollback()
        if key and (other := await _replay(db, user_id, key, asked)):
            return other, False
        raise
    return order, True


# endregion


# region: write-order
async def _write(
    db: AsyncSession,
    user: User,
    asked: OrderIn,
    key: str | None,
    shipping: Decimal,
) -> Order:
    order = Order(
        user=user,
        idempotency_key=key,
        country=asked.country,
        shipping=shipping,
        total=shipping,
        lines=[],
    )
    with db.no_autoflush:
        for line in asked.lines:
            book = await _take(db, line.book_id, line.quantity)
            order.lines.append(
                OrderLine(
                    book=book,
                    quantity=line.quantity,
                    unit_price=book.price,
                ),
            )
            order.total += book.price * line.quantity
    db.add(order)
    await db.flush()
    db.add(letter(order))
    return order


# endregion


# region: cancel-order
async def cancel_order(db: AsyncSession, order: Order) -> None:
    """Cancel the order and put its books back, both or neither."""
    cancelled = await db.scalar(
        update(Order)
        .where(Order.id == order.id, Order.status == "placed")
        .values(status="cancelled")
        .returning(Order.id)
        .execution_options(synchronize_session=False),
    )
    if cancelled is None:
        raise ShopError(409, "The order is cancelled already.")
    for line in order.lines:
        await db.execute(
            update(Book)
            .where(Book.id == line.book_id)
            .values(stock=Book.stock + line.quantity)
            .execution_options(synchronize_session=False),
        )
    await db.commit()
    await db.refresh(order)
    for line in order.lines:
        await db.refresh(line.book)


# endregion
