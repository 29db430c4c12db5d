"""Let time jump, so that a program about time takes none.

An event loop looks for what is ready and says how long it may wait: until
its next timer is due. Everything else, timeouts and retries and schedules,
is built on that one wait. So a selector that does not wait but moves the
clock on by as much makes an hour pass at once, always in the same order.
It also knows when nothing can ever happen, and says so instead of hanging.

This is for programs that wait inside the loop. Threads, processes and other
machines have a time of their own; their answer would come after the jump.
"""

import asyncio
import selectors
from collections.abc import Awaitable, Callable
from typing import TypeVar

import anyio

Answer = TypeVar("Answer")
Ready = list[tuple[selectors.SelectorKey, int]]


class Deadlock(RuntimeError):
    """Every task waits, and no timer is left that could wake one."""


# region: virtual-clock
class JumpingSelector(selectors.SelectSelector):
    """Look at the sockets, and move the clock on instead of waiting."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0

    def select(self, timeout: float | None = None) -> Ready:
        """Return what is ready; if nothing is, let the timeout pass."""
        ready = super().select(0)
        if ready:
            return ready
        if timeout is None:
            raise Deadlock("every task waits, and no timer will wake one")
        self.now += max(timeout, 0)
        return []


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """An event loop whose seconds take no time."""

    def __init__(self) -> None:
        self._clock = JumpingSelector()
        super().__init__(self._clock)
        # After months a nanosecond is lost in rounding: a timer that is
        # due would never count as due.
        self._clock_resolution = 1e-6

    def time(self) -> float:
        """Return the seconds since the loop was made."""
        return self._clock.now

    def block(self, seconds: float) -> None:
        """Let time pass in which nothing else can run."""
        self._clock.now += seconds


# endregion


def run(
    program: Callable[[], Awaitable[Answer]],
    *,
    debug: bool | None = None,
) -> Answer:
    """Run a coroutine function in virtual time and return its answer.

    Args:
        program: what to run.
        debug: whether in asyncio's debug mode; None asks the environment.

    Raises:
        Deadlock: it waits for what cannot happen.
    """
    options = {"loop_factory": VirtualTimeLoop, "debug": debug}
    return anyio.run(program, backend_options=options)


async def alarm(name: str, seconds: float) -> None:
    """Sleep, then say what time it is."""
    await anyio.sleep(seconds)
    print(f"{anyio.current_time():>7,.0f} s  {name}")


async def three_alarms() -> None:
    """Set three alarms, the last one first."""
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(alarm, "tomorrow", 24 * 60 * 60)
        tasks.start_soon(alarm, "lunch", 3 * 60 * 60)
        tasks.start_soon(alarm, "tea", 4 * 60)


async def wait_for_nobody() -> None:
    """Wait for an event that nobody sets."""
    await anyio.Event().wait()


def main() -> None:
    """Let a day pass, then wait in vain."""
    run(three_alarms)
    try:
        run(wait_for_nobody)
    except Deadlock as error:
        print(f"deadlock: {error}")


if __name__ == "__main__":
    main()
