"""Let cancellation through, and clean up on the way.

A cancelled task gets an exception at its `await`. `finally` runs as ever,
but every wait in it is cancelled as well: the order would stay reserved for
ever. Clean-up that must wait is shielded, and has a deadline of its own, or
the service that does not answer would keep the program from ending. The
exception then goes on: who catches it and carries on cannot be stopped.
"""

from dataclasses import dataclass, field

import anyio

from .clock import run


@dataclass
class Stock:
    """What is reserved, in a database that takes a second to answer."""

    reserved: set[str] = field(default_factory=set)

    async def reserve(self, book: str) -> None:
        """Keep a copy back."""
        await anyio.sleep(1)
        self.reserved.add(book)

    async def release(self, book: str) -> None:
        """Give it back."""
        await anyio.sleep(1)
        self.reserved.discard(book)


# region: careless
async def order_carelessly(stock: Stock, book: str) -> None:
    """Reserve and pay; the release is cut off."""
    await stock.reserve(book)
    try:
        await pay()
    finally:
        await stock.release(book)


# endregion


# region: clean-up
async def order(stock: Stock, book: str) -> None:
    """Reserve and pay; release, come what may."""
    await stock.reserve(book)
    try:
        await pay()
    finally:
        with anyio.move_on_after(5, shield=True):
            await stock.release(book)


# endregion


async def pay() -> None:
    """Wait for a bank that takes an hour."""
    await anyio.sleep(3600)


async def demo() -> None:
    """Cancel both orders after ten seconds, and look what is left."""
    for place in (order_carelessly, order):
        stock = Stock()
        start = anyio.current_time()
        with anyio.move_on_after(10) as scope:
            await place(stock, "Persuasion")
        seconds = anyio.current_time() - start
        print(
            f"{place.__name__}: cancelled {scope.cancelled_caught}, "
            f"ended after {seconds:.0f} s, "
            f"still reserved: {', '.join(stock.reserved) or 'nothing'}"
        )


def main() -> None:
    """Run the demonstration."""
    run(demo)


if __name__ == "__main__":
    main()
