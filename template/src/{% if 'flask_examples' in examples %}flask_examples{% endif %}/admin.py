"""What only admins may do and see."""

import csv
import io
from collections.abc import Iterator
from decimal import Decimal

from flask import Blueprint, Response, jsonify, stream_with_context
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select

from .auth import admin_required
from .columns import now
from .errors import ShopError
from .extensions import db
from .models import Mail, Order, User
from .requests import body
from .schemas import MailSchema, RoleSchema, UserSchema

blueprint = Blueprint("admin", __name__, url_prefix="/admin")

COLUMNS = ("order", "placed", "customer", "status", "books", "total")


# region: csv-rows
def harmless(text: str) -> str:
    """Return text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@")) else text


def _rows() -> Iterator[tuple[object, ...]]:
    yield COLUMNS
    query = select(Order).order_by(Order.id)
    # A hundred at a time, however many there are.
    for order in db.session.scalars(query.execution_options(yield_per=100)):
        yield (
            order.id,
            order.created_at.isoformat(),
            harmless(order.user.name),
            order.status,
            sum(line.quantity for line in order.lines),
            f"{order.total:.2f}",
        )


# endregion


# region: csv-export
def _csv_lines() -> Iterator[str]:
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    for row in _rows():
        writer.writerow(row)
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()


@blueprint.get("/orders.csv")
@admin_required
def export_orders() -> ResponseReturnValue:
    """Answer with every order, while they are read."""
    return Response(
        stream_with_context(_csv_lines()),
        mimetype="text/csv",
        headers={"Content-Disposition": "attachment; filename=orders.csv"},
    )


# endregion


# region: report
@blueprint.get("/report")
@admin_required
def report() -> ResponseReturnValue:
    """Answer with what was sold."""
    query = select(func.count(Order.id), func.sum(Order.total))
    placed = query.where(Order.status == "placed")
    orders, revenue = db.session.execute(placed).one()
    # Left to jsonify: the date becomes an HTTP date, the decimal a text.
    return jsonify(
        day=now().date(),
        orders=orders,
        revenue=revenue or Decimal("0.00"),
    )


# endregion


# region: outbox
@blueprint.get("/outbox")
@admin_required
def outbox() -> ResponseReturnValue:
    """Answer with every letter, the oldest first."""
    mails = db.session.scalars(select(Mail).order_by(Mail.order_id))
    return jsonify(MailSchema(many=True).dump(mails))


# endregion


# region: change-role
@blueprint.put("/users/<id:user_id>/role")
@admin_required
def change_role(user_id: int) -> ResponseReturnValue:
    """Make a customer an admin, or an admin a customer."""
    data = body(RoleSchema())
    user = db.session.get(User, user_id)
    if user is None:
        raise ShopError(404, f"There is no user {user_id}.")
    user.role = data["role"]
    db.session.commit()
    return jsonify(UserSchema().dump(user))


# endregion
