"""A factory with blueprints inside blueprints."""

from flask import Flask

from . import hooks
from .api import api
from .pages import pages


def create_app(config=None):
    app = Flask(__name__, static_folder=None)
    app.config.from_mapping(SECRET_KEY="dev", **(config or {}))
    hooks.register(app)
    app.register_blueprint(pages)
    app.register_blueprint(api, url_prefix="/api/v1")
    return app
