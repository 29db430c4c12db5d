"""What happens around every request, whichever view answers it."""

import logging
import re
from time import perf_counter
from uuid import uuid4

from flask import Flask, Response, current_app, g, request

log = logging.getLogger(__name__)

REQUEST_ID = re.compile(r"[A-Za-z0-9-]{1,64}")


# region: before-request
def _begin() -> None:
    """Give the request a name by which its traces can be found."""
    offered = request.headers.get("X-Request-ID", "")
    # Only a harmless one is taken over: it ends up in logs and headers.
    g.request_id = offered if REQUEST_ID.fullmatch(offered) else uuid4().hex
    g.started = perf_counter()


# endregion


# region: after-request
def _finish(response: Response) -> Response:
    """Name the request in the answer, and tell browsers not to guess."""
    response.headers["X-Request-ID"] = g.request_id
    response.headers["X-Content-Type-Options"] = "nosniff"
    milliseconds = 1000 * (perf_counter() - g.started)
    log.info(
        "%s %s %s %d %.1f ms",
        g.request_id,
        request.method,
        request.path,
        response.status_code,
        milliseconds,
    )
    return response


# endregion


# region: teardown-request
def _forget(error: BaseException | None) -> None:
    """Say which request failed; Flask-SQLAlchemy rolls back by itself."""
    if error is not None:
        current_app.logger.error("request %s failed", g.get("request_id"))


# endregion


def register(app: Flask) -> None:
    """Hang the hooks into the application."""
    app.before_request(_begin)
    app.after_request(_finish)
    app.teardown_request(_forget)
