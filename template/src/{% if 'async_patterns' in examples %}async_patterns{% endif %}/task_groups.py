"""Start tasks in a group that none of them outlives.

A group ends when its last task has ended. If one fails, the others are
cancelled, the group waits for them to clean up, and raises the errors
together. So nothing runs on behind the back of the code that started it,
and no error is lost. Results are kept by whoever wants them: here in a
mapping, because tasks end in any order.
"""

import sys
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

import anyio

from .clock import run

if sys.version_info < (3, 11):
    from exceptiongroup import ExceptionGroup

Answer = TypeVar("Answer")


# region: all-of
async def all_of(
    calls: Mapping[str, Callable[[], Awaitable[Answer]]],
) -> dict[str, Answer]:
    """Make all calls at once and return their answers by name.

    When one fails the others are cancelled: half a page is no page. The
    group then raises an ExceptionGroup with what went wrong.
    """
    answers: dict[str, Answer] = {}

    async def ask(name: str) -> None:
        answers[name] = await calls[name]()

    async with anyio.create_task_group() as tasks:
        for name in calls:
            tasks.start_soon(ask, name, name=name)
    return {name: answers[name] for name in calls}


# endregion


# region: first-of
async def first_of(*calls: Callable[[], Awaitable[Answer]]) -> Answer:
    """Return the answer that comes first and cancel the other calls.

    A call that fails before any has answered ends the race: the others are
    cancelled and an ExceptionGroup holds its error.
    """
    if not calls:
        raise ValueError("first_of needs at least one call")
    answers: list[Answer] = []

    async with anyio.create_task_group() as tasks:

        async def ask(call: Callable[[], Awaitable[Answer]]) -> None:
            answers.append(await call())
            tasks.cancel_scope.cancel()

        for call in calls:
            tasks.start_soon(ask, call)
    return answers[0]


# endregion


@dataclass
class Service:
    """A service that takes its time, and may fail."""

    name: str
    seconds: float
    error: Exception | None = None
    cancelled_at: float | None = None

    async def ask(self) -> str:
        """Answer in time, or note when the caller gave up."""
        try:
            await anyio.sleep(self.seconds)
        except anyio.get_cancelled_exc_class():
            self.cancelled_at = anyio.current_time()
            raise
        if self.error is not None:
            raise self.error
        return f"{self.name} of {self.seconds:.0f} s"


async def demo() -> None:
    """Succeed, race, and fail together."""
    book, stock = Service("book", 2), Service("stock", 3)
    print("all:", await all_of({"book": book.ask, "stock": stock.ask}))
    print(f"  took {anyio.current_time():.0f} seconds, not five")
    print("first:", await first_of(book.ask, stock.ask))
    print(f"  stock was cancelled at {stock.cancelled_at:.0f} s")
    price = Service("price", 1, error=LookupError("no price"))
    try:
        await all_of({"book": book.ask, "price": price.ask})
    except ExceptionGroup as group:
        print("failed:", *map(repr, group.exceptions))
    print(f"  book was cancelled at {book.cancelled_at:.0f} s")


def main() -> None:
    """Run the demonstration."""
    run(demo)


if __name__ == "__main__":
    main()
