"""Whether the shop is up: for load balancers and for people."""

from flask import Blueprint, jsonify, redirect, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from .columns import now
from .extensions import db

blueprint = Blueprint("health", __name__)


# region: health
@blueprint.get("/health")
def health() -> ResponseReturnValue:
    """Answer 200 when the database does, 503 when it does not."""
    try:
        db.session.execute(text("select 1"))
    except SQLAlchemyError:
        return jsonify(status="failing", database="down", time=now()), 503
    return jsonify(status="ok", database="up", time=now())


# endregion


# region: ping
@blueprint.get("/ping")
def ping() -> str:
    """Answer as soon as the process does, asking nobody else."""
    return "pong"


@blueprint.get("/")
def home() -> ResponseReturnValue:
    """Lead people to the pages."""
    return redirect(url_for("pages.catalogue"))


# endregion
