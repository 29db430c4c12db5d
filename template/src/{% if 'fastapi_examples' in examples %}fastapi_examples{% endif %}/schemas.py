"""What a client may send and what it gets, in Pydantic."""

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    StrictInt,
    StringConstraints,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import PydanticCustomError

LARGEST_ID = 999_999_999
AMOUNT = r"^[0-9]{1,5}\.[0-9]{2}$"


def _refuse(kind: str, message: str) -> PydanticCustomError:
    return PydanticCustomError(kind, message)


# region: amount
def _amount(value: Any) -> Decimal:
    fits = isinstance(value, str) and re.fullmatch(AMOUNT[1:-1], value)
    if not fits:
        raise _refuse("amount", "Not a valid amount, such as 12.50.")
    return Decimal(value)


def _as_text(value: Decimal) -> str:
    return f"{value:.2f}"


AmountIn = Annotated[
    Decimal,
    BeforeValidator(_amount),
    WithJsonSchema({"type": "string", "pattern": AMOUNT}),
]
Amount = Annotated[Decimal, PlainSerializer(_as_text, return_type=str)]
# endregion


# region: checks
def _isbn(value: str) -> str:
    if not re.fullmatch("97[89][0-9]{10}", value):
        raise _refuse("isbn", "An ISBN is 13 digits, first 978 or 979.")
    odd, even = map(int, value[::2]), map(int, value[1::2])
    if (sum(odd) + 3 * sum(even)) % 10:
        raise _refuse("isbn", "The check digit of the ISBN does not fit.")
    return value


def _email(value: str) -> str:
    if not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", value):
        raise _refuse("email", "Not a valid email address.")
    return value


def _day(value: Any) -> date:
    try:
        return datetime.strptime(value, "%Y-%m-%d").date()
    except (TypeError, ValueError):
        raise _refuse("day", "Not a valid date.") from None


def _documented(pattern: str) -> Any:
    """Tell OpenAPI of a pattern that has a message of its own."""
    return Field(json_schema_extra={"pattern": pattern})


# endregion


# region: kinds
Isbn = Annotated[
    str,
    _documented("^97[89][0-9]{10}$"),
    AfterValidator(_isbn),
]
Email = Annotated[
    str,
    Field(max_length=254),
    _documented(r"^[^@\s]+@[^@\s]+\.[^@\s]+$"),
    AfterValidator(_email),
]
Name = Annotated[str, Field(min_length=1, max_length=100)]
Password = Annotated[str, Field(min_length=8, max_length=128)]
Title = Annotated[str, Field(min_length=1, max_length=200)]
Day = Annotated[date, BeforeValidator(_day)]
Word = Annotated[str, Field(min_length=1, max_length=40)]
Country = Annotated[str, StringConstraints(pattern="^[A-Z]{2}$")]
Stock = Annotated[StrictInt, Field(ge=0, le=100_000)]
# endregion


# region: yes-or-no
# The words that Marshmallow takes, which are not quite Pydantic's.
WORDS = ("t", "true", "on", "y", "yes"), ("f", "false", "off", "n", "no")
YES, NO = (
    {form for word in words for form in (word, word.title(), word.upper())}
    for words in WORDS
)


def _boolean(value: Any) -> bool:
    if isinstance(value, str | int | float):
        if value == 1 or value in YES | {"1"}:
            return True
        if value == 0 or value in NO | {"0"}:
            return False
    raise _refuse("boolean", "Not a valid boolean.")


Boolean = Annotated[bool, BeforeValidator(_boolean)]
# endregion


# region: bodies
class Body(BaseModel):
    """A body: what it does not know, it refuses."""

    model_config = ConfigDict(extra="forbid")


class Out(BaseModel):
    """An answer, made from a row."""

    model_config = ConfigDict(from_attributes=True)


# endregion


# region: user-schemas
class Register(Body):
    """The body that opens an account."""

    email: Email
    name: Name
    password: Password


class Login(Body):
    """The body, or the form, that logs in."""

    email: str
    password: str
    remember: Boolean = False


class UserOut(Out):
    """What others may know of a user: never the hash of the password."""

    id: int
    email: str
    name: str
    role: str


class RoleIn(Body):
    """The body that changes what a user may do."""

    role: Literal["customer", "admin"]


class Token(BaseModel):
    """A token as OAuth2 hands it out."""

    access_token: str
    token_type: Literal["bearer"] = "bearer"


# endregion


# region: book-in
Authors = Annotated[list[Name], Field(min_length=1, max_length=10)]
Tags = Annotated[list[Word], Field(max_length=10)]


class BookIn(Body):
    """The body that adds a book."""

    isbn: Isbn
    title: Title
    price: AmountIn
    stock: Stock = 0
    published: Day
    authors: Authors
    tags: Tags = []


# Never seen: what a change does not name is left out of it.
UNSET: Any = None


class BookChange(Body):
    """The body that changes what it names; null is no value of any."""

    isbn: Isbn = UNSET
    title: Title = UNSET
    price: AmountIn = UNSET
    stock: Stock = UNSET
    published: Day = UNSET
    authors: Authors = UNSET
    tags: Tags = UNSET


# endregion


# region: book-out
def _name(value: Any) -> Any:
    return getattr(value, "name", value)


Named = Annotated[str, BeforeValidator(_name)]


class BookOut(Out):
    """A book as the shop shows it."""

    id: int
    isbn: str
    title: str
    price: Amount
    stock: int
    published: date
    authors: list[Named]
    tags: list[Named]
    has_cover: bool


class BookPage(Out):
    """One page of the catalogue."""

    items: list[BookOut]
    page: int
    pages: int
    per_page: int
    total: int


class AuthorOut(Out):
    """Somebody who writes."""

    name: str
    books: int


# endregion


# region: order-in
class LineIn(Body):
    """So many of one book."""

    book_id: Annotated[StrictInt, Field(ge=1, le=LARGEST_ID)]
    quantity: Annotated[StrictInt, Field(ge=1, le=99)]


class OrderIn(Body):
    """The body that orders."""

    country: Country
    lines: Annotated[list[LineIn], Field(min_length=1, max_length=20)]

    @model_validator(mode="after")
    def _no_book_twice(self) -> "OrderIn":
        ids = [line.book_id for line in self.lines]
        if len(set(ids)) < len(ids):
            message = "Name each book once."
            raise PydanticCustomError("twice", message, {"field": "lines"})
        # Everybody takes the books in the same order, so that two orders
        # never wait for each other.
        self.lines.sort(key=lambda line: line.book_id)
        return self


# endregion


# region: order-out
def _title(book: Any) -> Any:
    return getattr(book, "title", book)


class LineOut(Out):
    """A line of an order as it is shown."""

    book_id: int
    title: Annotated[
        str,
        BeforeValidator(_title),
        Field(validation_alias="book"),
    ]
    quantity: int
    unit_price: Amount


# Pydantic would write the zone as Z, which not everybody can read.
Moment = Annotated[
    datetime,
    PlainSerializer(datetime.isoformat, return_type=str),
]


class OrderOut(Out):
    """An order as it is shown."""

    id: int
    status: Literal["placed", "cancelled"]
    country: str
    shipping: Amount
    total: Amount
    created_at: Moment
    lines: list[LineOut]


# endregion


class Quote(BaseModel):
    """What a parcel costs."""

    country: str
    items: int
    price: Amount


class MailOut(BaseModel):
    """A letter of the outbox."""

    order_id: int
    recipient: str
    subject: str
    body: str
    sent: bool


class Report(BaseModel):
    """What was sold. The day is an HTTP date, as Flask writes dates."""

    day: str
    orders: int
    revenue: Amount


class Health(BaseModel):
    """Whether the shop is up, and when that was so."""

    status: Literal["ok", "failing"]
    database: Literal["up", "down"]
    time: str
