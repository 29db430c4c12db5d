"""What a client may send and what it gets, in Marshmallow."""

import re
from decimal import Decimal
from typing import Any

from marshmallow import (
    Schema,
    ValidationError,
    fields,
    post_load,
    pre_dump,
    validate,
    validates_schema,
)

# What the columns of ids hold in every database.
LARGEST_ID = 999_999_999
AMOUNT = re.compile(r"[0-9]{1,5}\.[0-9]{2}")


# region: amount
class Amount(fields.Field[Decimal]):
    """An amount of money as text: JSON's numbers are no exact decimals."""

    def _serialize(self, value: Any, *_: Any, **__: Any) -> str:
        return f"{value:.2f}"

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> Decimal:
        if not isinstance(value, str) or not AMOUNT.fullmatch(value):
            raise ValidationError("Not a valid amount, such as 12.50.")
        return Decimal(value)


# endregion


# region: isbn
def check_isbn(value: str) -> None:
    """Raise ValidationError unless the text is an ISBN of 13 digits."""
    if not re.fullmatch("97[89][0-9]{10}", value):
        raise ValidationError("An ISBN is 13 digits, first 978 or 979.")
    odd, even = map(int, value[::2]), map(int, value[1::2])
    if (sum(odd) + 3 * sum(even)) % 10:
        raise ValidationError("The check digit of the ISBN does not fit.")


# endregion


def _text(longest: int, shortest: int = 1) -> fields.String:
    # Two validators, so that the message names the limit that was broken.
    limits = [validate.Length(min=shortest), validate.Length(max=longest)]
    return fields.String(required=True, validate=limits)


def _number(smallest: int, largest: int, **more: Any) -> fields.Integer:
    limits = [validate.Range(min=smallest), validate.Range(max=largest)]
    # Strict: 2.0, "2" and true are no whole numbers.
    return fields.Integer(strict=True, validate=limits, **more)


def _email() -> fields.String:
    pattern = validate.Regexp(
        r"[^@\s]+@[^@\s]+\.[^@\s]+\Z",
        error="Not a valid email address.",
    )
    limits = [pattern, validate.Length(max=254)]
    return fields.String(required=True, validate=limits)


# region: user-schemas
class RegisterSchema(Schema):
    """The body that opens an account."""

    email = _email()
    name = _text(100)
    password = _text(128, shortest=8)


class LoginSchema(Schema):
    """The body, or the form, that logs in."""

    email = fields.String(required=True)
    password = fields.String(required=True)
    remember = fields.Boolean(load_default=False)


class UserSchema(Schema):
    """What others may know of a user: never the hash of the password."""

    id = fields.Integer()
    email = fields.String()
    name = fields.String()
    role = fields.String()


class RoleSchema(Schema):
    """The body that changes what a user may do."""

    role = fields.String(
        required=True,
        validate=validate.OneOf(["customer", "admin"]),
    )


# endregion


# region: book-in
class BookInSchema(Schema):
    """The body that adds a book, or, with `partial`, changes one."""

    isbn = fields.String(required=True, validate=check_isbn)
    title = _text(200)
    price = Amount(required=True)
    stock = _number(0, 100_000, load_default=0)
    published = fields.Date(required=True, format="%Y-%m-%d")
    authors = fields.List(
        _text(100),
        required=True,
        validate=[validate.Length(min=1), validate.Length(max=10)],
    )
    tags = fields.List(
        _text(40),
        load_default=list,
        validate=validate.Length(max=10),
    )


# endregion


# region: book-out
class BookSchema(Schema):
    """A book as the shop shows it."""

    id = fields.Integer()
    isbn = fields.String()
    title = fields.String()
    price = Amount()
    stock = fields.Integer()
    published = fields.Date()
    authors = fields.List(fields.Pluck("AuthorSchema", "name"))
    tags = fields.List(fields.Pluck("TagSchema", "name"))
    has_cover = fields.Boolean()


class AuthorSchema(Schema):
    """Somebody who writes."""

    name = fields.String()
    books = fields.Integer()


class TagSchema(Schema):
    """A word that books are found by."""

    name = fields.String()


# endregion


# region: order-in
class LineInSchema(Schema):
    """So many of one book."""

    book_id = _number(1, LARGEST_ID, required=True)
    quantity = _number(1, 99, required=True)


class OrderInSchema(Schema):
    """The body that orders."""

    country = fields.String(
        required=True,
        validate=validate.Regexp(r"[A-Z]{2}\Z"),
    )
    lines = fields.List(
        fields.Nested(LineInSchema),
        required=True,
        validate=[validate.Length(min=1), validate.Length(max=20)],
    )

    @validates_schema(skip_on_field_errors=True)
    def _no_book_twice(self, data: dict[str, Any], **_: Any) -> None:
        ids = [line["book_id"] for line in data["lines"]]
        if len(set(ids)) < len(ids):
            raise ValidationError("Name each book once.", "lines")

    @post_load
    def _in_order(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        # Everybody takes the books in the same order, so that two orders
        # never wait for each other.
        data["lines"].sort(key=lambda line: line["book_id"])
        return data


# endregion


# region: order-out
class LineSchema(Schema):
    """A line of an order as it is shown."""

    book_id = fields.Integer()
    title = fields.Pluck("BookSchema", "title", attribute="book")
    quantity = fields.Integer()
    unit_price = Amount()


class OrderSchema(Schema):
    """An order as it is shown."""

    id = fields.Integer()
    status = fields.String()
    country = fields.String()
    shipping = Amount()
    total = Amount()
    created_at = fields.AwareDateTime(format="iso")
    lines = fields.List(fields.Nested(LineSchema))


# endregion


class MailSchema(Schema):
    """A letter of the outbox."""

    order_id = fields.Integer()
    recipient = fields.String()
    subject = fields.String()
    body = fields.String()
    sent = fields.Boolean()

    @pre_dump
    def _sent(self, mail: Any, **_: Any) -> dict[str, Any]:
        return {
            "order_id": mail.order_id,
            "recipient": mail.recipient,
            "subject": mail.subject,
            "body": mail.body,
            "sent": mail.sent_at is not None,
        }
