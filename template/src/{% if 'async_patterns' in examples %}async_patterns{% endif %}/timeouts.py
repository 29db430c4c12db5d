"""Give every wait a deadline, and every request one budget.

A timeout either has an answer of its own (the page without its
recommendations) or is an error. What must not happen is that the timeouts
of three steps add up while the user waits: a deadline around the whole
request cuts the steps inside it, whatever each was granted.
"""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import TypeVar

import anyio

from .clock import run

Answer = TypeVar("Answer")
Default = TypeVar("Default")


# region: within
async def within(
    seconds: float,
    call: Callable[[], Awaitable[Answer]],
    default: Default,
) -> Answer | Default:
    """Return what the call answers, or the default when time is up."""
    with anyio.move_on_after(seconds):
        return await call()
    return default


# endregion


# region: budget
async def page(budget: float) -> list[str]:
    """Fetch a page in a budget of seconds, or raise TimeoutError.

    Without the book there is no page. Recommendations are welcome for as
    long as they are quick: they get one second, or what is left of the
    budget if that is less.
    """
    with anyio.fail_after(budget):
        book = await answer("book", seconds=2)
        extras = partial(answer, "recommendations", seconds=4)
        return [book, await within(1, extras, default="no extras")]


# endregion


async def answer(name: str, *, seconds: float) -> str:
    """Answer after some seconds."""
    await anyio.sleep(seconds)
    return name


async def demo() -> None:
    """Ask for the page with less and less time."""
    for budget in (10, 2.5, 1):
        start = anyio.current_time()
        try:
            result = ", ".join(await page(budget))
        except TimeoutError:
            result = "timeout"
        took = anyio.current_time() - start
        print(f"budget {budget:>4} s: {result} after {took:.1f} s")


def main() -> None:
    """Run the demonstration."""
    run(demo)


if __name__ == "__main__":
    main()
