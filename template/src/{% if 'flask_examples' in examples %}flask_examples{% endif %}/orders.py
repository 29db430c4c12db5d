"""Orders as their customers see them."""

import re

from flask import Blueprint, jsonify, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required
from marshmallow import ValidationError
from sqlalchemy import select

from .auth import the_user
from .errors import ShopError
from .extensions import db
from .models import Order
from .ordering import cancel_order, place_order
from .requests import body
from .schemas import OrderInSchema, OrderSchema

blueprint = Blueprint("orders", __name__, url_prefix="/orders")

KEY = re.compile("[!-~]{1,64}")


# region: idempotency-key
def idempotency_key() -> str | None:
    """Return the key by which a repeated request is known."""
    key = request.headers.get("Idempotency-Key")
    if key is not None and not KEY.fullmatch(key):
        message = "Send 1 to 64 visible characters."
        raise ValidationError({"Idempotency-Key": [message]})
    return key


# endregion


# region: create-order
@blueprint.post("")
@login_required
def create_order() -> ResponseReturnValue:
    """Order; a repeated request gets the first one's order."""
    data = body(OrderInSchema())
    order, new = place_order(the_user(), data, idempotency_key())
    location = url_for("orders.read_order", order_id=order.id)
    headers = {"Location": location}
    if not new:
        headers["Idempotency-Replayed"] = "true"
    return jsonify(OrderSchema().dump(order)), 201, headers


# endregion


# region: read-orders
def get_order(order_id: int) -> Order:
    """Return an order of the user's own; admins may see all."""
    user = the_user()
    order = db.session.get(Order, order_id)
    # Other people's orders are not there: 403 would say that they are.
    if order is None or (order.user_id != user.id and user.role != "admin"):
        raise ShopError(404, f"There is no order {order_id}.")
    return order


@blueprint.get("")
@login_required
def list_orders() -> ResponseReturnValue:
    """Answer with the user's own orders, the newest first."""
    query = select(Order).where(Order.user_id == the_user().id)
    orders = db.session.scalars(query.order_by(Order.id.desc()))
    return jsonify(OrderSchema(many=True).dump(orders))


@blueprint.get("/<id:order_id>")
@login_required
def read_order(order_id: int) -> ResponseReturnValue:
    """Answer with one order."""
    return jsonify(OrderSchema().dump(get_order(order_id)))


# endregion


# region: cancel
@blueprint.post("/<id:order_id>/cancel")
@login_required
def cancel(order_id: int) -> ResponseReturnValue:
    """Cancel an order that was placed."""
    order = get_order(order_id)
    cancel_order(order)
    return jsonify(OrderSchema().dump(order))


# endregion
