"""Letters: written with the order, sent after the answer.

The letter is a row of the same transaction as the order: there is never
one without the other, whatever fails. What a process that died left
unsent, the next one sends when it starts.
"""

import logging

from sqlalchemy import select, update
from sqlalchemy.exc import SQLAlchemyError

from .columns import now
from .database import Sessions
from .models import Mail, Order

log = logging.getLogger(__name__)


# region: letter
def letter(order: Order) -> Mail:
    """Return the letter that confirms an order."""
    lines = [
        f"{line.quantity} x {line.book.title}: {line.unit_price:.2f}"
        for line in order.lines
    ]
    body = [
        f"Dear {order.user.name},",
        "",
        *lines,
        f"Shipping to {order.country}: {order.shipping:.2f}",
        f"Total: {order.total:.2f}",
        "",
    ]
    return Mail(
        order_id=order.id,
        recipient=order.user.email,
        subject=f"Your order {order.id}",
        body="\n".join(body),
    )


# endregion


# region: deliver
async def deliver(sessions: Sessions, order_id: int) -> None:
    """Send the letter of an order, once.

    It takes a session of its own: that of the request may be gone.
    """
    async with sessions() as db:
        unsent = Mail.sent_at.is_(None)
        await db.execute(
            update(Mail)
            .where(Mail.order_id == order_id, unsent)
            .values(sent_at=now()),
        )
        await db.commit()


# endregion


# region: deliver-rest
async def deliver_rest(sessions: Sessions) -> None:
    """Send what was left unsent, if the database is there."""
    try:
        async with sessions() as db:
            unsent = Mail.sent_at.is_(None)
            left = await db.scalars(select(Mail.order_id).where(unsent))
            numbers = left.all()
        for order_id in numbers:
            await deliver(sessions, order_id)
    except SQLAlchemyError as error:
        # The shop starts without it, and says so when it is asked.
        log.warning("The letters that were left have to wait: %s", error)


# endregion
