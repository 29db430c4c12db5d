"""Know whose request it is, wherever the code is.

A thread-local says who is served as long as a thread serves one request. On
an event loop hundreds share a thread, and a global would be the last
comer's. A context variable belongs to the task: a new task, and a function
sent to a thread, gets a copy of its parent's values as they are then, and
what it sets itself stays there.
"""

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import anyio
import anyio.lowlevel
import anyio.to_thread

# region: request-id
request_id: ContextVar[str] = ContextVar("request_id", default="-")


@contextmanager
def serving(name: str) -> Iterator[None]:
    """Say whose request is served inside the block."""
    token = request_id.set(name)
    try:
        yield
    finally:
        request_id.reset(token)


class RequestId(logging.Filter):
    """Put the request's name on each line of the log."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Add the name; drop nothing."""
        record.__dict__["request_id"] = request_id.get()
        return True


# endregion


async def handle(log: logging.Logger, name: str) -> None:
    """Serve a request with a child task and a thread."""
    with serving(name):
        log.info("begins")
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(child, log)
        await anyio.to_thread.run_sync(log.info, "in a thread")
        log.info("ends")


async def child(log: logging.Logger) -> None:
    """Change the name for itself alone."""
    log.info("in a task of its own")
    request_id.set(f"{request_id.get()}/child")
    await anyio.lowlevel.checkpoint()
    log.info("renamed")


async def demo(log: logging.Logger) -> None:
    """Serve two requests in turns, then look what is left."""
    first_began = anyio.Event()

    async def second() -> None:
        await first_began.wait()
        with serving("B"):
            log.info("served in between")

    async def first() -> None:
        with serving("A"):
            first_began.set()
            await anyio.lowlevel.checkpoint()
            log.info("is still A")

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(first)
        tasks.start_soon(second)
    await handle(log, "C")
    log.info("outside of any request")


def main() -> None:
    """Run the demonstration with a log on standard output."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(logging.Formatter("[%(request_id)s] %(message)s"))
    handler.addFilter(RequestId())
    log = logging.getLogger(f"{__package__}.context_variables")
    log.propagate = False
    log.setLevel(logging.INFO)
    log.addHandler(handler)
    try:
        anyio.run(demo, log)
    finally:
        log.removeHandler(handler)


if __name__ == "__main__":
    main()
