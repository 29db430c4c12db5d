"""Time a call many times, and say what is typical and what is not."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass


# region: timings
@dataclass(frozen=True)
class Timings:
    """How long each call took, in seconds, the quickest first."""

    seconds: tuple[float, ...]

    def percentile(self, percent: float) -> float:
        """Return the time within which so many per cent of the calls ended.

        It is a time that was measured (the nearest rank), never one
        computed between two.
        """
        if not 0 < percent <= 100:
            raise ValueError(f"{percent} is not above 0 and up to 100")
        rank = math.ceil(len(self.seconds) * percent / 100)
        return self.seconds[rank - 1]

    def __str__(self) -> str:
        """Return the usual percentiles in one line."""
        p50, p95, p99 = (1000 * self.percentile(p) for p in (50, 95, 99))
        longest = 1000 * self.seconds[-1]
        return (
            f"median {p50:.2f} ms  95 % within {p95:.2f} ms  "
            f"99 % within {p99:.2f} ms  longest {longest:.2f} ms"
        )


# endregion


# region: measure
def measure(
    call: Callable[[], object],
    *,
    count: int,
    warm_up: int = 1,
    clock: Callable[[], float] = time.perf_counter,
) -> Timings:
    """Call `count` times and return how long each call took.

    The calls to warm up come first and are not counted: they pay for
    imports, caches and connections that the others find ready.
    """
    if count < 1:
        raise ValueError(f"the count is {count}, but must be 1 or more")
    for _ in range(warm_up):
        call()
    seconds = []
    for _ in range(count):
        start = clock()
        call()
        seconds.append(clock() - start)
    return Timings(tuple(sorted(seconds)))


# endregion
