"""What happens around every request, as layers of ASGI."""

import logging
import re
from time import perf_counter
from uuid import uuid4

from fastapi import Request
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .errors import failed

log = logging.getLogger(__name__)

REQUEST_ID = re.compile(r"[A-Za-z0-9-]{1,64}")


# region: request-id
class RequestNames:
    """Gives the request a name by which its traces can be found."""

    def __init__(self, app: ASGIApp) -> None:
        """Stand before an application."""
        self.app = app

    async def __call__(
        self,
        scope: Scope,
        receive: Receive,
        send: Send,
    ) -> None:
        """Call the application, and sign and log its answer."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        offered = Headers(scope=scope).get("X-Request-ID", "")
        harmless = REQUEST_ID.fullmatch(offered)
        name = offered if harmless else uuid4().hex
        started = perf_counter()

        async def send_named(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["X-Request-ID"] = name
                headers["X-Content-Type-Options"] = "nosniff"
                log.info(
                    "%s %s %s %d %.1f ms",
                    name,
                    scope["method"],
                    scope["path"],
                    message["status"],
                    1000 * (perf_counter() - started),
                )
            await send(message)

        await self.app(scope, receive, send_named)


# endregion


# region: failures
class Failures:
    """Answers what nobody expected, inside the layers that sign answers.

    A handler for Exception would stand outside of them all, and its
    answers would bear no name.
    """

    def __init__(self, app: ASGIApp) -> None:
        """Stand before an application."""
        self.app = app

    async def __call__(
        self,
        scope: Scope,
        receive: Receive,
        send: Send,
    ) -> None:
        """Call the application, and answer for it when it fails."""
        started = False

        async def send_noted(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self.app(scope, receive, send_noted)
        except Exception as error:
            # Half an answer cannot be mended: the server hangs up.
            if scope["type"] != "http" or started:
                raise
            response = await failed(Request(scope), error)
            await response(scope, receive, send)


# endregion


# region: body-limit
class BodyLimit:
    """Refuses bodies that are too large, when they are read."""

    def __init__(self, app: ASGIApp, limit: int) -> None:
        """Stand before an application."""
        self.app = app
        self.limit = limit

    async def __call__(
        self,
        scope: Scope,
        receive: Receive,
        send: Send,
    ) -> None:
        """Call the application, and count what it reads."""
        received = 0

        async def receive_counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received <= self.limit:
                return message
            # Heard out, within reason: a client that is cut off in the
            # middle of its words may not read the answer.
            while message.get("more_body") and received < 16 * self.limit:
                message = await receive()
                received += len(message.get("body", b""))
            raise HTTPException(413)

        await self.app(scope, receive_counted, send)


# endregion
