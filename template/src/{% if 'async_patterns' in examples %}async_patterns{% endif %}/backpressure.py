"""Slow the sender down before memory runs out.

A queue without a limit hides an overload until the process is killed. With
a limit the sender notices: either it waits for a place, which slows it to
the speed of the receiver, or it is refused at once and can say so (status
503) while the answer is still of use to somebody.
"""

from collections.abc import Iterable
from typing import TypeVar

import anyio
from anyio.streams.memory import (
    MemoryObjectReceiveStream,
    MemoryObjectSendStream,
)

from .clock import run

Item = TypeVar("Item")


# region: wait
async def send_all(
    stream: MemoryObjectSendStream[Item],
    items: Iterable[Item],
) -> None:
    """Send every item; wait whenever the receiver is behind."""
    async with stream:
        for item in items:
            await stream.send(item)


# endregion


# region: refuse
def offer(stream: MemoryObjectSendStream[Item], item: Item) -> bool:
    """Send an item, or return False at once when there is no place."""
    try:
        stream.send_nowait(item)
    except anyio.WouldBlock:
        return False
    return True


# endregion


async def receive_slowly(
    stream: MemoryObjectReceiveStream[int],
    seconds: float,
) -> list[tuple[int, int]]:
    """Return each item with how many waited behind it."""
    seen = []
    async with stream:
        async for item in stream:
            seen.append((item, stream.statistics().current_buffer_used))
            await anyio.sleep(seconds)
    return seen


async def wait_for_a_place() -> None:
    """Send ten items through two places."""
    send, receive = anyio.create_memory_object_stream[int](2)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(send_all, send, range(10))
        seen = await receive_slowly(receive, seconds=1)
    most = max(waiting for _, waiting in seen)
    print(
        f"waiting: all {len(seen)} received in {anyio.current_time():.0f} s, "
        f"at most {most} in the queue"
    )


def be_refused() -> None:
    """Offer ten items at once for two places."""
    send, receive = anyio.create_memory_object_stream[int](2)
    with send, receive:
        taken = [item for item in range(10) if offer(send, item)]
    print(f"refusing: {taken} taken, {10 - len(taken)} refused at once")


async def demo() -> None:
    """Show both answers to a full queue."""
    await wait_for_a_place()
    be_refused()


def main() -> None:
    """Run the demonstration."""
    run(demo)


if __name__ == "__main__":
    main()
