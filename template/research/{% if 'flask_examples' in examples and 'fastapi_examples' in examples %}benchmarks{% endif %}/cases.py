"""What is asked: the same requests, to the byte, of every contender."""

import json
from dataclasses import dataclass
from typing import Any

from .apps import work
from .upstream import BODY

SHELF = 7
ORDER = {
    "email": "ada@example.org",
    "country": "GB",
    "lines": [
        {"book_id": number, "quantity": number} for number in range(1, 11)
    ],
}


# region: case
@dataclass(frozen=True)
class Case:
    """One request, and what must come back.

    Attributes:
        name: as it stands in the data.
        title: as it stands in tables.
        path: what is asked for.
        answer: the JSON that must come back.
        rate: how many requests a second arrive under open-loop load, the
            same on every machine.
        body: the JSON that is sent, of a POST.
        waits: whether the answer waits for somebody else.
        database: the one that it needs.
    """

    name: str
    title: str
    path: str
    answer: Any
    rate: int
    body: Any = None
    waits: bool = False
    database: str | None = None

    def request(self) -> str:
        """Return the request as it is sent."""
        body = "" if self.body is None else json.dumps(self.body)
        head = [
            f"{'POST' if body else 'GET'} {self.path} HTTP/1.1",
            "Host: 127.0.0.1",
            "Accept: application/json",
        ]
        if body:
            head += [
                "Content-Type: application/json",
                f"Content-Length: {len(body)}",
            ]
        return "\r\n".join([*head, "", body])


# endregion


def _reading(database: str, title: str) -> Case:
    return Case(
        name=database,
        title=title,
        path=f"/{database}/shelves/{SHELF}",
        answer=work.shelf(SHELF),
        rate=100,
        waits=True,
        database=database,
    )


CASES = (
    Case("json", "JSON", "/json", work.PAGE, rate=200),
    Case(
        "post",
        "Validated POST",
        "/orders",
        work.receipt(work.Order.model_validate(ORDER)),
        rate=200,
        body=ORDER,
    ),
    Case("cpu", "CPU", "/primes", {"primes": work.primes()}, rate=50),
    _reading("sqlite", "SQLite"),
    _reading("postgres", "PostgreSQL"),
    Case(
        "upstream",
        "50 ms upstream",
        "/quote",
        json.loads(BODY),
        rate=100,
        waits=True,
    ),
)
