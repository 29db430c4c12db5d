"""Note when things happen around an answer, and what a client learns."""

from collections.abc import AsyncIterator
from typing import Annotated

import anyio
import httpx2
from fastapi import BackgroundTasks, Depends, FastAPI
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class Noting:
    """A layer that says when an answer begins and when it has ended."""

    def __init__(self, app: ASGIApp) -> None:
        """Stand before an application."""
        self.app = app

    async def __call__(
        self,
        scope: Scope,
        receive: Receive,
        send: Send,
    ) -> None:
        """Call the application, and note what it sends."""

        async def noted(message: Message) -> None:
            kind = message["type"].rpartition(".")[2]
            print(f"  sent: {kind} {message.get('status', '')}".rstrip())
            await send(message)

        await self.app(scope, receive, noted)


# region: around
async def until_answered() -> AsyncIterator[None]:
    """Be there for the whole request: the default."""
    yield
    print("  closed: dependency of the request")


async def until_returned() -> AsyncIterator[None]:
    """Be there for as long as the view runs."""
    yield
    print("  closed: dependency of the function")


async def write_letter(fails: bool) -> None:
    """Do what nobody waits for."""
    print("  background task")
    if fails:
        raise ConnectionError("no mail today")


def around() -> FastAPI:
    """Return a view with all that may happen around it."""
    app = FastAPI()
    app.add_middleware(Noting)

    @app.post("/orders")
    async def create_order(
        background: BackgroundTasks,
        _: Annotated[None, Depends(until_answered)],
        __: Annotated[None, Depends(until_returned, scope="function")],
        fails: bool = False,
    ) -> str:
        background.add_task(write_letter, fails)
        print("  view returns")
        return "ordered"

    return app


# endregion


async def run() -> None:
    """Order twice; the second letter fails."""
    transport = httpx2.ASGITransport(around(), raise_app_exceptions=False)
    async with httpx2.AsyncClient(
        transport=transport,
        base_url="http://shop.test",
    ) as client:
        for path in ("/orders", "/orders?fails=true"):
            print(f"POST {path}")
            answer = await client.post(path)
            print(f"  the client has {answer.status_code}")


def main() -> None:
    """Print the order of events."""
    anyio.run(run)


if __name__ == "__main__":
    main()
