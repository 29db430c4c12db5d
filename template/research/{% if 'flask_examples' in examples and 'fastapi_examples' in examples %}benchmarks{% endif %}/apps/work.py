"""What every application does: the same work, whatever framework it is in."""

import os
from pathlib import Path

from pydantic import BaseModel, Field

# Where the applications find what they need; servers.py sets it.
READY = "BENCHMARK_READY"
UPSTREAM = "BENCHMARK_UPSTREAM"
# Of connections to the upstream, as many as there may be requests.
CONNECTIONS = 1000


# region: models
class Book(BaseModel):
    """A book as it is answered."""

    id: int
    shelf: int
    title: str
    author: str
    pages: int
    price: str


class Line(BaseModel):
    """How many of a book."""

    book_id: int = Field(gt=0)
    quantity: int = Field(ge=1, le=99)


class Order(BaseModel):
    """An order as it is asked for.

    Both frameworks check it by this model. A comparison of Pydantic with
    another library would say nothing of the frameworks.
    """

    email: str = Field(max_length=200, pattern=r"^[^@\s]+@[^@\s]+$")
    country: str = Field(pattern=r"^[A-Z]{2}$")
    lines: list[Line] = Field(min_length=1, max_length=50)


class Receipt(BaseModel):
    """What an order comes to."""

    lines: int
    items: int


# endregion


class Count(BaseModel):
    """How many primes there are below a limit."""

    primes: int


class Quote(BaseModel):
    """What the upstream answers."""

    price: str


def shelf(number: int) -> list[dict[str, int | str]]:
    """Return the twenty books of a shelf."""
    return [
        {
            "id": number * 20 + place,
            "shelf": number,
            "title": f"The Art of Waiting, Volume {place}",
            "author": f"Author {place % 7}",
            "pages": 100 + 10 * place,
            "price": f"{10 + place}.50",
        }
        for place in range(1, 21)
    ]


# The answer to the JSON case, ready to be written.
PAGE = shelf(0)


def receipt(order: Order) -> dict[str, int]:
    """Return what an order comes to."""
    items = sum(line.quantity for line in order.lines)
    return {"lines": len(order.lines), "items": items}


# region: primes
def primes(limit: int = 2000) -> int:
    """Count the primes below a limit, in Python, so holding the GIL."""
    return sum(
        all(number % divisor for divisor in range(2, int(number**0.5) + 1))
        for number in range(2, limit)
    )


# endregion


def announce() -> None:
    """Tell that this process has loaded its application."""
    Path(os.environ[READY], str(os.getpid())).touch()
