"""Call async code from code that cannot await.

`asyncio.run` in each call makes a loop, and closes it: a client that was
opened in the first call belongs to a loop that is gone in the second. A
portal keeps one loop in a thread for as long as the block. Plain code (a
Flask view, a Celery task, a command) calls through it, and everything that
is asynchronous lives on that one loop.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from anyio.from_thread import BlockingPortal, start_blocking_portal


class Client:
    """A client that, like most, belongs to the loop it was opened on."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self.asked = 0

    async def __aenter__(self) -> "Client":
        print("client opened")
        return self

    async def __aexit__(self, *_: object) -> None:
        print("client closed")

    async def price(self, book: str) -> int:
        """Return a price, if asked on the loop that the client knows."""
        if asyncio.get_running_loop() is not self._loop:
            raise RuntimeError("the client belongs to a different loop")
        self.asked += 1
        return len(book)


# region: portal
class Prices:
    """Prices for plain code, from a client that wants to be awaited."""

    def __init__(self, portal: BlockingPortal, client: Client) -> None:
        self._portal = portal
        self._client = client

    def price(self, book: str) -> int:
        """Block this thread, not the loop, until the client answers."""
        return self._portal.call(self._client.price, book)


@contextmanager
def open_prices() -> Iterator[Prices]:
    """Keep one loop and one client for as long as the block."""
    with start_blocking_portal() as portal:
        opening = portal.call(make_client)
        with portal.wrap_async_context_manager(opening) as client:
            yield Prices(portal, client)


async def make_client() -> Client:
    """Make the client on the loop that it will belong to."""
    return Client()


# endregion


def ask_loop_by_loop() -> None:
    """Show how a client outlives its loop."""

    async def make() -> Client:
        return Client()

    client = asyncio.run(make())
    call = client.price("Emma")
    try:
        asyncio.run(call)
    except RuntimeError as error:
        print("asyncio.run twice:", error)


def main() -> None:
    """Ask in both ways."""
    ask_loop_by_loop()
    with open_prices() as prices:
        print("through the portal:", prices.price("Emma"))
        print("and again:", prices.price("Middlemarch"))


if __name__ == "__main__":
    main()
