"""Commit in a dependency, before the answer or after it.

The commit fails in both; what the client is told differs.
"""

from collections.abc import AsyncIterator
from typing import Annotated

import anyio
import httpx2
from fastapi import Depends, FastAPI
from sqlalchemy import func, insert, select, text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from src.fastapi_examples.database import create_sessions
from src.fastapi_examples.models import Tag, book_tags

from .shelf import shop


# region: units
def tags_app(engine: AsyncEngine) -> FastAPI:
    """Return an application that adds tags, and commits in two ways."""
    app = FastAPI()
    sessions = create_sessions(engine)

    async def unit() -> AsyncIterator[AsyncSession]:
        async with sessions.begin() as db:
            yield db

    After = Annotated[AsyncSession, Depends(unit)]
    Before = Annotated[AsyncSession, Depends(unit, scope="function")]

    @app.post("/after", status_code=201)
    async def after(db: After) -> str:
        await add_novel(db)
        return "The tag is there."

    @app.post("/before", status_code=201)
    async def before(db: Before) -> str:
        await add_novel(db)
        return "The tag is there."

    return app


# endregion


# region: broken-promise
async def add_novel(db: AsyncSession) -> None:
    """Tag a book that is not there; the database sees it at the commit."""
    await db.execute(insert(Tag).values(name="new"))
    await db.execute(text("pragma defer_foreign_keys = on"))
    await db.execute(insert(book_tags).values(book_id=99, tag_id=1))


# endregion


async def ask(engine: AsyncEngine, path: str) -> str:
    """Return what a client is told."""
    # What the application raises stays with its server, as it would.
    transport = httpx2.ASGITransport(
        tags_app(engine),
        raise_app_exceptions=False,
    )
    async with httpx2.AsyncClient(
        transport=transport,
        base_url="http://shop.test",
    ) as client:
        answer = await client.post(path)
    return f"{answer.status_code} {answer.text}"


async def tags(engine: AsyncEngine) -> int:
    """Return how many tags are there that are new."""
    query = select(func.count(Tag.id)).where(Tag.name == "new")
    async with create_sessions(engine)() as db:
        return (await db.scalars(query)).one()


async def run() -> None:
    """Print both answers, and what is in the database then."""
    async with shop() as engine:
        for path in ("/after", "/before"):
            print(f"POST {path}: {await ask(engine, path)}")
            async with create_sessions(engine)() as db:
                found = await db.scalar(
                    select(Tag.id).where(Tag.name == "new")
                )
            print(f"  in the database: {'a tag' if found else 'no tag'}")


def main() -> None:
    """Let a commit fail in two places."""
    anyio.run(run)


if __name__ == "__main__":
    main()
