"""A small TCP service on this machine, to wait for, and its client.

One line is one request. `digest WORD` costs the service some real work;
`silence` is never answered; anything else is an error.
"""

import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import anyio
from anyio import abc
from anyio.streams.buffered import BufferedByteReceiveStream

HOST = "127.0.0.1"
LONGEST_LINE = 200

# What ends a conversation early: the caller hung up, or sent no line.
BROKEN_OFF = (
    anyio.BrokenResourceError,
    anyio.DelimiterNotFound,
    anyio.EndOfStream,
    anyio.IncompleteRead,
)


class ServiceError(Exception):
    """The service refused a request."""


def digest(word: str) -> str:
    """Return the word and a digest that takes some milliseconds."""
    key = hashlib.pbkdf2_hmac("sha256", word.encode(), b"book", 20_000)
    return f"{word} {key.hex()[:8]}"


# region: service
@dataclass
class Service:
    """The service, and what it has seen of its callers."""

    port: int
    connected: int = 0
    busy: int = 0
    peak: int = 0
    answered: int = 0
    broken_off: int = 0

    async def handle(self, client: abc.ByteStream) -> None:
        """Read one request, answer it, and hang up."""
        self.connected += 1
        try:
            async with client:
                await self._answer(client)
        except BROKEN_OFF:
            self.broken_off += 1
        finally:
            self.connected -= 1

    async def _answer(self, client: abc.ByteStream) -> None:
        lines = BufferedByteReceiveStream(client)
        line = await lines.receive_until(b"\n", LONGEST_LINE)
        command, _, word = line.decode(errors="replace").partition(" ")
        while command == "silence":
            # Ends with an exception when the caller hangs up.
            await client.receive()
        if command == "digest":
            answer = await self._digest(word)
        else:
            answer = f"error: no command {command}"
        await client.send(f"{answer}\n".encode())
        self.answered += 1

    async def _digest(self, word: str) -> str:
        self.busy += 1
        self.peak = max(self.peak, self.busy)
        try:
            # Computing blocks, so it is done beside the event loop.
            return await anyio.to_thread.run_sync(digest, word)
        finally:
            self.busy -= 1


# endregion


# region: serving
@asynccontextmanager
async def serving() -> AsyncIterator[Service]:
    """Serve for as long as the block, then let every caller finish."""
    listener = await anyio.create_tcp_listener(local_host=HOST, local_port=0)
    port = listener.extra(anyio.abc.SocketAttribute.local_port)
    service = Service(port)
    async with (
        anyio.create_task_group() as callers,
        listener,
        anyio.create_task_group() as accepting,
    ):
        accepting.start_soon(listener.serve, service.handle, callers)
        yield service
        accepting.cancel_scope.cancel()


# endregion


# region: ask
async def ask(port: int, request: str) -> str:
    """Send one request and return the answer, or raise ServiceError."""
    async with await anyio.connect_tcp(HOST, port) as stream:
        await stream.send(f"{request}\n".encode())
        lines = BufferedByteReceiveStream(stream)
        answer = (await lines.receive_until(b"\n", LONGEST_LINE)).decode()
    if answer.startswith("error: "):
        raise ServiceError(answer.removeprefix("error: "))
    return answer


# endregion
