"""The service that says what a parcel costs, reached over HTTP."""

from decimal import Decimal

import httpx2
from flask import Blueprint, Flask, current_app, jsonify, request
from flask.typing import ResponseReturnValue
from marshmallow import Schema, fields, validate

from .errors import ShopError
from .requests import whole_number

blueprint = Blueprint("shipping", __name__)


# region: client
def init_app(app: Flask) -> None:
    """Make the one client that all requests share, and its connections."""
    app.extensions["shipping"] = httpx2.Client(
        base_url=app.config["SHIPPING_URL"],
        timeout=app.config["SHIPPING_TIMEOUT"],
        # A proxy of this machine's is not on the way to it.
        trust_env=False,
    )


# endregion


# region: quote
def quote(country: str, items: int) -> Decimal:
    """Return what the parcel costs.

    Raises:
        ShopError: 422 when nothing is sent there; 502 or 504 when the
            service fails or is too slow, which is not the client's fault.
    """
    client: httpx2.Client = current_app.extensions["shipping"]
    parcel: dict[str, str | int] = {"country": country, "items": items}
    try:
        response = client.get("/quotes", params=parcel)
        if response.status_code == 404:
            raise ShopError(422, f"Nothing is sent to {country}.")
        response.raise_for_status()
        return Decimal(response.json()["price"])
    except httpx2.TimeoutException:
        raise ShopError(504, "The shipping service is too slow.") from None
    except (httpx2.HTTPError, ArithmeticError, LookupError, ValueError):
        raise ShopError(502, "The shipping service failed.") from None


# endregion


# region: quote-view
class QuoteSchema(Schema):
    """The query that asks for a price."""

    country = fields.String(
        required=True,
        validate=validate.Regexp(r"[A-Z]{2}\Z"),
    )


@blueprint.get("/shipping/quote")
def show_quote() -> ResponseReturnValue:
    """Answer with what a parcel would cost."""
    country = request.args.get("country")
    given = {} if country is None else {"country": country}
    destination = QuoteSchema().load(given)["country"]
    items = whole_number("items", 1, 99)
    price = quote(destination, items)
    return jsonify(country=destination, items=items, price=f"{price:.2f}")


# endregion
