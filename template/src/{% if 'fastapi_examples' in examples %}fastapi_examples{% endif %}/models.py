"""What a client may send, and what it gets when something is wrong."""

import re
from typing import Annotated

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
)
from pydantic_core import PydanticCustomError


# region: validators
def _isbn(value: str) -> str:
    digits = value.replace("-", "")
    if not re.fullmatch("97[89][0-9]{10}", digits):
        raise PydanticCustomError(
            "isbn",
            "An ISBN is 13 digits, the first of them 978 or 979",
        )
    odd, even = map(int, digits[::2]), map(int, digits[1::2])
    if (sum(odd) + 3 * sum(even)) % 10:
        raise PydanticCustomError(
            "isbn",
            "The check digit of the ISBN does not fit",
        )
    return digits


def _one_line(value: str) -> str:
    if not value.isprintable():
        raise PydanticCustomError(
            "title",
            "A title is one line of printable text",
        )
    return value


# endregion


# region: new-book
class NewBook(BaseModel):
    """The body that adds a book."""

    # Strict: the text "1847" and the value true are no years.
    model_config = ConfigDict(strict=True)

    isbn: Annotated[str, AfterValidator(_isbn)]
    title: Annotated[
        str,
        StringConstraints(strip_whitespace=True, min_length=1, max_length=200),
        AfterValidator(_one_line),
    ]
    year: Annotated[int, Field(ge=1450, le=9999)]


# endregion


# region: problem
class FieldError(BaseModel):
    """Why one field of a body was refused."""

    field: str
    message: str


class Problem(BaseModel):
    """An error that a person can read and a program can parse."""

    title: str
    status: int
    detail: str
    errors: list[FieldError] | None = None


# endregion
