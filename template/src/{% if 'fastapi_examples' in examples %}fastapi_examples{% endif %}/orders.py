"""Orders as their customers see them."""

import re
from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import (
    APIRouter,
    BackgroundTasks,
    Depends,
    Header,
    Request,
    Response,
)
from sqlalchemy import select

from .accounts import Customer
from .database import Session, Sessions
from .errors import INVALID, ShopError
from .models import Order
from .ordering import cancel_order, place_order
from .outbox import deliver
from .requests import ShopRoute
from .responses import problems
from .schemas import OrderIn, OrderOut
from .shipping import client_of
from .stock import board_of

router = APIRouter(prefix="/orders", tags=["orders"], route_class=ShopRoute)

KEY = re.compile("[!-~]{1,64}")
KEY_SCHEMA: dict[str, Any] = {"pattern": "^[!-~]{1,64}$"}


# region: idempotency-key
async def idempotency_key(
    idempotency_key: Annotated[
        str | None,
        Header(json_schema_extra=KEY_SCHEMA),
    ] = None,
) -> str | None:
    """Return the key by which a repeated request is known."""
    key = idempotency_key
    if key is not None and not KEY.fullmatch(key):
        message = "Send 1 to 64 visible characters."
        raise ShopError(422, INVALID, "Idempotency-Key", message)
    return key


Key = Annotated[str | None, Depends(idempotency_key)]
# endregion


# region: after-order
def follow_up(
    request: Request,
    background: BackgroundTasks,
    order: Order,
) -> None:
    """Tell watchers, and send the letter when the answer is on its way."""
    board_of(request).publish(*(line.book for line in order.lines))
    sessions: Sessions = request.app.state.sessions
    background.add_task(deliver, sessions, order.id)


# endregion


# region: create-order
@router.post(
    "",
    status_code=201,
    response_model=OrderOut,
    responses=problems(400, 401, 409, 413, 415, 422, 502, 504),
)
async def create_order(
    user: Customer,
    body: OrderIn,
    key: Key,
    request: Request,
    response: Response,
    background: BackgroundTasks,
    db: Session,
) -> Order:
    """Order; a repeated request gets the first one's order."""
    client = client_of(request)
    order, new = await place_order(db, client, user, body, key)
    response.headers["Location"] = f"/orders/{order.id}"
    if new:
        follow_up(request, background, order)
    else:
        response.headers["Idempotency-Replayed"] = "true"
    return order


# endregion


# region: read-orders
async def get_order(order_id: int, user: Customer, db: Session) -> Order:
    """Return an order of the user's own; admins may see all."""
    order = await db.get(Order, order_id)
    # Other people's orders are not there: 403 would say that they are.
    if order is None or (order.user_id != user.id and user.role != "admin"):
        raise ShopError(404, f"There is no order {order_id}.")
    return order


ThisOrder = Annotated[Order, Depends(get_order)]


@router.get("", response_model=list[OrderOut], responses=problems(401))
async def list_orders(user: Customer, db: Session) -> Sequence[Order]:
    """Answer with the user's own orders, the newest first."""
    query = select(Order).where(Order.user_id == user.id)
    return (await db.scalars(query.order_by(Order.id.desc()))).all()


@router.get(
    "/{order_id:id}",
    response_model=OrderOut,
    responses=problems(401, 404),
)
async def read_order(order: ThisOrder) -> Order:
    """Answer with one order."""
    return order


# endregion


# region: cancel
@router.post(
    "/{order_id:id}/cancel",
    response_model=OrderOut,
    responses=problems(401, 404, 409),
)
async def cancel(order: ThisOrder, request: Request, db: Session) -> Order:
    """Cancel an order that was placed."""
    await cancel_order(db, order)
    board_of(request).publish(*(line.book for line in order.lines))
    return order


# endregion
