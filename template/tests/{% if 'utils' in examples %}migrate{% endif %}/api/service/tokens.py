"""Tokens."""

import requests
from flask import Blueprint, request
from flask_jwt_extended import (
    create_access_token,
    create_refresh_token,
    get_jwt,
    get_jwt_identity,
    jwt_required,
)

bp = Blueprint("tokens", __name__)
left = set()


@bp.route("/token", methods=("POST",))
def token():
    name = request.form["name"]
    requests.post("https://audit.example.org", json={"name": name}, timeout=2)
    return {
        "token": create_access_token(identity=name, fresh=True),
        "refresh": create_refresh_token(identity=name),
    }


@bp.post("/token/refresh")
@jwt_required(refresh=True)
def refresh():
    return {"token": create_access_token(identity=get_jwt_identity(), fresh=False)}


@bp.post("/token/leave")
@jwt_required()
def leave():
    left.add(get_jwt()["jti"])
    return {"left": True}
