"""Ask a loop what it is doing, and let it complain.

A program that hangs is asked for its tasks: what each is called and where
it waits. Name tasks, or the list reads Task-1 to Task-400. Debug mode
(`python -X dev`) reports what is silent otherwise: callbacks that took too
long, and coroutines that nobody awaited, with the line that made them.
"""

import asyncio
import gc
import linecache
import logging
import warnings
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from types import CoroutineType
from typing import Any

import anyio
import anyio.lowlevel

from .clock import VirtualTimeLoop, run


# region: waiting
def waiting(folder: Path) -> list[str]:
    """Return the name of each task, and our line that it waits at."""
    found = []
    for task in asyncio.all_tasks():
        lines = lines_of(task)
        ours = [line for file, line in lines if folder in file.parents]
        if ours and task is not asyncio.current_task():
            found.append(f"{task.get_name()}: {ours[-1]}")
    return sorted(found)


def lines_of(task: asyncio.Task[Any]) -> Iterator[tuple[Path, str]]:
    """Yield files and lines where a task waits, from the outside in."""
    coroutine: object = task.get_coro()
    while isinstance(coroutine, CoroutineType):
        if frame := coroutine.cr_frame:
            file = frame.f_code.co_filename
            line = linecache.getline(file, frame.f_lineno)
            yield Path(file), line.strip()
        coroutine = coroutine.cr_await


# endregion


async def take_row(unlocked: anyio.Event) -> None:
    """Wait for somebody who has the row locked."""
    await unlocked.wait()


async def send_report() -> None:
    """Wait for the night."""
    await anyio.sleep(8 * 60 * 60)


async def hang() -> None:
    """Ask two tasks that hang what they wait for."""
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(take_row, anyio.Event(), name="order 17")
        tasks.start_soon(send_report, name="nightly report")
        await anyio.lowlevel.checkpoint()
        print(*waiting(Path(__file__).parent), sep="\n")
        tasks.cancel_scope.cancel()


async def block() -> None:
    """Hold the loop for half a second of virtual time."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, VirtualTimeLoop)
    await anyio.lowlevel.checkpoint()
    loop.block(0.5)


async def forget() -> None:
    """Call a coroutine function, and forget to await it."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        anyio.sleep(1)  # type: ignore[unused-coroutine]  # the mistake
        gc.collect()
    for warning in caught:
        print("warning:", str(warning.message).splitlines()[0])


class SlowCallbacks(logging.Handler):
    """Print how long a callback took that asyncio complains of."""

    def emit(self, record: logging.LogRecord) -> None:
        """Print the seconds; the rest of the message names files."""
        if record.msg.startswith("Executing") and record.args:
            print(f"slow: a callback took {tuple(record.args)[1]:.3f} s")


# region: debug-mode
def in_debug_mode() -> None:
    """Let asyncio report callbacks that take more than 0.1 seconds."""
    log = logging.getLogger("asyncio")
    log.addHandler(handler := SlowCallbacks())
    try:
        run(block, debug=True)
    finally:
        log.removeHandler(handler)


# endregion


def main() -> None:
    """Look at tasks, slow callbacks and a forgotten coroutine."""
    for part in (partial(run, hang), in_debug_mode, partial(run, forget)):
        part()


if __name__ == "__main__":
    main()
