"""What need not be done before the answer: Celery's tasks."""

from celery import Celery, Task, shared_task
from flask import Flask, current_app
from sqlalchemy import select

from .columns import now
from .extensions import db
from .models import Mail, Order


# region: celery-app
def init_app(app: Flask) -> None:
    """Make a Celery application whose tasks may use the shop's."""

    class ContextTask(Task):
        def __call__(self, *args: object, **kwargs: object) -> object:
            with app.app_context():
                return self.run(*args, **kwargs)

    celery = Celery(app.name, task_cls=ContextTask)
    celery.config_from_object(app.config["CELERY"])
    celery.set_default()
    app.extensions["celery"] = celery


def confirm_later(order_id: int) -> None:
    """Queue the confirmation, in the queue of this application.

    To call the shared task itself would mean the default application's,
    which is another one where a process holds more than one.
    """
    celery: Celery = current_app.extensions["celery"]
    celery.tasks[send_confirmation.name].delay(order_id)


# endregion


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


# region: send-confirmation
# Late acknowledgement: a task whose worker died is given to another.
@shared_task(acks_late=True)
def send_confirmation(order_id: int) -> None:
    """Send the letter that confirms an order, once.

    A queue promises to deliver at least once. What the task did before,
    it finds in the outbox, and leaves it at that.
    """
    query = select(Mail.id).where(Mail.order_id == order_id)
    if db.session.scalar(query) is not None:
        return
    order = db.session.get_one(Order, order_id)
    mail = letter(order)
    mail.sent_at = now()
    db.session.add(mail)
    db.session.commit()


# endregion
