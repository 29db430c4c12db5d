"""Send an answer while it is being made.

A million rows need not be in memory at once. The server makes a row, sends
it, and waits while the client is behind: that is what `await send` is for.
When the client hangs up, the next send fails, and closing the generator
ends whatever it reads from. Both ends are real sockets on this machine.
"""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field

import anyio
import anyio.lowlevel
from anyio import abc
from anyio.streams.buffered import BufferedByteReceiveStream

HOST = "127.0.0.1"
ROWS = 100_000
LONGEST_ROW = 100
# What tells a server that its client is gone.
HUNG_UP = (anyio.BrokenResourceError, anyio.EndOfStream)


# region: export
@dataclass
class Export:
    """A table that is read row by row, and what became of it."""

    rows: int
    made: int = 0
    ended: anyio.Event = field(default_factory=anyio.Event)

    async def read(self) -> AsyncGenerator[bytes, None]:
        """Yield the rows, then close the cursor, come what may."""
        try:
            for number in range(1, self.rows + 1):
                self.made = number
                yield f"{number:>8},{number * number:>20}\n".encode()
        finally:
            self.ended.set()

    async def send(self, client: abc.ByteStream) -> None:
        """Send every row, no faster than the client takes them."""
        async with client, aclosing(self.read()) as rows:
            try:
                async for row in rows:
                    await client.send(row)
            except HUNG_UP:
                return


# endregion


@asynccontextmanager
async def serving(export: Export) -> AsyncIterator[int]:
    """Serve an export for as long as the block; yield the port."""
    listener = await anyio.create_tcp_listener(local_host=HOST, local_port=0)
    port = listener.extra(abc.SocketAttribute.local_port)
    async with listener, anyio.create_task_group() as tasks:
        tasks.start_soon(listener.serve, export.send)
        yield port
        tasks.cancel_scope.cancel()


async def receive(port: int, most: int) -> AsyncGenerator[str, None]:
    """Yield the rows that come, until the end or until it is enough."""
    async with await anyio.connect_tcp(HOST, port) as stream:
        lines = BufferedByteReceiveStream(stream)
        for _ in range(most):
            try:
                line = await lines.receive_until(b"\n", LONGEST_ROW)
            except anyio.IncompleteRead:
                return
            yield line.decode()


async def read_rows(export: Export, most: int) -> int:
    """Return how many rows a client got that wants so many at most."""
    async with serving(export) as port:
        async with aclosing(receive(port, most)) as rows:
            count = len([row async for row in rows])
        with anyio.fail_after(10):
            await export.ended.wait()
    return count


async def demo() -> None:
    """Read a small export to its end, then leave a large one early."""
    small = Export(rows=100)
    print("to the end:", await read_rows(small, most=ROWS), "rows")
    large = Export(rows=ROWS)
    print("early:", await read_rows(large, most=3), "rows")
    print("the server stopped:", large.made < ROWS)


def main() -> None:
    """Run the demonstration."""
    anyio.run(demo)


if __name__ == "__main__":
    main()
