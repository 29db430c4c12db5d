"""Try again later, and not all at the same moment.

When a service fails, all its callers fail together, and if each waits the
same second they come back together. So the longest wait doubles with each
attempt, up to a cap, and each caller waits a random part of it (full
jitter). The number of attempts is limited, only errors that can pass are
tried again, and what is tried again must do no harm when it is done twice.
"""

import random
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from typing import TypeVar

import anyio

from .clock import run

Answer = TypeVar("Answer")


# region: delays
def delays(
    source: random.Random,
    *,
    base: float = 1.0,
    cap: float = 30.0,
) -> Iterator[float]:
    """Yield how many seconds to wait before each further attempt."""
    longest = base
    while True:
        yield source.uniform(0, longest)
        longest = min(2 * longest, cap)


# endregion


# region: retry
async def retry(
    call: Callable[[], Awaitable[Answer]],
    waits: Iterator[float],
    *,
    attempts: int = 5,
) -> Answer:
    """Return the answer of the first attempt that succeeds.

    A connection that fails may be better a moment later. Any other error
    will be the same next time, and is raised at once; the last attempt's
    error is raised as well.
    """
    for wait in islice(waits, attempts - 1):
        try:
            return await call()
        except ConnectionError:
            await anyio.sleep(wait)
    return await call()


# endregion


@dataclass
class Recovering:
    """A service that is down for some seconds, and notes who comes when.

    Attributes:
        down: until when, in seconds.
        retries: how many came in each tenth of a second, later than first.
    """

    down: float
    retries: Counter[int] = field(default_factory=Counter)

    async def call(self) -> None:
        """Answer, or fail while the service is down."""
        now = anyio.current_time()
        if now > 0:
            self.retries[int(10 * now)] += 1
        if now < self.down:
            raise ConnectionError("refused")


async def crowd(waits: Callable[[int], Iterator[float]]) -> str:
    """Let a hundred clients retry, and say how they came back."""
    service = Recovering(down=3)
    async with anyio.create_task_group() as tasks:
        for client in range(100):
            call = partial(retry, service.call, waits(client), attempts=20)
            tasks.start_soon(call)
    return (
        f"{service.retries.total()} retries, "
        f"at most {max(service.retries.values())} in a tenth of a second, "
        f"all served after {anyio.current_time():.0f} s"
    )


def in_step(_client: int) -> Iterator[float]:
    """Yield doubling waits without jitter: alike for all."""
    return iter([1.0, 2.0, 4.0, 8.0])


def with_jitter(client: int) -> Iterator[float]:
    """Yield waits with jitter; a seed makes this run like the last."""
    return delays(random.Random(client))


def main() -> None:
    """Compare a crowd that comes back in step with one that spreads."""
    for name, waits in (("in step", in_step), ("jitter", with_jitter)):
        print(f"{name:8}{run(partial(crowd, waits))}")


if __name__ == "__main__":
    main()
