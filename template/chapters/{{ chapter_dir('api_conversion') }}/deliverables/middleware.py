"""Layers of pure ASGI: a name for each request, its time, safe headers.

Each is a call around a call, in the same task, so context variables reach
from one side to the other and nothing is held back while it streams.
"""

import logging
import re
from contextvars import ContextVar
from time import perf_counter
from uuid import uuid4

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = logging.getLogger(__name__)

HARMLESS = re.compile(r"[A-Za-z0-9-]{1,64}")
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
}
# What a log filter puts on each line.
request_id: ContextVar[str] = ContextVar("request_id", default="-")


# region: request-name
class RequestName:
    """Gives the request a name, in the log and in the answer."""

    def __init__(self, app: ASGIApp) -> None:
        """Stand before an application."""
        self.app = app

    async def __call__(
        self,
        scope: Scope,
        receive: Receive,
        send: Send,
    ) -> None:
        """Call the application under a name."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        offered = Headers(scope=scope).get("X-Request-ID", "")
        # Only a harmless one is taken over: it ends up in logs.
        name = offered if HARMLESS.fullmatch(offered) else uuid4().hex

        async def send_named(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["X-Request-ID"] = name
            await send(message)

        token = request_id.set(name)
        try:
            await self.app(scope, receive, send_named)
        finally:
            request_id.reset(token)


# endregion


# region: timing
class Timing:
    """Logs how long an answer took, to its last byte."""

    def __init__(self, app: ASGIApp) -> None:
        """Stand before an application."""
        self.app = app

    async def __call__(
        self,
        scope: Scope,
        receive: Receive,
        send: Send,
    ) -> None:
        """Call the application, and look at the clock."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = perf_counter()
        # None is what a client sees that left before the answer began.
        status = None

        async def send_noted(message: Message) -> None:
            nonlocal status
            status = message.get("status", status)
            await send(message)

        try:
            await self.app(scope, receive, send_noted)
        finally:
            milliseconds = 1000 * (perf_counter() - started)
            path = scope["path"]
            log.info("%s %s %.1f ms", path, status, milliseconds)


# endregion


# region: safe-headers
class SafeHeaders:
    """Adds the headers that every answer must have."""

    def __init__(self, app: ASGIApp) -> None:
        """Stand before an application."""
        self.app = app

    async def __call__(
        self,
        scope: Scope,
        receive: Receive,
        send: Send,
    ) -> None:
        """Call the application, and add to its headers."""

        async def send_safe(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        await self.app(scope, receive, send_safe)


# endregion
