"""The extensions, made once and bound to an application in its factory."""

from typing import Any

from flask import Flask
from flask_login import LoginManager
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import event

from .models import Base

# The models are plain SQLAlchemy and know nothing of Flask, so that the
# same models can serve another framework; the extension gets their tables.
db = SQLAlchemy(metadata=Base.metadata)
login_manager = LoginManager()


# region: sqlite
def _tune(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    # SQLite heeds references only when it is asked to.
    cursor.execute("pragma foreign_keys = on")
    # Readers need not wait for a writer, nor the writer for them.
    cursor.execute("pragma journal_mode = wal")
    cursor.execute("pragma synchronous = normal")
    cursor.close()


def init_database(app: Flask) -> None:
    """Bind the database to the application."""
    db.init_app(app)
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            event.listen(db.engine, "connect", _tune)


# endregion
