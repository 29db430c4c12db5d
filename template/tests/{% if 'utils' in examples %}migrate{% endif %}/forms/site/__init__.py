"""Forms and a login."""

from flask import Flask

from .extensions import csrf, db, login_manager
from .views import account


def create_app():
    app = Flask(__name__)
    app.config.from_object("site.config.Production")
    db.init_app(app)
    csrf.init_app(app)
    login_manager.init_app(app)
    app.register_blueprint(account, url_prefix="/account")
    return app
