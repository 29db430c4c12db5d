"""Let a few in at a time.

A thousand calls at once do not make the other side faster; they move the
queue there, out of sight. A limiter is the number of places at the counter.
Choose it by Little's law: places = calls a second times seconds a call.
"""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

import anyio

from .clock import run

Item = TypeVar("Item")
Answer = TypeVar("Answer")


# region: map-limited
async def map_limited(
    call: Callable[[Item], Awaitable[Answer]],
    items: Iterable[Item],
    *,
    limit: int,
) -> list[Answer]:
    """Call for every item, for at most `limit` of them at a time.

    The answers come in the order of the items. When one call fails, the
    others are cancelled and an ExceptionGroup holds what went wrong.
    """
    if limit < 1:
        raise ValueError(f"the limit is {limit}, but must be 1 or more")
    limiter = anyio.CapacityLimiter(limit)
    answers: dict[int, Answer] = {}

    async def ask(index: int, item: Item) -> None:
        async with limiter:
            answers[index] = await call(item)

    async with anyio.create_task_group() as tasks:
        for index, item in enumerate(items):
            tasks.start_soon(ask, index, item)
    return [answers[index] for index in sorted(answers)]


# endregion


@dataclass
class Service:
    """A service that takes a second, and counts who is with it at once."""

    busy: int = 0
    peak: int = 0

    async def square(self, number: int) -> int:
        """Return the square, after a second."""
        self.busy += 1
        self.peak = max(self.peak, self.busy)
        try:
            await anyio.sleep(1)
        finally:
            self.busy -= 1
        return number * number


async def demo(limit: int) -> None:
    """Ask for eight squares and say how it went."""
    service = Service()
    answers = await map_limited(service.square, range(8), limit=limit)
    seconds = anyio.current_time()
    print(f"limit {limit}: {answers}")
    print(f"  in {seconds:.0f} s, at most {service.peak} at once")


def main() -> None:
    """Run the demonstration with different limits."""
    for limit in (1, 3, 8):
        run(partial(demo, limit))


if __name__ == "__main__":
    main()
