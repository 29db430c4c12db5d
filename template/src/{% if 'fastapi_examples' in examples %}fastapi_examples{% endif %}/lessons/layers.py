"""Stand two kinds of middleware around a view, and see what each sees."""

from collections.abc import Awaitable, Callable
from contextvars import ContextVar

import anyio
import httpx2
from fastapi import FastAPI, Request, Response
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

customer: ContextVar[str] = ContextVar("customer", default="nobody")


# region: pure
class Pure:
    """A layer of ASGI: a call around a call, in the same task."""

    def __init__(self, app: ASGIApp, name: str) -> None:
        """Stand before an application."""
        self.app = app
        self.name = name

    async def __call__(
        self,
        scope: Scope,
        receive: Receive,
        send: Send,
    ) -> None:
        """Call the application, and look at what it left behind."""
        print(f"{self.name} in")
        await self.app(scope, receive, send)
        print(f"{self.name} out: {customer.get()}")


# endregion


# region: base
Next = Callable[[Request], Awaitable[Response]]


class Base(BaseHTTPMiddleware):
    """The same on top of Starlette's helper, which starts a task."""

    async def dispatch(self, request: Request, call_next: Next) -> Response:
        """Call the application, and look at what it left behind."""
        print("base in")
        response = await call_next(request)
        print(f"base out: {customer.get()}")
        return response


# endregion


# region: layered
def layered(*, with_base: bool) -> FastAPI:
    """Return a view that says who asks, inside of some layers."""
    app = FastAPI()

    @app.get("/")
    async def view() -> str:
        customer.set("Ada")
        print("view")
        return "done"

    app.add_middleware(Pure, name="first added")
    if with_base:
        app.add_middleware(Base)
    app.add_middleware(Pure, name="last added")
    return app


# endregion


async def run(with_base: bool) -> None:
    """Ask once."""
    transport = httpx2.ASGITransport(layered(with_base=with_base))
    async with httpx2.AsyncClient(
        transport=transport,
        base_url="http://shop.test",
    ) as client:
        await client.get("/")


def main() -> None:
    """Print the order of the layers, and what they see."""
    # Two runs, for what one sets in its context must not reach the other.
    print("pure ASGI:")
    anyio.run(run, False)
    print("with BaseHTTPMiddleware:")
    anyio.run(run, True)


if __name__ == "__main__":
    main()
