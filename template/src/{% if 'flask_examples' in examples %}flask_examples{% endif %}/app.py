"""The application factory."""

from collections.abc import Mapping
from typing import Any

from flask import Flask
from werkzeug.routing import IntegerConverter

from . import (
    admin,
    auth,
    books,
    cli,
    covers,
    errors,
    health,
    hooks,
    orders,
    pages,
    shipping,
    tasks,
)
from .config import configure
from .extensions import db, init_database, login_manager


# region: id-converter
class IdConverter(IntegerConverter):
    """The number of a row: what no database can hold matches no route."""

    regex = r"\d{1,9}"


# endregion


# region: create-app
def create_app(settings: Mapping[str, Any] | None = None) -> Flask:
    """Return the shop.

    Args:
        settings: What to set beside the defaults and the environment.
    """
    app = Flask(__name__)
    configure(app, settings or {})
    app.url_map.converters["id"] = IdConverter

    init_database(app)
    login_manager.init_app(app)
    shipping.init_app(app)
    tasks.init_app(app)

    hooks.register(app)
    errors.register(app)
    cli.register(app)
    app.register_blueprint(health.blueprint)
    app.register_blueprint(auth.blueprint)
    app.register_blueprint(books.blueprint)
    app.register_blueprint(covers.blueprint)
    app.register_blueprint(shipping.blueprint)
    app.register_blueprint(orders.blueprint)
    app.register_blueprint(admin.blueprint)
    app.register_blueprint(pages.blueprint)
    return app


# endregion


# region: close-app
def close_app(app: Flask) -> None:
    """Give back the connections that the shop holds.

    A server need not: its process takes them along when it ends.
    """
    app.extensions["shipping"].close()
    with app.app_context():
        db.engine.dispose()


# endregion
