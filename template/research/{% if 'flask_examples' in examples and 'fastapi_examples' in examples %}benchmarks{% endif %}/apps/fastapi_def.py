"""The answers in FastAPI with `def`: each runs in one of 40 threads."""

import os
from typing import Any

import httpx2
from fastapi import FastAPI

from . import storage, work

engines = storage.engines()
upstream = httpx2.Client(
    base_url=os.environ[work.UPSTREAM],
    limits=httpx2.Limits(max_connections=work.CONNECTIONS),
    trust_env=False,
)
app = FastAPI()


@app.get("/json", response_model=list[work.Book])
def page() -> Any:
    """Write a page of books."""
    return work.PAGE


@app.post("/orders", response_model=work.Receipt)
def order(asked: work.Order) -> Any:
    """Check an order and add it up."""
    return work.receipt(asked)


@app.get("/primes")
def primes() -> work.Count:
    """Compute, in a thread."""
    return work.Count(primes=work.primes())


# region: waits
@app.get("/{database}/shelves/{number}", response_model=list[work.Book])
def books(database: str, number: int) -> Any:
    """Read a shelf of books."""
    with engines[database].connect() as connection:
        return connection.execute(storage.books_of(number)).mappings().all()


@app.get("/quote", response_model=work.Quote)
def quote() -> Any:
    """Ask the upstream, which takes its time."""
    return upstream.get("/").json()


# endregion

work.announce()
