"""Customers who order until they know that they have ordered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from random import Random
from typing import Any
from urllib.parse import urlsplit

import anyio
import httpx2

from .ledger import Ledger, Placed

# Of a hundred orders, those whose customer hangs up first, cancels later, looks around before.
HANGS_UP, CANCELS, LOOKS_AROUND = 10, 10, 50
# Between two attempts, in seconds; the second half of it by chance, or all would come at once.
PAUSE = 0.1


class Refused(Exception):
    """The shop answered what no failure excuses; the text says what."""


@dataclass
class Tally:
    """What has happened so far, and a way to wait for more of it.

    Attributes:
        counts: `placed`, orders that were confirmed; `failed`, requests that got no answer or
            a 5xx; `too slow`, those told that the shipping service is (504); `hung up`, orders
            whose customer did not wait for the answer; `read`, looks at the catalogue.
    """

    counts: Counter[str] = field(default_factory=Counter)
    _more: anyio.Condition = field(default_factory=anyio.Condition)

    async def add(self, what: str) -> None:
        """Count one more of something."""
        self.counts[what] += 1
        async with self._more:
            self._more.notify_all()

    async def until(self, reached: Callable[[], bool]) -> None:
        """Wait until what was counted is enough."""
        async with self._more:
            while not reached():
                await self._more.wait()


@dataclass
class Customer:
    """Somebody who is logged in.

    Attributes:
        name: what the keys of the orders begin with.
        client: the connection to the shop.
        ledger: where confirmed orders are written.
        tally: where all is counted.
        random: what decides for the customer.
    """

    name: str
    client: httpx2.AsyncClient
    ledger: Ledger
    tally: Tally
    random: Random
    _numbers: Iterator[int] = field(default_factory=count)

    async def shop(self, finished: Callable[[], bool]) -> None:
        """Order again and again."""
        while not finished():
            key = f"{self.name}-{next(self._numbers)}"
            book = self.random.choice(list(self.ledger.stock))
            order = {
                "country": "GB",
                "lines": [{"book_id": book, "quantity": self.random.randint(1, 3)}],
            }
            if self._happens(LOOKS_AROUND):
                await self._ask("GET", "/books")
                await self.tally.add("read")
            if self._happens(HANGS_UP):
                await self._hang_up(key, order)
            await self._place(key, order)
            if self._happens(CANCELS):
                await self._cancel(key)

    def _happens(self, percent: int) -> bool:
        return self.random.randrange(100) < percent

    async def _place(self, key: str, order: dict[str, Any]) -> None:
        answer = await self._ask("POST", "/orders", json=order, headers={"Idempotency-Key": key})
        if answer.status_code != 201:
            raise Refused(f"{key}: {answer.status_code} {answer.text}")
        [line] = order["lines"]
        number: int = answer.json()["id"]
        self.ledger.orders[key] = Placed(number, line["book_id"], line["quantity"])
        await self.tally.add("placed")

    async def _cancel(self, key: str) -> None:
        number = self.ledger.orders[key].number
        answer = await self._ask("POST", f"/orders/{number}/cancel")
        # 409: an attempt whose answer was lost has cancelled it.
        if answer.status_code not in {200, 409}:
            raise Refused(f"{key}: {answer.status_code} {answer.text}")
        self.ledger.cancelled.add(key)

    async def _ask(self, method: str, path: str, **options: Any) -> httpx2.Response:
        """Repeat a request until the shop answers that it is done or cannot be."""
        while True:
            answer = await self._attempt(method, path, **options)
            if answer is not None and answer.status_code < 500:
                return answer
            too_slow = answer is not None and answer.status_code == 504
            await self.tally.add("too slow" if too_slow else "failed")
            await anyio.sleep(PAUSE * self.random.uniform(0.5, 1))

    async def _attempt(self, method: str, path: str, **options: Any) -> httpx2.Response | None:
        try:
            return await self.client.request(method, path, **options)
        except httpx2.TransportError:
            return None

    async def _hang_up(self, key: str, order: dict[str, Any]) -> None:
        """Send an order and close the connection before the answer can come."""
        request = self.client.build_request(
            "POST", "/orders", json=order, headers={"Idempotency-Key": key}
        )
        address = urlsplit(str(request.url))
        lines = [
            f"POST {address.path} HTTP/1.1",
            *(f"{k}: {v}" for k, v in request.headers.items()),
        ]
        head = "\r\n".join(lines).encode() + b"\r\n\r\n"
        assert address.hostname is not None
        assert address.port is not None
        async with await anyio.connect_tcp(address.hostname, address.port) as stream:
            await stream.send(head + request.content)
        await self.tally.add("hung up")
