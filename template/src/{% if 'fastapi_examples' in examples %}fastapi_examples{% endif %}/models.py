"""The tables of the shop and how they hang together."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    mapped_column,
    relationship,
)

from .columns import Moment, Money, now

# Names that do not depend on the database: a migration must be able to
# name what it drops.
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


# region: user
class User(Base):
    """Somebody with an account: a customer, or an admin of the shop."""

    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(100))
    password_hash: Mapped[str] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(String(20), default="customer")


# endregion


# region: many-to-many
book_authors = Table(
    "book_authors",
    Base.metadata,
    Column("book_id", ForeignKey("books.id"), primary_key=True),
    Column("author_id", ForeignKey("authors.id"), primary_key=True),
)

book_tags = Table(
    "book_tags",
    Base.metadata,
    Column("book_id", ForeignKey("books.id"), primary_key=True),
    Column("tag_id", ForeignKey("tags.id"), primary_key=True),
)
# endregion


class Author(Base):
    """Somebody who wrote a book that the shop sells."""

    __tablename__ = "authors"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100), unique=True)


class Tag(Base):
    """A word that books are found by."""

    __tablename__ = "tags"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(40), unique=True)


# region: book
class Book(Base):
    """A book, what it costs and how many are left."""

    __tablename__ = "books"
    # The last line of defence: no bug can sell what is not there.
    __table_args__ = (CheckConstraint("stock >= 0", name="stock"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    isbn: Mapped[str] = mapped_column(String(13), unique=True)
    title: Mapped[str] = mapped_column(String(200), index=True)
    price: Mapped[Decimal] = mapped_column(Money)
    stock: Mapped[int] = mapped_column(default=0)
    published: Mapped[date]
    # The file of its cover, named by what is in it.
    cover: Mapped[str | None] = mapped_column(String(80))

    # Loaded with the books, in one query for all of them ("selectin"):
    # never one query for each, and never a query by surprise.
    authors: Mapped[list[Author]] = relationship(
        secondary=book_authors,
        lazy="selectin",
        order_by=Author.name,
    )
    tags: Mapped[list[Tag]] = relationship(
        secondary=book_tags,
        lazy="selectin",
        order_by=Tag.name,
    )

    @property
    def has_cover(self) -> bool:
        """Return whether there is a cover to show."""
        return self.cover is not None


# endregion


# region: order
class Order(Base):
    """What a customer bought; its lines keep the price of that day."""

    __tablename__ = "orders"
    # The same key twice is the same order, even when both arrive at once.
    __table_args__ = (UniqueConstraint("user_id", "idempotency_key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    idempotency_key: Mapped[str | None] = mapped_column(String(64))
    status: Mapped[str] = mapped_column(String(20), default="placed")
    country: Mapped[str] = mapped_column(String(2))
    shipping: Mapped[Decimal] = mapped_column(Money)
    total: Mapped[Decimal] = mapped_column(Money)
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)

    user: Mapped[User] = relationship(lazy="joined", innerjoin=True)
    lines: Mapped[list["OrderLine"]] = relationship(
        lazy="selectin",
        order_by="OrderLine.book_id",
        cascade="all, delete-orphan",
    )


class OrderLine(Base):
    """So many of one book, at the price they were sold for."""

    __tablename__ = "order_lines"

    order_id: Mapped[int] = mapped_column(
        ForeignKey("orders.id"),
        primary_key=True,
    )
    book_id: Mapped[int] = mapped_column(
        ForeignKey("books.id"),
        primary_key=True,
    )
    quantity: Mapped[int]
    unit_price: Mapped[Decimal] = mapped_column(Money)

    book: Mapped[Book] = relationship(lazy="joined", innerjoin=True)


# endregion


# region: mail
class Mail(Base):
    """A letter in the outbox; `sent_at` says when it left."""

    __tablename__ = "mails"

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"), unique=True)
    recipient: Mapped[str] = mapped_column(String(254))
    subject: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)
    sent_at: Mapped[datetime | None] = mapped_column(Moment)


# endregion
