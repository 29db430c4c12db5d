"""Answers of a WSGI application as a response of Starlette."""

from collections.abc import Iterable, Iterator
from functools import partial
from itertools import chain
from typing import Any

import anyio
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send
from werkzeug.exceptions import ClientDisconnected
from werkzeug.routing import Rule
from werkzeug.wsgi import ClosingIterator

from .environ import INPUT, Body, Environ, Recorded, build, has_body
from .threads import RequestThread, beside, with_thread

# The names of headers as they were written: those of ASGI are in lower case.
NAMES = "flask_compat.names"

_BODY = "http.response.body"

# The thread of a WSGI server that waits for the answer, in the scope.
CALLER = "flask_compat.caller"
# The rule whose dependencies FastAPI asked, in the environment.
RULE = "flask_compat.rule"
# What FastAPI read for the view, in the environment.
ARGUMENTS = "flask_compat.arguments"
# What FastAPI may have read of the body, in the scope.
BODY = "flask_compat.body"


class Exchange:
    """One call of a WSGI application, in steps of one thread."""

    def __init__(self, application: Any, environ: Environ) -> None:
        self._application = application
        self._environ = environ
        self._written: list[bytes] = []
        self._chunks: Iterator[bytes] = iter(())
        self._start: Message = {}
        self._left: int | None = None

    def begin(self, thread: RequestThread) -> tuple[Message, Message]:
        """Call the application.

        Arguments:
            thread: The thread of the request, which closes the answer.

        Returns:
            The start of the answer, and its first part.
        """
        answer: Iterable[bytes] = self._application(
            self._environ, self._start_response
        )
        thread.closing.callback(ClosingIterator(answer).close)
        self._chunks = filter(None, chain(self._written, answer))
        # An application may start its answer as late as with its first part.
        first = next(self._chunks, b"")
        headers = dict(self._start["headers"])
        if b"content-length" in headers:
            self._left = int(headers[b"content-length"])
        return self._start, self._part(first)

    def part(self) -> Message:
        """Take the next part of the answer."""
        return self._part(next(self._chunks, b""))

    def _part(self, chunk: bytes) -> Message:
        if self._left is not None and chunk:
            self._left -= len(chunk)
        more = bool(chunk)
        if self._left == 0:
            # Its end comes at once, and saves a switch to the thread.
            rest = list(self._chunks)
            chunk, more = b"".join([chunk, *rest]), False
        return {"type": _BODY, "body": chunk, "more_body": more}

    def _start_response(
        self, status: str, headers: list[tuple[str, str]], _error: Any = None
    ) -> Any:
        self._start = {
            "type": "http.response.start",
            "status": int(status.split(" ", 1)[0]),
            "headers": [
                (name.lower().encode("latin-1"), value.encode("latin-1"))
                for name, value in headers
            ],
            NAMES: {name.lower(): name for name, _ in headers},
        }
        return self._written.append


class FlaskAnswer(Response):
    """A response that is made by Flask while it is sent."""

    def __init__(
        self,
        host: Any,
        rule: Rule | None = None,
        arguments: dict[str, Any] | None = None,
    ) -> None:
        super().__init__()
        self._host = host
        self._rule = rule
        self._arguments = arguments or {}

    async def __call__(
        self, scope: Scope, receive: Receive, send: Send
    ) -> None:
        async def serve(thread: RequestThread) -> None:
            await self._serve(thread, scope, receive, send)

        caller: RequestThread | None = scope.get(CALLER)
        if caller is None:
            await with_thread(serve)
        else:
            try:
                await serve(caller)
            finally:
                await caller.run(caller.closing.close)
        if self.background is not None:
            await self.background()

    async def _serve(
        self,
        thread: RequestThread,
        scope: Scope,
        receive: Receive,
        send: Send,
    ) -> None:
        recorded: Recorded | None = scope.get(BODY)
        if recorded is not None:
            receive = recorded.again()
        body = Body(receive)
        environ = build(scope)
        environ["wsgi.input"] = body.file()
        environ[INPUT] = body
        environ[RULE], environ[ARGUMENTS] = self._rule, self._arguments
        exchange = Exchange(self._host.wsgi_app, environ)
        start, part = await thread.run(exchange.begin, thread)
        await send(start)
        await send(part)
        if not part["more_body"]:
            return
        # What waits for a disconnect would take the rest of the body.
        if not body.ended and body.rest_is_small(environ):
            try:
                await thread.run(body.read_ahead, None)
            except ClientDisconnected:
                return
        watched = receive if body.ended or not has_body(environ) else None
        await _send_rest(thread, exchange, watched, send)


async def _send_rest(
    thread: RequestThread,
    exchange: Exchange,
    watched: Receive | None,
    send: Send,
) -> None:
    """Send an answer until its end, or until its client has gone."""
    gone = anyio.Event()

    async def watch(receive: Receive) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        gone.set()

    async def send_parts() -> None:
        more = True
        while more and not gone.is_set():
            part = await thread.run(exchange.part)
            await send(part)
            more = part["more_body"]

    if watched is None:
        await send_parts()
    else:
        await beside(send_parts, partial(watch, watched))
