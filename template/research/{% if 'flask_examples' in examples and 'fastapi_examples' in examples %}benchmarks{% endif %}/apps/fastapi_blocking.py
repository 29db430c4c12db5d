"""The mistake: `async def` around calls that block, and with them the loop.

Only the answers that wait are here; the others have nothing to get wrong.
"""

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


# region: waits
@app.get("/{database}/shelves/{number}", response_model=list[work.Book])
async def books(database: str, number: int) -> Any:
    """Read a shelf of books, and let nobody else do anything meanwhile."""
    with engines[database].connect() as connection:
        return connection.execute(storage.books_of(number)).mappings().all()


@app.get("/quote", response_model=work.Quote)
async def quote() -> Any:
    """Ask the upstream, and stand still for as long as it takes."""
    return upstream.get("/").json()


# endregion

work.announce()
