"""What only admins may do and see."""

import csv
import io
from collections.abc import AsyncIterator
from decimal import Decimal
from email.utils import format_datetime

from fastapi import APIRouter
from fastapi.responses import StreamingResponse
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from .accounts import Admin
from .columns import now
from .database import Session
from .errors import ShopError
from .models import Mail, Order, User
from .requests import ShopRoute
from .responses import problems
from .schemas import MailOut, Report, RoleIn, UserOut

router = APIRouter(prefix="/admin", tags=["admin"], route_class=ShopRoute)

COLUMNS = ("order", "placed", "customer", "status", "books", "total")
GUARDED = problems(401, 403)


# region: csv-rows
def harmless(text: str) -> str:
    """Return text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@")) else text


def _row(order: Order) -> tuple[object, ...]:
    return (
        order.id,
        order.created_at.isoformat(),
        harmless(order.user.name),
        order.status,
        sum(line.quantity for line in order.lines),
        f"{order.total:.2f}",
    )


def _line(row: tuple[object, ...]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer).writerow(row)
    return buffer.getvalue()


# endregion


# region: csv-export
async def _csv_lines(db: AsyncSession) -> AsyncIterator[str]:
    text, last = _line(COLUMNS), 0
    while text:
        # Neither rows nor a connection are held while the client reads,
        # however slowly it does; the next question opens the session again.
        await db.close()
        yield text
        query = select(Order).where(Order.id > last).order_by(Order.id)
        orders = (await db.scalars(query.limit(100))).all()
        text = "".join(_line(_row(order)) for order in orders)
        last = orders[-1].id if orders else last


@router.get(
    "/orders.csv",
    response_class=StreamingResponse,
    responses={
        200: {"content": {"text/csv": {"schema": {"type": "string"}}}},
        **GUARDED,
    },
)
async def export_orders(_: Admin, db: Session) -> StreamingResponse:
    """Answer with every order, while they are read."""
    return StreamingResponse(
        _csv_lines(db),
        media_type="text/csv",
        headers={"Content-Disposition": "attachment; filename=orders.csv"},
    )


# endregion


# region: report
@router.get("/report", responses=GUARDED)
async def report(_: Admin, db: Session) -> Report:
    """Answer with what was sold."""
    query = select(func.count(Order.id), func.sum(Order.total))
    placed = query.where(Order.status == "placed")
    orders, revenue = (await db.execute(placed)).one()
    midnight = now().replace(hour=0, minute=0, second=0)
    return Report(
        day=format_datetime(midnight, usegmt=True),
        orders=orders,
        revenue=revenue or Decimal("0.00"),
    )


# endregion


# region: outbox
@router.get("/outbox", responses=GUARDED)
async def outbox(_: Admin, db: Session) -> list[MailOut]:
    """Answer with every letter, the oldest first."""
    mails = await db.scalars(select(Mail).order_by(Mail.order_id))
    return [
        MailOut(
            order_id=mail.order_id,
            recipient=mail.recipient,
            subject=mail.subject,
            body=mail.body,
            sent=mail.sent_at is not None,
        )
        for mail in mails
    ]


# endregion


# region: change-role
@router.put(
    "/users/{user_id:id}/role",
    response_model=UserOut,
    responses=problems(400, 401, 403, 404, 413, 415, 422),
)
async def change_role(
    _: Admin,
    user_id: int,
    body: RoleIn,
    db: Session,
) -> User:
    """Make a customer an admin, or an admin a customer."""
    user = await db.get(User, user_id)
    if user is None:
        raise ShopError(404, f"There is no user {user_id}.")
    user.role = body.role
    await db.commit()
    return user


# endregion
