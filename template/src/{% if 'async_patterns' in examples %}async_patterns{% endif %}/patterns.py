"""A limit on concurrency, a deadline, and a race."""

from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar

import anyio

Item = TypeVar("Item")
Answer = TypeVar("Answer")
Default = TypeVar("Default")


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

    async def run(index: int, item: Item) -> None:
        async with limiter:
            answers[index] = await call(item)

    async with anyio.create_task_group() as tasks:
        for index, item in enumerate(items):
            tasks.start_soon(run, index, item)
    return [answers[index] for index in sorted(answers)]


# endregion


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


# region: first-answer
async def first_answer(*calls: Callable[[], Awaitable[Answer]]) -> Answer:
    """Return the answer that comes first and cancel the other calls.

    A call that fails before any has answered ends the race: the others are
    cancelled and an ExceptionGroup holds its error.
    """
    if not calls:
        raise ValueError("first_answer needs at least one call")
    answers: list[Answer] = []

    async with anyio.create_task_group() as tasks:

        async def run(call: Callable[[], Awaitable[Answer]]) -> None:
            answers.append(await call())
            tasks.cancel_scope.cancel()

        for call in calls:
            tasks.start_soon(run, call)
    return answers[0]


# endregion
