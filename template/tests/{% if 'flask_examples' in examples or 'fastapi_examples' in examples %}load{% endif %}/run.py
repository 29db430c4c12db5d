"""A shop, its database, its customers and what goes wrong, from the start to the reckoning."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import anyio
import httpx2

from tests.contract.database import connected
from tests.contract.postgres import Server, server
from tests.contract.shipping import Service, serving
from tests.contract.shop import ISBNS, Shop, prepare
from tests.contract.target import Target, client, clients

from .connections import leaks
from .customers import Customer, Tally
from .faults import Faults
from .ledger import Ledger, disagreements, letters_missing
from .shops import Running, served

# How long a shop waits for the shipping service, and a customer for the shop, in seconds.
SHIPPING_TIMEOUT, TIMEOUT = 0.5, 30
COPIES = 100_000

Progress = Callable[[Counter[str]], float]


@dataclass(frozen=True)
class Report:
    """What came of it.

    Attributes:
        seconds: how long the customers were there.
        counts: what they counted; see `Tally`.
        recovery: the seconds from the end of each fault to the next order.
        letters_missing: orders whose customer got no letter.
        problems: what should not be.
    """

    seconds: float
    counts: Counter[str]
    recovery: list[float]
    letters_missing: int
    problems: list[str]


@dataclass(frozen=True)
class Opened:
    """A shop with books, what it needs, and the cookies of its customers.

    Attributes:
        shop: the shop as it is served.
        database: the server of its database.
        shipping: the service that it asks.
        stock: the copies of each book.
        cookies: those of each customer who is logged in.
    """

    shop: Running
    database: Server
    shipping: Service
    stock: dict[int, int]
    cookies: list[httpx2.Cookies]


@contextmanager
def opened(target: Target, programs: Path, customers: int) -> Iterator[Opened]:
    """Open a shop on a PostgreSQL of its own, which keeps its promises when it dies."""
    with (
        server(programs, settings=()) as database,
        serving() as shipping,
        TemporaryDirectory() as folder,
    ):
        settings = prepare(target, database.url, Path(folder), shipping.url, SHIPPING_TIMEOUT)
        with served(target.name, settings) as running:
            with clients(lambda: client(running.url)) as new:
                shop = Shop(new)
                books = [shop.add_book(isbn=isbn, stock=COPIES) for isbn in ISBNS]
                cookies = [shop.customer().cookies for _ in range(customers)]
            stock = {book["id"]: COPIES for book in books}
            yield Opened(running, database, shipping, stock, cookies)


def run(opened: Opened, progress: Progress, seed: int) -> tuple[Ledger, Report]:
    """Let the customers order while things go wrong, and reckon.

    Args:
        opened: the shop; it serves on.
        progress: how much of the whole is over, from 0 to 1, given what was counted.
        seed: decides for the customers.
    """
    ledger, tally, begin = Ledger(opened.stock), Tally(), time.monotonic()
    recovery = anyio.run(_ordering, opened, ledger, tally, progress, seed)
    seconds = time.monotonic() - begin
    with connected(opened.database.url) as connection:
        report = Report(
            seconds=seconds,
            counts=tally.counts + Counter(cancelled=len(ledger.cancelled)),
            recovery=recovery,
            letters_missing=letters_missing(connection),
            problems=[*leaks(opened.shop, connection), *disagreements(ledger, connection)],
        )
    return ledger, report


async def _ordering(
    opened: Opened, ledger: Ledger, tally: Tally, progress: Progress, seed: int
) -> list[float]:
    def part() -> float:
        return progress(tally.counts)

    faults = Faults(opened.database, opened.shipping, tally, part)
    async with AsyncExitStack() as stack, anyio.create_task_group() as tasks:
        tasks.start_soon(faults.happen)
        for number, cookies in enumerate(opened.cookies):
            visitor = httpx2.AsyncClient(
                base_url=opened.shop.url, cookies=cookies, trust_env=False, timeout=TIMEOUT
            )
            connected = await stack.enter_async_context(visitor)
            random = Random(f"{seed} {number}")
            customer = Customer(f"c{number}", connected, ledger, tally, random)
            tasks.start_soon(customer.shop, lambda: part() >= 1)
    return faults.recovery
