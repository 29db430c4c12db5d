"""A small diary: accounts, entries, SQLite without an ORM."""

from flask import Flask

from . import accounts, db, diary


def create_app(settings=None):
    app = Flask(__name__, instance_relative_config=True)
    app.config.from_mapping(
        SECRET_KEY="dev",
        DATABASE=f"{app.instance_path}/diary.sqlite",
    )
    if settings is None:
        app.config.from_pyfile("config.py", silent=True)
    else:
        app.config.update(settings)

    @app.route("/ping")
    def ping():
        return "pong"

    db.init_app(app)
    app.register_blueprint(accounts.bp)
    app.register_blueprint(diary.bp)
    app.add_url_rule("/", endpoint="index")
    return app
