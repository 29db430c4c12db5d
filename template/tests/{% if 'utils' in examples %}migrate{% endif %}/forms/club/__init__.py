"""Forms and a login."""

from flask import Flask, render_template
from flask_wtf.csrf import CSRFError

from .extensions import csrf, db, login_manager
from .views import account


def create_app(config="club.config.Production"):
    app = Flask(__name__)
    app.config.from_object(config)
    db.init_app(app)
    csrf.init_app(app)
    login_manager.init_app(app)
    app.register_blueprint(account, url_prefix="/account")

    @app.route("/")
    def index():
        return render_template("index.html")

    @app.post("/hook")
    @csrf.exempt
    def hook():
        return {"taken": True}

    @app.errorhandler(CSRFError)
    def forged(error):
        return render_template("forged.html", reason=error.description), 400

    @app.shell_context_processor
    def shell():
        return {"db": db}

    @app.cli.command("make-tables")
    def make_tables():
        """Make the tables of an empty database."""
        db.create_all()

    return app
