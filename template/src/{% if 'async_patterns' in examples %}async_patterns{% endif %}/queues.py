"""Hand work to consumers, and end when it is done.

The queue has two ends. Every worker holds its own copy of the receiving
end, so the queue ends by itself: the producer closes the sending end, the
workers finish what is left, and their loops are over. There is no marker
that says "end", and no count of tasks to wait for. A job that fails is
recorded and does not take its worker with it.
"""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

import anyio
from anyio.streams.memory import MemoryObjectReceiveStream

from .clock import run

Job = TypeVar("Job")


@dataclass
class Outcome(Generic[Job]):
    """What became of the jobs."""

    done: list[Job] = field(default_factory=list)
    failed: list[tuple[Job, Exception]] = field(default_factory=list)


# region: workers
async def work_off(
    jobs: Iterable[Job],
    handle: Callable[[Job], Awaitable[None]],
    *,
    workers: int,
) -> Outcome[Job]:
    """Handle the jobs with some workers, in the order of the queue."""
    outcome = Outcome[Job]()

    async def worker(queue: MemoryObjectReceiveStream[Job]) -> None:
        async with queue:
            async for job in queue:
                try:
                    await handle(job)
                except Exception as error:  # cancellation is not among them
                    outcome.failed.append((job, error))
                else:
                    outcome.done.append(job)

    # One place a worker: the producer is never far ahead of them.
    send, receive = anyio.create_memory_object_stream[Job](workers)
    async with anyio.create_task_group() as tasks, send:
        async with receive:
            for _ in range(workers):
                tasks.start_soon(worker, receive.clone())
        for job in jobs:
            await send.send(job)
    return outcome


# endregion


async def send_mail(address: str) -> None:
    """Take a second for each letter of the name; some do not exist."""
    name, _, host = address.partition("@")
    await anyio.sleep(len(name))
    if not host:
        raise ValueError("no host")
    print(f"  {anyio.current_time():.0f} s  sent to {address}")


async def demo() -> None:
    """Send five mails with two workers."""
    addresses = ["ada@a.test", "beatrix@b.test", "carl", "di@d.test", "ed@e"]
    outcome = await work_off(addresses, send_mail, workers=2)
    print("done:", *outcome.done)
    for address, error in outcome.failed:
        print(f"failed: {address} ({error})")
    print(f"all ended after {anyio.current_time():.0f} s")


def main() -> None:
    """Run the demonstration."""
    run(demo)


if __name__ == "__main__":
    main()
