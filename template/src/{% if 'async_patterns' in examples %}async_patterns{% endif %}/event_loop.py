"""Switch at `await`, and nowhere else.

The loop runs one coroutine at a time. It changes to another only where the
running one awaits something that is not ready. Lines without an `await`
between them are therefore never interrupted; a check and an update with an
`await` between them are, and then two buyers get the last copy. A lock
closes the gap. It is held over the wait, so keep what it guards short.
"""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

import anyio
import anyio.lowlevel

from .clock import run

Buy = Callable[[str], Coroutine[Any, Any, None]]


# region: race
@dataclass
class Shelf:
    """A shelf with one copy left, and who believes to have bought it."""

    copies: int = 1
    lock: anyio.Lock = field(default_factory=anyio.Lock)
    buyers: list[str] = field(default_factory=list)

    async def buy(self, buyer: str) -> None:
        """Sell a copy if there is one: wrong, others run at the await."""
        if self.copies > 0:
            await charge(buyer)
            self.copies -= 1
            self.buyers.append(buyer)

    async def buy_alone(self, buyer: str) -> None:
        """Sell a copy if there is one, to one buyer after the other."""
        async with self.lock:
            await self.buy(buyer)


# endregion


async def charge(buyer: str) -> None:
    """Stand for a call to the bank: it only lets others run."""
    print(f"  {buyer} pays")
    await anyio.lowlevel.checkpoint()


async def sell(shelf: Shelf, buy: Buy) -> None:
    """Let two buyers ask for the last copy at once."""
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(buy, "Ada")
        tasks.start_soon(buy, "Bob")
    print(f"  sold to {' and '.join(shelf.buyers)}, {shelf.copies} left")


async def demo() -> None:
    """Sell the last copy without a lock and with it."""
    call = charge("nobody")
    print("a call alone runs nothing:", type(call).__name__)
    call.close()
    shelf = Shelf()
    print("without a lock")
    await sell(shelf, shelf.buy)
    shelf = Shelf()
    print("with a lock")
    await sell(shelf, shelf.buy_alone)


def main() -> None:
    """Run the demonstration."""
    run(demo)


if __name__ == "__main__":
    main()
