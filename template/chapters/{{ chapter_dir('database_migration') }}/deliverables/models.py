"""Asynchronous models to begin with, in the middle of a change.

Nothing is loaded by surprise: a relation that the query did not name raises.
The price is changing from a float in `price` to whole cents in
`price_cents`; both are written, and the new one is read where it is filled.
"""

from decimal import Decimal

from sqlalchemy import Float, ForeignKey, MetaData, String
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    mapped_column,
    relationship,
)

# A migration can only drop what it can name.
NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_name)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


# region: base
class Base(DeclarativeBase):
    """What every model is built on."""

    metadata = MetaData(naming_convention=NAMING)


# endregion


class Author(Base):
    """Somebody who writes."""

    __tablename__ = "authors"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100), unique=True)


# region: book
class Book(Base):
    """A book whose price is kept twice for a while."""

    __tablename__ = "books"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(200))
    author_id: Mapped[int] = mapped_column(ForeignKey("authors.id"))
    # Before, and after. Nobody outside of this class writes either.
    old_price: Mapped[float] = mapped_column("price", Float)
    price_cents: Mapped[int | None]

    # Never a query by surprise: name it in the query, or load it later
    # with `await session.refresh(book, ["author"])`.
    author: Mapped[Author] = relationship(lazy="raise")

    @property
    def price(self) -> Decimal:
        """Return the price, from the new column where it is filled."""
        if self.price_cents is None:
            return Decimal(self.old_price).quantize(Decimal("0.01"))
        return Decimal(self.price_cents).scaleb(-2)

    @price.setter
    def price(self, value: Decimal) -> None:
        """Write both, as long as somebody reads the old one."""
        self.old_price = float(value)
        self.price_cents = int(value.scaleb(2))


# endregion
