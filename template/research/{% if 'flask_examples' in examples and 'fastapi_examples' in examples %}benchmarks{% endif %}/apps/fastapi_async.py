"""The answers in FastAPI with `async def`: nothing here blocks the loop."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx2
from fastapi import FastAPI

from . import storage, work

engines = storage.async_engines()
upstream = httpx2.AsyncClient(
    base_url=os.environ[work.UPSTREAM],
    limits=httpx2.Limits(max_connections=work.CONNECTIONS),
    trust_env=False,
)


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[None]:
    """Give back what is open when the server stops."""
    yield
    await upstream.aclose()
    for engine in engines.values():
        await engine.dispose()


app = FastAPI(lifespan=lifespan)


@app.get("/json", response_model=list[work.Book])
async def page() -> Any:
    """Write a page of books."""
    return work.PAGE


# region: order
@app.post("/orders", response_model=work.Receipt)
async def order(asked: work.Order) -> Any:
    """Check an order and add it up."""
    return work.receipt(asked)


# endregion


@app.get("/primes")
async def primes() -> work.Count:
    """Compute, in the loop."""
    return work.Count(primes=work.primes())


# region: waits
@app.get("/{database}/shelves/{number}", response_model=list[work.Book])
async def books(database: str, number: int) -> Any:
    """Read a shelf of books."""
    async with engines[database].connect() as connection:
        found = await connection.execute(storage.books_of(number))
        return found.mappings().all()


@app.get("/quote", response_model=work.Quote)
async def quote() -> Any:
    """Ask the upstream, which takes its time."""
    return (await upstream.get("/")).json()


# endregion

work.announce()
