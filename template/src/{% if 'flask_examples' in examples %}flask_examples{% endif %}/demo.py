"""A shop with some books, to be looked at and forgotten."""

from pathlib import Path

from flask import Flask

from .app import create_app
from .extensions import db
from .seed import seed_books


# region: demo-shop
def demo_shop(folder: Path, shipping_url: str) -> Flask:
    """Return a shop that keeps all that it has in a folder."""
    app = create_app(
        {
            "DATABASE_URL": f"sqlite:///{folder / 'shop.sqlite3'}",
            "MEDIA": str(folder / "media"),
            "SHIPPING_URL": shipping_url,
        },
    )
    with app.app_context():
        db.create_all()
        db.session.add_all(seed_books())
        db.session.commit()
    return app


# endregion
