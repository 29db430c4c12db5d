"""A service that takes 50 ms: `python -m research.benchmarks.upstream PORT`.

It keeps any number of callers waiting and needs next to no CPU for it, so
that what is measured is how the applications wait.
"""

import asyncio
import sys

HOST = "127.0.0.1"
SECONDS = 0.050
BODY = b'{"price":"4.50"}'
ANSWER = (
    b"HTTP/1.1 200 OK\r\n"
    b"Content-Type: application/json\r\n"
    b"Content-Length: %d\r\n\r\n%b" % (len(BODY), BODY)
)


# region: upstream
async def answer(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    """Answer every request of a connection, each after 50 ms."""
    try:
        while True:
            await reader.readuntil(b"\r\n\r\n")
            await asyncio.sleep(SECONDS)
            writer.write(ANSWER)
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()


# endregion


async def serve(port: int) -> None:
    """Serve until the process is told to stop."""
    server = await asyncio.start_server(answer, HOST, port, backlog=1000)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
