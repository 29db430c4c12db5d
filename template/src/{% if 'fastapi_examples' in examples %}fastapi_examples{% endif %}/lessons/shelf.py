"""A shop with books and one order, for as long as a lesson lasts."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timezone
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy.ext.asyncio import AsyncEngine

from src.fastapi_examples.database import create_engine, create_sessions
from src.fastapi_examples.models import Base, Order, OrderLine, User
from src.fastapi_examples.seed import seed_books


def order_of_two() -> Order:
    """Return an order of two books by a customer of its own."""
    first, second, *_ = seed_books()
    return Order(
        user=User(email="ada@shop.test", name="Ada", password_hash="-"),
        country="GB",
        shipping=Decimal("4.00"),
        total=Decimal("18.49"),
        created_at=datetime(2026, 1, 31, 12, tzinfo=timezone.utc),
        lines=[
            OrderLine(book=first, quantity=1, unit_price=first.price),
            OrderLine(book=second, quantity=1, unit_price=second.price),
        ],
    )


# region: shop
@asynccontextmanager
async def shop() -> AsyncIterator[AsyncEngine]:
    """Give the engine of a shop that is gone afterwards."""
    with TemporaryDirectory() as folder:
        engine = create_engine(f"sqlite:///{Path(folder, 'shop.sqlite3')}")
        try:
            async with engine.begin() as connection:
                await connection.run_sync(Base.metadata.create_all)
            async with create_sessions(engine).begin() as db:
                db.add(order_of_two())
            yield engine
        finally:
            await engine.dispose()


# endregion
