"""Send a call that blocks to a thread.

A library that cannot be awaited holds up the whole loop, unless it waits in
a thread. Threads are few, so each kind of work gets a limiter of its own:
reports must not take the places that passwords need. What cannot be done is
to stop a thread. A cancelled caller waits for it, or abandons it: then it
works on, and its result is thrown away.
"""

import threading
from collections.abc import Callable
from typing import TypeVar

import anyio
import anyio.lowlevel
import anyio.to_thread

Answer = TypeVar("Answer")


# region: in-thread
async def in_thread(
    call: Callable[[], Answer],
    limiter: anyio.CapacityLimiter,
) -> Answer:
    """Return the answer of a call that blocks, made beside the loop."""
    return await anyio.to_thread.run_sync(call, limiter=limiter)


# endregion


class Report:
    """A report that blocks, until as many others are at work as it likes."""

    def __init__(self, together: int) -> None:
        self._meeting = threading.Barrier(together)
        self._lock = threading.Lock()
        self.running = 0
        self.peak = 0

    def write(self) -> str:
        """Block until the others are there as well."""
        with self._lock:
            self.running += 1
            self.peak = max(self.peak, self.running)
        self._meeting.wait(timeout=10)
        with self._lock:
            self.running -= 1
        return threading.current_thread().name


async def the_loop_goes_on() -> None:
    """Free a blocked thread from the loop: so the loop was not blocked."""
    gate = threading.Event()
    limiter = anyio.CapacityLimiter(1)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(in_thread, gate.wait, limiter)
        await anyio.lowlevel.checkpoint()
        print("the loop runs while a thread waits for it")
        gate.set()


async def few_at_a_time() -> None:
    """Write six reports in two threads."""
    report = Report(together=2)
    limiter = anyio.CapacityLimiter(2)
    async with anyio.create_task_group() as tasks:
        for _ in range(6):
            tasks.start_soon(in_thread, report.write, limiter)
    print(f"six reports, at most {report.peak} at once")


async def not_the_loops_thread() -> None:
    """Say that blocking work is done elsewhere."""
    here = threading.get_ident()
    there = await in_thread(threading.get_ident, anyio.CapacityLimiter(1))
    print(f"another thread: {here != there}")


async def demo() -> None:
    """Show what a thread does for the loop."""
    await the_loop_goes_on()
    await few_at_a_time()
    await not_the_loops_thread()


def main() -> None:
    """Run the demonstration."""
    anyio.run(demo)


if __name__ == "__main__":
    main()
