"""The answers in Flask, for every kind of worker that Gunicorn has."""

import os

import httpx2
from flask import Flask, Response, jsonify, request
from flask.typing import ResponseReturnValue
from pydantic import ValidationError

from . import storage, work

app = Flask(__name__)
# The members in the order in which FastAPI writes them: the same bytes.
app.json.sort_keys = False  # type: ignore[attr-defined]
engines = storage.engines()
upstream = httpx2.Client(
    base_url=os.environ[work.UPSTREAM],
    limits=httpx2.Limits(max_connections=work.CONNECTIONS),
    trust_env=False,
)


@app.get("/json")
def page() -> Response:
    """Write a page of books."""
    return jsonify(work.PAGE)


# region: order
@app.post("/orders")
def order() -> ResponseReturnValue:
    """Check an order and add it up."""
    try:
        asked = work.Order.model_validate_json(request.get_data())
    except ValidationError as error:
        return jsonify(detail=error.errors(include_context=False)), 422
    return jsonify(work.receipt(asked))


# endregion


@app.get("/primes")
def primes() -> Response:
    """Compute."""
    return jsonify(primes=work.primes())


# region: waits
@app.get("/<database>/shelves/<int:number>")
def books(database: str, number: int) -> Response:
    """Read a shelf of books."""
    with engines[database].connect() as connection:
        rows = connection.execute(storage.books_of(number)).mappings()
        return jsonify([dict(row) for row in rows])


@app.get("/quote")
def quote() -> Response:
    """Ask the upstream, which takes its time."""
    return jsonify(upstream.get("/").json())


# endregion

work.announce()
