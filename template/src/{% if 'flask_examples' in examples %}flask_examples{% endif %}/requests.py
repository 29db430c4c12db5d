"""Reading what a client sent: bodies, numbers of pages, searches."""

from typing import Any

from flask import abort, request
from marshmallow import Schema

LARGEST_PAGE = 100_000


# region: json-body
def body(schema: Schema) -> dict[str, Any]:
    """Return the valid body; 400, 415 or 422 says what is wrong with it."""
    data = request.get_json()
    if not isinstance(data, dict):
        abort(400)
    loaded: dict[str, Any] = schema.load(data)
    return loaded


# endregion


# region: page-number
def whole_number(name: str, default: int, largest: int) -> int:
    """Return a number of the query; what is none counts as the default."""
    try:
        number = int(request.args.get(name, default))
    except ValueError:
        return default
    return min(number, largest) if number >= 1 else default


# endregion
