"""An API with Marshmallow and tokens."""

from flask import Flask, jsonify
from flask_cors import CORS
from flask_jwt_extended import JWTManager
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_mail import Mail
from marshmallow import ValidationError

from .notes import bp as notes_bp
from .tokens import bp as tokens_bp
from .tokens import left

jwt = JWTManager()
mail = Mail()
limiter = Limiter(get_remote_address)
limiter.limit("3 per minute")(tokens_bp)


def create_app(settings=None):
    app = Flask(__name__)
    app.config.from_prefixed_env()
    app.config.from_mapping(settings or {})
    app.json.sort_keys = False
    CORS(app, origins=["https://example.org"])
    for extension in (jwt, mail, limiter):
        extension.init_app(app)
    for bp in (notes_bp, tokens_bp):
        app.register_blueprint(bp)
    app.register_error_handler(ValidationError, invalid)
    app.register_error_handler(429, too_many)
    return app


def invalid(error):
    return jsonify(errors=error.messages), 422


def too_many(error):
    return {"error": "Later, please.", "limit": error.description}, 429


@jwt.token_in_blocklist_loader
def has_left(header, payload):
    return payload["jti"] in left


@jwt.unauthorized_loader
def stranger(reason):
    return {"error": reason}, 401
