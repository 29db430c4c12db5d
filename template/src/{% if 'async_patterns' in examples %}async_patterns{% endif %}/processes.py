"""Send what computes to a process.

A thread is no help to pure computation: Python runs one of them at a time,
and the loop has to wait for its turn. A process has an interpreter of its
own. The function is found there by its name and its arguments are copied,
so send little and compute much; and unlike a thread, a process can be
killed when nobody waits for the answer any more.
"""

import os

import anyio
import anyio.to_process


# region: count-primes
def count_primes(first: int, last: int) -> int:
    """Return how many primes there are: plain, blocking, importable."""
    return sum(
        all(number % divisor for divisor in range(2, int(number**0.5) + 1))
        for number in range(max(first, 2), last + 1)
    )


async def count_in_parts(last: int, parts: int) -> int:
    """Count the primes up to a number, each part in a process."""
    limiter = anyio.CapacityLimiter(os.cpu_count() or 1)
    size = -(-last // parts)
    counts: list[int] = []

    async def count(first: int) -> None:
        found = await anyio.to_process.run_sync(
            count_primes,
            first,
            min(first + size - 1, last),
            limiter=limiter,
            cancellable=True,
        )
        counts.append(found)

    async with anyio.create_task_group() as tasks:
        for first in range(1, last + 1, size):
            tasks.start_soon(count, first)
    return sum(counts)


# endregion


async def demo() -> None:
    """Count in two processes, and say that it was elsewhere."""
    print("primes up to 10000:", await count_in_parts(10_000, parts=2))
    there = await anyio.to_process.run_sync(os.getpid)
    print("another process:", there != os.getpid())


def main() -> None:
    """Run the demonstration."""
    anyio.run(demo)


if __name__ == "__main__":
    main()
