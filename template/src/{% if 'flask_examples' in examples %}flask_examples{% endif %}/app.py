"""The application factory."""

from pathlib import Path

from flask import Flask

from . import books, errors
from .store import create_schema


# region: create-app
def create_app(database: Path) -> Flask:
    """Return the application that keeps its catalogue in this file."""
    app = Flask(__name__)
    app.config["DATABASE"] = database
    create_schema(database)
    app.register_blueprint(books.blueprint)
    errors.register(app)
    return app


# endregion
