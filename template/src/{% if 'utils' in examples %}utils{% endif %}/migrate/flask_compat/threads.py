"""One thread for one request: the event loop hands it step after step.

Connections to SQLite and locals of a thread stay usable from the first
function before the request until the response is closed.
"""

from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import Future
from contextlib import ExitStack
from contextvars import ContextVar
from functools import partial, wraps
from queue import SimpleQueue
from typing import Any, ParamSpec, TypeVar

import anyio
from anyio import CapacityLimiter, from_thread, to_thread
from anyio.lowlevel import EventLoopToken, RunVar, current_token

P = ParamSpec("P")
T = TypeVar("T")

_LOOP: ContextVar[EventLoopToken | None] = ContextVar("loop", default=None)
_LIMITER: RunVar[CapacityLimiter] = RunVar("limiter")


class RequestThread:
    """The steps of one thread, and what it closes at the end.

    Attributes:
        closing: What is closed in the thread, whatever happens.
        failed: Whether a step raised an exception.
    """

    def __init__(self) -> None:
        self.closing = ExitStack()
        self.failed = False
        self.steps: SimpleQueue[Callable[[], None] | None] = SimpleQueue()

    def work(self, loop: EventLoopToken) -> None:
        """Take steps until `finish`; this is what the thread runs.

        Arguments:
            loop: The event loop that async functions are awaited in.
        """
        _LOOP.set(loop)
        with self.closing:
            while (step := self.steps.get()) is not None:
                step()

    def finish(self) -> None:
        """Let the thread go when its steps are done."""
        self.steps.put(None)

    async def run(self, function: Callable[..., T], *arguments: Any) -> T:
        """Call a function in the thread and wait for it.

        Arguments:
            function: What to call.
            arguments: With what.

        Returns:
            What it returns. What it raises is raised here.
        """
        token, done = current_token(), anyio.Event()
        outcome: Future[T] = Future()

        def step() -> None:
            outer = _LOOP.set(token)
            try:
                outcome.set_result(function(*arguments))
            except BaseException as error:
                self.failed = True
                outcome.set_exception(error)
            finally:
                _LOOP.reset(outer)
            from_thread.run_sync(done.set, token=token)

        self.steps.put(step)
        await done.wait()
        return outcome.result()


async def with_thread(
    serve: Callable[[RequestThread], Awaitable[None]],
) -> None:
    """Serve a request with a thread of its own.

    Arguments:
        serve: What serves it. What it raises is raised here.
    """
    thread = RequestThread()

    async def work() -> None:
        try:
            await serve(thread)
        finally:
            thread.finish()

    run = partial(to_thread.run_sync, limiter=_limiter())
    await beside(work, partial(run, thread.work, current_token()))


def _limiter() -> CapacityLimiter:
    """Give what limits the threads of requests, 40 for an event loop.

    It is not the one of FastAPI's threads: an async view that waits for
    one of those would otherwise wait for its own.
    """
    try:
        return _LIMITER.get()
    except LookupError:
        limiter = CapacityLimiter(40)
        _LIMITER.set(limiter)
        return limiter


async def beside(
    work: Callable[[], Awaitable[None]],
    background: Callable[[], Awaitable[Any]],
) -> None:
    """Do something while something else goes on, and end both.

    Arguments:
        work: What is done.
        background: What is cancelled when it is done.

    Raises:
        Exception: The first that one of them raises.
    """
    failures: list[Exception] = []

    async def keep_failure(function: Callable[[], Awaitable[Any]]) -> None:
        try:
            await function()
        except Exception as error:
            failures.append(error)

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(keep_failure, background)
        await keep_failure(work)
        tasks.cancel_scope.cancel()
    for failure in failures:
        raise failure


def await_in_loop(function: Callable[..., Awaitable[T]], *arguments: Any) -> T:
    """Wait in the thread of a request for something of the event loop.

    Arguments:
        function: What returns the awaitable.
        arguments: With what it is called.

    Returns:
        What was awaited. Without a request a loop runs just for it.

    Raises:
        RuntimeError: In the thread of a running loop, which would stop.
    """
    if _in_loop():
        message = "Await the async function: the event loop cannot wait for it"
        raise RuntimeError(message)

    async def call() -> T:
        return await function(*arguments)

    token = _LOOP.get()
    if token is None:
        return anyio.run(call)
    return from_thread.run(call, token=token)


def _in_loop() -> bool:
    try:
        current_token()
    except RuntimeError:
        return False
    return True


def as_function(
    coroutine: Callable[P, Coroutine[Any, Any, T]],
) -> Callable[P, T]:
    """Make a function for threads of a coroutine function.

    Arguments:
        coroutine: For example an `async def` view.

    Returns:
        A function that waits for it in the server's event loop.
    """

    @wraps(coroutine)
    def function(*args: P.args, **kwargs: P.kwargs) -> T:
        return await_in_loop(partial(coroutine, *args, **kwargs))

    return function
