"""HTTP for load: as little work as can be for each request.

No library, since what a client does for each request is time that servers
do not get and latency that they are not to blame for. It reads only what
both servers send: a status, headers, and a body of a stated length.
"""

import asyncio
import re
from contextlib import suppress
from dataclasses import dataclass

STATUS = re.compile(rb"HTTP/1\.1 (\d{3})")
LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
CLOSE = re.compile(rb"\r\nconnection: *close", re.IGNORECASE)


Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Failed(Exception):
    """A request was not answered; the message says how, in a word or two."""


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    body: bytes


# region: connection
class Connection:
    """A connection that is kept for as long as the server keeps it."""

    def __init__(self, port: int, timeout: float) -> None:
        self._port = port
        self._timeout = timeout
        self._streams: Streams | None = None
        self._is_late = False

    async def send(self, request: bytes) -> Answer:
        """Send a request and return its answer.

        Raises:
            Failed: there is none in time, or none that can be read.
        """
        self._is_late = False
        alarm = asyncio.get_running_loop().call_later(
            self._timeout, self._give_up
        )
        try:
            return await self._ask(request)
        except asyncio.TimeoutError as error:
            raise Failed("timeout") from error
        except (EOFError, OSError, asyncio.LimitOverrunError) as error:
            await self.close()
            if self._is_late:
                raise Failed("timeout") from error
            raise Failed(type(error).__name__) from error
        finally:
            alarm.cancel()

    async def _ask(self, request: bytes) -> Answer:
        reader, writer = self._streams or await self._open()
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        status, length = STATUS.match(head), LENGTH.search(head)
        if status is None or length is None:
            await self.close()
            raise Failed("unreadable")
        body = await reader.readexactly(int(length[1]))
        if CLOSE.search(head):
            await self.close()
        return Answer(int(status[1]), body)

    async def _open(self) -> Streams:
        opening = asyncio.open_connection("127.0.0.1", self._port)
        self._streams = await asyncio.wait_for(opening, self._timeout)
        return self._streams

    def _give_up(self) -> None:
        self._is_late = True
        if self._streams is not None:
            self._streams[1].transport.abort()

    async def close(self) -> None:
        """Close it; the next request opens another."""
        if self._streams is None:
            return
        _, writer = self._streams
        self._streams = None
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()


# endregion
