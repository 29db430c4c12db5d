"""From what a client sent to a book, or to every reason why not."""

import re
from collections.abc import Callable
from typing import Any

from .store import Book


class InvalidBook(ValueError):
    """What was sent is no book; `errors` says why, field by field."""

    def __init__(self, errors: list[dict[str, str]]) -> None:
        """Take one entry of `field` and `message` for each wrong field."""
        super().__init__("The book is not valid.")
        self.errors = errors


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("Input should be a valid string")
    return value


# region: validators
def _isbn(value: object) -> str:
    digits = _text(value).replace("-", "")
    if not re.fullmatch("97[89][0-9]{10}", digits):
        raise ValueError("An ISBN is 13 digits, the first of them 978 or 979")
    odd, even = map(int, digits[::2]), map(int, digits[1::2])
    if (sum(odd) + 3 * sum(even)) % 10:
        raise ValueError("The check digit of the ISBN does not fit")
    return digits


def _title(value: object) -> str:
    title = _text(value).strip()
    if not title:
        raise ValueError("String should have at least 1 character")
    if len(title) > 200:
        raise ValueError("String should have at most 200 characters")
    if not title.isprintable():
        raise ValueError("A title is one line of printable text")
    return title


def _year(value: object) -> int:
    # In Python True is an int; in JSON it is no number.
    if not isinstance(value, int) or isinstance(value, bool):
        raise ValueError("Input should be a valid integer")
    if value < 1450:
        raise ValueError("Input should be greater than or equal to 1450")
    if value > 9999:
        raise ValueError("Input should be less than or equal to 9999")
    return value


# endregion

FIELDS: dict[str, Callable[[object], Any]] = {
    "isbn": _isbn,
    "title": _title,
    "year": _year,
}


# region: parse-book
def parse_book(data: dict[str, object]) -> Book:
    """Return the book in a JSON object, or raise InvalidBook.

    Every wrong field is reported, not only the first.
    """
    values: dict[str, Any] = {}
    errors: list[dict[str, str]] = []
    for field, parse in FIELDS.items():
        if field not in data:
            errors.append({"field": field, "message": "Field required"})
            continue
        try:
            values[field] = parse(data[field])
        except ValueError as error:
            errors.append({"field": field, "message": str(error)})
    if errors:
        raise InvalidBook(errors)
    return Book(**values)


# endregion
