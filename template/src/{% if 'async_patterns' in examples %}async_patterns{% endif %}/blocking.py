"""Find what blocks the loop, by its name or by its lag.

A call that blocks holds up everybody, and no type checker sees it. In tests
blockbuster replaces the functions that block (sleeping, sockets, files,
locks) by ones that raise when they are called on a running loop, so the
traceback ends at the line to change. In service the lag tells: a timer that
fires late was kept waiting by somebody.
"""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import anyio
import anyio.to_thread
from blockbuster import BlockBuster, BlockingError, blockbuster_ctx
from forbiddenfruit import reverse

from .clock import VirtualTimeLoop, run


@contextmanager
def detector() -> Iterator[BlockBuster]:
    """Let calls that block a loop raise `BlockingError`, within the block.

    blockbuster replaces methods of built-in types by forbiddenfruit, which
    keeps what it replaced last beside them, as `_c_write`. That outlives
    the interpreter's own clean-up, where Python 3.11 crashes on it.
    """
    try:
        with blockbuster_ctx() as active:
            yield active
    finally:
        _forget_what_was_replaced()


def _forget_what_was_replaced() -> None:
    for function in BlockBuster().functions.values():
        owner, kept = function.module, f"_c_{function.func_name}"
        if isinstance(owner, type) and kept in vars(owner):
            reverse(owner, kept)


# region: detect
async def read_settings() -> str:
    """Read a file on the loop: it works, and holds everybody up."""
    return Path(__file__).read_text(encoding="utf-8")


async def read_settings_aside() -> str:
    """Read it in a thread."""
    return await anyio.to_thread.run_sync(Path(__file__).read_text, "utf-8")


async def nap() -> str:
    """Sleep with the wrong function."""
    time.sleep(0.001)
    return "slept"


async def demo() -> None:
    """Run all three under the eyes of the detector."""
    with detector():
        for call in (read_settings, nap, read_settings_aside):
            try:
                await call()
            except BlockingError as error:
                print(f"{call.__name__}: {error}")
            else:
                print(f"{call.__name__}: does not block")


# endregion


# region: loop-lag
async def worst_lag(interval: float, rounds: int) -> float:
    """Return by how many seconds a timer was late, at the worst."""
    worst = 0.0
    for _ in range(rounds):
        due = anyio.current_time() + interval
        await anyio.sleep(interval)
        worst = max(worst, anyio.current_time() - due)
    return worst


# endregion


async def lag() -> None:
    """Measure in virtual time, while a neighbour blocks for 0.7 s."""

    async def hash_a_password() -> None:
        await anyio.sleep(1)
        loop = asyncio.get_running_loop()
        assert isinstance(loop, VirtualTimeLoop)
        loop.block(0.7)

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(hash_a_password)
        late = await worst_lag(interval=0.25, rounds=8)
    print(f"worst lag: {late:.2f} s")


def main() -> None:
    """Find blocking calls by name, then by lag."""
    anyio.run(demo)
    run(lag)


if __name__ == "__main__":
    main()
