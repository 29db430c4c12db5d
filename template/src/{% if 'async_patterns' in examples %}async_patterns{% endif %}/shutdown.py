"""Stop in order: the door, the callers, then the rest.

A signal is only a wish. The first one closes the door: who is inside is
served to the end, for a time of grace at most. A second one, or the end of
that time, cancels who is left. Only then is closed what the callers used.
Real sockets and real signals, all in this process.
"""

import asyncio
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from types import FrameType

import anyio
import anyio.lowlevel
from anyio import abc

HOST = "127.0.0.1"


# region: signals
class Stop:
    """The wish to stop: once to finish, twice to break off."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self.finish = anyio.Event()
        self.break_off = anyio.Event()

    def ask(self) -> None:
        """Ask to finish; ask again to break off."""
        event = self.break_off if self.finish.is_set() else self.finish
        event.set()

    @contextmanager
    def on_signals(self) -> Iterator[None]:
        """Take SIGTERM and SIGINT as the wish, inside the block."""
        chosen = (signal.SIGTERM, signal.SIGINT)
        before = [signal.signal(number, self._heed) for number in chosen]
        try:
            yield
        finally:
            for number, handler in zip(chosen, before, strict=True):
                signal.signal(number, handler)

    def _heed(self, _number: int, _frame: FrameType | None) -> None:
        # The loop may be in the middle of anything: only leave word.
        self._loop.call_soon_threadsafe(self.ask)


# endregion


# region: serve
async def serve(
    listener: abc.Listener[abc.SocketStream],
    handle: Callable[[abc.SocketStream], Awaitable[None]],
    stop: Stop,
    *,
    grace: float,
) -> None:
    """Serve until asked to stop; then let callers finish, for a while."""
    async with anyio.create_task_group() as watch:
        async with anyio.create_task_group() as callers:
            async with listener, anyio.create_task_group() as accepting:
                accepting.start_soon(listener.serve, handle, callers)
                await stop.finish.wait()
                accepting.cancel_scope.cancel()
            watch.start_soon(end_grace, callers.cancel_scope, stop, grace)
        watch.cancel_scope.cancel()


async def end_grace(
    callers: anyio.CancelScope,
    stop: Stop,
    grace: float,
) -> None:
    """Cancel the callers when their time is up, or at a second wish."""
    with anyio.move_on_after(grace):
        await stop.break_off.wait()
    callers.cancel()


# endregion


@dataclass
class Shop:
    """A service with a database, that tells what happens to it."""

    told: list[str] = field(default_factory=list)
    entered: int = 0
    left: int = 0
    bell: anyio.Condition = field(default_factory=anyio.Condition)
    open: anyio.Event = field(default_factory=anyio.Event)

    @asynccontextmanager
    async def database(self) -> AsyncIterator[None]:
        """Be open for as long as the block."""
        self.told.append("database opened")
        try:
            yield
        finally:
            self.told.append("database closed")

    async def handle(self, client: abc.SocketStream) -> None:
        """Answer when the shop opens; a caller named "stuck" never is."""
        async with client:
            name = (await client.receive()).decode()
            await self.count(entered=1)
            try:
                await self.open.wait()
                if name == "stuck":
                    await anyio.sleep_forever()
                await client.send(f"thanks, {name}".encode())
                self.told.append(f"{name} was served")
            except anyio.get_cancelled_exc_class():
                self.told.append(f"{name} was cancelled")
                raise
            finally:
                with anyio.CancelScope(shield=True):
                    await self.count(left=1)

    async def count(self, *, entered: int = 0, left: int = 0) -> None:
        """Note who came and who went, and tell who waits for it."""
        async with self.bell:
            self.entered += entered
            self.left += left
            self.bell.notify_all()

    async def until(self, *, entered: int = 0, left: int = 0) -> None:
        """Wait until so many came and so many went."""
        async with self.bell:
            while self.entered < entered or self.left < left:
                await self.bell.wait()


async def visit(port: int, name: str) -> bytes:
    """Call on the shop; return its answer, empty if it hangs up."""
    async with await anyio.connect_tcp(HOST, port) as stream:
        await stream.send(name.encode())
        try:
            return await stream.receive()
        except (anyio.EndOfStream, anyio.BrokenResourceError):
            return b""


async def is_refused(port: int) -> bool:
    """Say whether nobody answers the door any more."""
    try:
        async with await anyio.connect_tcp(HOST, port):
            return False
    except OSError:
        return True


async def stop_in_order(shop: Shop, stop: Stop, port: int) -> None:
    """Let two callers in, and send the signals while they are served."""
    async with anyio.create_task_group() as callers:
        callers.start_soon(visit, port, "Ada")
        callers.start_soon(visit, port, "stuck")
        await shop.until(entered=2)
        signal.raise_signal(signal.SIGTERM)
        await stop.finish.wait()
        shop.told.append("first signal")
        while not await is_refused(port):
            await anyio.lowlevel.checkpoint()
        shop.told.append("new callers are refused")
        shop.open.set()
        await shop.until(left=1)
        shop.told.append("second signal")
        signal.raise_signal(signal.SIGTERM)


async def demo() -> None:
    """Run the service until two signals have ended it."""
    shop, stop = Shop(), Stop()
    listener = await anyio.create_tcp_listener(local_host=HOST, local_port=0)
    port = listener.extra(abc.SocketAttribute.local_port)
    async with anyio.create_task_group() as tasks:
        with stop.on_signals():
            tasks.start_soon(stop_in_order, shop, stop, port)
            async with shop.database():
                await serve(listener, shop.handle, stop, grace=30)
    print(*shop.told, sep="\n")


def main() -> None:
    """Run the demonstration."""
    anyio.run(demo)


if __name__ == "__main__":
    main()
