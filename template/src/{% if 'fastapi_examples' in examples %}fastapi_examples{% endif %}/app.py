"""The application: its parts, its layers, and what it holds while it runs."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI

from . import (
    admin,
    auth,
    books,
    covers,
    errors,
    health,
    orders,
    pages,
    shipping,
    stock,
)
from .database import create_engine, create_sessions
from .flask_ways import HeadAsGet
from .hooks import BodyLimit, Failures, RequestNames
from .outbox import deliver_rest
from .responses import FlaskJSON, Problem
from .sessions import FlaskSessions
from .settings import Settings

ROUTERS = (
    health.router,
    auth.router,
    books.router,
    covers.router,
    shipping.router,
    orders.router,
    admin.router,
    pages.router,
    stock.router,
)


# region: lifespan
@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Open what all requests share, and close it at the end.

    Connections belong to the event loop they were opened in, so they are
    opened when it runs, not when the application is made.
    """
    settings: Settings = app.state.settings
    engine = create_engine(settings.database_url)
    app.state.sessions = create_sessions(engine)
    app.state.board = stock.StockBoard()
    try:
        async with shipping.create_client(settings) as client:
            app.state.shipping = client
            await deliver_rest(app.state.sessions)
            yield
    finally:
        await engine.dispose()


# endregion


# region: create-app
def create_app(settings: Settings | None = None) -> FastAPI:
    """Return the shop."""
    settings = settings or Settings()
    app = FastAPI(
        title="Book shop",
        version="1.0.0",
        lifespan=lifespan,
        default_response_class=FlaskJSON,
        # A missing slash is added as Flask adds it: see flask_ways.
        redirect_slashes=False,
    )
    app.state.settings = settings
    # What an address takes is looked up here when it is asked for.
    app.state.routes = [r for router in ROUTERS for r in router.routes]
    for router in ROUTERS:
        app.include_router(router)
    errors.register(app)
    # The last one added stands outermost.
    app.add_middleware(Failures)
    app.add_middleware(BodyLimit, limit=settings.max_content_length)
    app.add_middleware(FlaskSessions, secret_key=settings.secret_key)
    app.add_middleware(HeadAsGet)
    app.add_middleware(RequestNames)
    document(app)
    return app


# endregion


# region: openapi
def document(app: FastAPI) -> None:
    """Let OpenAPI tell what the shop answers, and nothing else."""
    generate = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            schema = generate()
            schemas = schema["components"]["schemas"]
            template = "#/components/schemas/{model}"
            problem = Problem.model_json_schema(ref_template=template)
            schemas.update(problem.pop("$defs"), Problem=problem)
            _drop_defaults(schema)
        return app.openapi_schema or {}

    # FastAPI's own way to extend what it generates.
    app.openapi = openapi  # type: ignore[method-assign]


def _drop_defaults(schema: dict[str, Any]) -> None:
    """Take out the 422 that FastAPI promises and the shop never gives."""
    for path in schema["paths"].values():
        for operation in path.values():
            answer = operation["responses"].get("422", {})
            if "application/json" in answer.get("content", {}):
                del operation["responses"]["422"]
    for name in ("HTTPValidationError", "ValidationError"):
        schema["components"]["schemas"].pop(name, None)


# endregion
