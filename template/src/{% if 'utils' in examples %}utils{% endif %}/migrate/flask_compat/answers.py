"""Answers of a WSGI application as a response of Starlette."""

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

import anyio
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send
from werkzeug.wsgi import ClosingIterator

from .environ import Body, Environ, build, has_body
from .threads import RequestThread, with_thread

# The thread of a WSGI server that waits for the answer, in the scope.
CALLER = "flask_compat.caller"
# What FastAPI read for the view, in the environment.
ARGUMENTS = "flask_compat.arguments"
# The body, if FastAPI read it, in the scope.
BODY = "flask_compat.body"


class Exchange:
    """One call of a WSGI application, in steps of one thread."""

    def __init__(self, application: Any, environ: Environ) -> None:
        self._application = application
        self._environ = environ
        self._written: list[bytes] = []
        self._chunks: Iterator[bytes] = iter(())
        self._start: Message = {}

    def begin(self, thread: RequestThread) -> tuple[Message, bytes | None]:
        """Call the application.

        Arguments:
            thread: The thread of the request, which closes the answer.

        Returns:
            The start of the answer, and its first bytes, if it has any.
        """
        answer: Iterable[bytes] = self._application(
            self._environ, self._start_response
        )
        thread.closing.callback(ClosingIterator(answer).close)
        self._chunks = filter(None, chain(self._written, answer))
        # An application may start its answer as late as here.
        first = self.chunk()
        return self._start, first

    def chunk(self) -> bytes | None:
        """Take the next bytes of the answer; None at its end."""
        return next(self._chunks, None)

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
        }
        return self._written.append


class FlaskAnswer(Response):
    """A response that is made by Flask while it is sent."""

    def __init__(self, host: Any, arguments: dict[str, Any]) -> None:
        super().__init__()
        self._host = host
        self._arguments = arguments

    async def __call__(
        self, scope: Scope, receive: Receive, send: Send
    ) -> None:
        async def serve(thread: RequestThread) -> None:
            await self._serve(thread, scope, receive, send)

        caller: RequestThread | None = scope.get(CALLER)
        if caller is None:
            await with_thread(serve)
        else:
            await serve(caller)

    async def _serve(
        self,
        thread: RequestThread,
        scope: Scope,
        receive: Receive,
        send: Send,
    ) -> None:
        if (read := scope.get(BODY)) is not None:
            receive = replayed(read, receive)
        body = Body(receive)
        environ = build(scope)
        environ["wsgi.input"] = body.file()
        environ[ARGUMENTS] = self._arguments
        exchange = Exchange(self._host.wsgi_app, environ)
        start, chunk = await thread.run(exchange.begin, thread)
        await send(start)
        # What waits for a disconnect would take the rest of the body.
        watched = receive if body.ended or not has_body(environ) else None
        await _send_chunks(thread, exchange, chunk, watched, send)
        await thread.run(thread.closing.close)


async def _send_chunks(
    thread: RequestThread,
    exchange: Exchange,
    chunk: bytes | None,
    watched: Receive | None,
    send: Send,
) -> None:
    """Send an answer until its end, or until its client has gone."""
    gone = anyio.Event()

    async def watch(receive: Receive) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        gone.set()

    failure: Exception | None = None
    async with anyio.create_task_group() as tasks:
        if watched is not None:
            tasks.start_soon(watch, watched)
        try:
            while chunk is not None and not gone.is_set():
                await send(_body(chunk, more=True))
                chunk = await thread.run(exchange.chunk)
        except Exception as error:
            failure = error
        tasks.cancel_scope.cancel()
    if failure is not None:
        raise failure
    if not gone.is_set():
        await send(_body(b"", more=False))


def _body(chunk: bytes, more: bool) -> Message:
    return {"type": "http.response.body", "body": chunk, "more_body": more}


def replayed(body: bytes, receive: Receive) -> Receive:
    """Give a body again that was read before.

    Arguments:
        body: The body.
        receive: What comes after it.

    Returns:
        What gives the body first.
    """
    messages = [{"type": "http.request", "body": body, "more_body": False}]

    async def again() -> Message:
        return messages.pop() if messages else await receive()

    return again
