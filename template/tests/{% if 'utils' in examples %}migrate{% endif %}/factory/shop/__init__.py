"""A factory with blueprints inside blueprints."""

from flask import Flask

from . import errors, hooks
from .api import api
from .pages import pages
from .photos import photos


def create_app(config=None):
    app = Flask(__name__, static_folder=None)
    app.config.from_mapping(SECRET_KEY="dev", **(config or {}))
    hooks.register(app)
    errors.register(app)
    app.register_blueprint(pages)
    app.register_blueprint(api, url_prefix="/api/v1")
    app.register_blueprint(photos, url_prefix="/photos")
    return app
