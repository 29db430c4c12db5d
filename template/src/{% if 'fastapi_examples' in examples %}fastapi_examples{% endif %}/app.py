"""The application factory."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from fastapi import FastAPI

from . import books, errors
from .store import create_schema


# region: create-app
def create_app(database: Path) -> FastAPI:
    """Return the application that keeps its catalogue in this file."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[dict[str, Any]]:
        create_schema(database)
        yield {"database": database}

    app = FastAPI(
        title="Catalogue",
        lifespan=lifespan,
        # Flask has no page at /books/ either.
        redirect_slashes=False,
    )
    app.include_router(books.router)
    errors.register(app)
    return app


# endregion
