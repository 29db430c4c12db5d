"""Fail in the middle of a streamed answer, and before its beginning."""

import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

import httpx2
from fastapi import FastAPI, Response
from fastapi.responses import StreamingResponse

from src.fastapi_examples.server import running

Rows = AsyncIterator[str]


# region: export
async def rows(good: int) -> Rows:
    """Make some rows, and fail."""
    for number in range(good):
        yield f"{number},9.99\n"
    raise LookupError("the next row cannot be read")


async def first_row_read(stream: Rows) -> Rows:
    """Return the same rows, when the first of them could be made."""
    first = await anext(stream)

    async def all_rows() -> Rows:
        yield first
        async for row in stream:
            yield row

    return all_rows()


def export_app() -> FastAPI:
    """Return two exports: one begins at once, one reads a row first."""
    app = FastAPI()

    @app.get("/at-once/{good}")
    async def at_once(good: int) -> Response:
        return StreamingResponse(rows(good), media_type="text/csv")

    @app.get("/careful/{good}")
    async def careful(good: int) -> Response:
        stream = await first_row_read(rows(good))
        return StreamingResponse(stream, media_type="text/csv")

    return app


# endregion


def ask(client: httpx2.Client, path: str) -> str:
    """Return what a client gets."""
    try:
        answer = client.get(path)
    except httpx2.TransportError:
        return "the connection breaks in the middle"
    return f"{answer.status_code} {answer.text}"


@contextmanager
def quiet() -> Iterator[None]:
    """Keep the tracebacks of the failures, which are wanted, out of sight."""
    logging.disable()
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)


def main() -> None:
    """Print what a client gets of both, with good rows and without."""
    with (
        quiet(),
        running(export_app()) as port,
        httpx2.Client(
            base_url=f"http://127.0.0.1:{port}",
            trust_env=False,
        ) as client,
    ):
        for path in ("/at-once/1", "/at-once/0", "/careful/0", "/careful/1"):
            print(f"GET {path}: {ask(client, path)}")


if __name__ == "__main__":
    main()
