"""Open in order, close in reverse, whatever happens.

An application owns a few things for as long as it lives: pools, clients,
the task that refreshes a cache. An async context manager states opening and
closing in one place. An exit stack holds any number of them, and if the
third cannot be opened it closes the two that were.
"""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import anyio.lowlevel

from .clock import run


@asynccontextmanager
async def resource(name: str, *, broken: bool = False) -> AsyncIterator[str]:
    """Open something, lend it, and close it after use."""
    await anyio.lowlevel.checkpoint()
    if broken:
        raise ConnectionError(f"{name} cannot be opened")
    print(f"  open {name}")
    try:
        yield name
    finally:
        print(f"  close {name}")


# region: lifespan
@asynccontextmanager
async def lifespan(*, cache: bool) -> AsyncIterator[dict[str, str]]:
    """Open all that the application owns, or nothing."""
    async with AsyncExitStack() as stack:
        owned = {}
        for name in ("database", "http client"):
            owned[name] = await stack.enter_async_context(resource(name))
        opening = resource("cache", broken=not cache)
        owned["cache"] = await stack.enter_async_context(opening)
        yield owned


# endregion


async def demo() -> None:
    """Live once as planned, once with an error, once not at all."""
    print("as planned")
    async with lifespan(cache=True) as owned:
        print("  serve with", ", ".join(owned))
    print("an error while serving")
    try:
        async with lifespan(cache=True):
            raise LookupError("a bug")
    except LookupError as error:
        print(f"  raised: {error}")
    print("one that cannot be opened")
    try:
        async with lifespan(cache=False):
            print("  never reached")
    except ConnectionError as error:
        print(f"  raised: {error}")


def main() -> None:
    """Run the demonstration."""
    run(demo)


if __name__ == "__main__":
    main()
