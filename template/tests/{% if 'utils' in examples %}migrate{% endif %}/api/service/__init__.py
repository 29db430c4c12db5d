"""An API with Marshmallow and tokens."""

from flask import Flask
from flask_cors import CORS
from flask_jwt_extended import JWTManager
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_mail import Mail

from .notes import bp as notes_bp
from .tokens import bp as tokens_bp

jwt = JWTManager()
mail = Mail()
limiter = Limiter(get_remote_address)


def create_app():
    app = Flask(__name__)
    app.config.from_prefixed_env()
    CORS(app, origins=["https://example.org"])
    for extension in (jwt, mail, limiter):
        extension.init_app(app)
    for bp in (notes_bp, tokens_bp):
        app.register_blueprint(bp)
    return app
