"""A shop with some books, to be looked at and forgotten."""

from pathlib import Path

import anyio
from fastapi import FastAPI

from .app import create_app
from .cli import add_rows, migrate
from .seed import seed_books
from .settings import Settings


# region: demo-shop
def demo_settings(folder: Path, shipping_url: str) -> Settings:
    """Return the settings of a shop that keeps all in a folder."""
    return Settings(
        database_url=f"sqlite:///{folder / 'shop.sqlite3'}",
        media=folder / "media",
        shipping_url=shipping_url,
    )


def demo_shop(folder: Path, shipping_url: str) -> FastAPI:
    """Return a shop with these settings, its tables and some books."""
    settings = demo_settings(folder, shipping_url)
    anyio.run(migrate, settings)
    anyio.run(add_rows, settings, *seed_books())
    return create_app(settings)


# endregion
