"""Ask views on which thread they run: on the loop's, or on one of a pool."""

import threading

import anyio
import httpx2
from fastapi import Depends, FastAPI

LOOP = threading.main_thread()


def place() -> str:
    """Return where the caller runs."""
    on_loop = threading.current_thread() is LOOP
    return "on the loop" if on_loop else "in a thread"


# region: views
def sync_dependency() -> str:
    """Depend on something that may block."""
    return place()


async def async_dependency() -> str:
    """Depend on something that can be awaited."""
    return place()


def views() -> FastAPI:
    """Return an application whose views say where they run."""
    app = FastAPI()

    @app.get("/def")
    def blocking(before: str = Depends(sync_dependency)) -> list[str]:
        return [before, place()]

    @app.get("/async-def")
    async def awaiting(before: str = Depends(async_dependency)) -> list[str]:
        return [before, place()]

    @app.get("/mixed")
    async def mixed(before: str = Depends(sync_dependency)) -> list[str]:
        return [before, place()]

    return app


# endregion


async def run() -> None:
    """Ask all three."""
    transport = httpx2.ASGITransport(views())
    async with httpx2.AsyncClient(
        transport=transport,
        base_url="http://shop.test",
    ) as client:
        for path in ("/def", "/async-def", "/mixed"):
            dependency, view = (await client.get(path)).json()
            print(f"{path}: dependency {dependency}, view {view}")


def main() -> None:
    """Print where dependencies and views run."""
    anyio.run(run)


if __name__ == "__main__":
    main()
