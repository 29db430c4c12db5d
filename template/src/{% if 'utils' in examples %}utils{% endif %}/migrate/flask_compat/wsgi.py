"""The application for servers and test clients that speak WSGI.

A request goes through the ASGI application as from uvicorn. Flask's part of
it runs in the thread that called, as tests expect of a Flask application.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from contextvars import copy_context
from threading import Event, Thread
from typing import Any
from urllib.parse import quote

import anyio
from anyio import to_thread
from starlette.types import ASGIApp, Message, Scope
from werkzeug.datastructures import EnvironHeaders
from werkzeug.http import HTTP_STATUS_CODES
from werkzeug.wsgi import ClosingIterator, get_input_stream

from .answers import CALLER, NAMES
from .environ import GIVEN, Environ
from .threads import RequestThread


def call(
    application: ASGIApp, environ: Environ, start_response: Any
) -> Iterable[bytes]:
    """Answer a request of WSGI with an application of ASGI.

    Arguments:
        application: The application; its lifespan does not run.
        environ: The request.
        start_response: What takes the status and the headers.

    Returns:
        The body, made while it is read.

    Raises:
        Exception: What the application raises before its answer.
    """
    request = _Request(application, environ)
    start = request.begin()
    status = start["status"]
    names: dict[str, str] = start.get(NAMES, {})
    headers = [
        (names.get(name, name.title()), value)
        for name, value in (
            (name.decode("latin-1"), value.decode("latin-1"))
            for name, value in start["headers"]
        )
    ]
    phrase = HTTP_STATUS_CODES.get(status, "Unknown").upper()
    start_response(f"{status} {phrase}", headers)
    return ClosingIterator(request.chunks(), request.close)


class _Request:
    """One request: an event loop in a thread, steps of Flask in this one."""

    def __init__(self, application: ASGIApp, environ: Environ) -> None:
        self._application = application
        self._environ = environ
        self._caller = RequestThread()
        self._messages: deque[Message] = deque()
        self._failure: BaseException | None = None
        self._finished = False
        self._gone = Event()

    def begin(self) -> Message:
        """Start the application and wait until its answer begins."""
        context = copy_context()
        loop = Thread(target=context.run, args=(self._run,), daemon=True)
        loop.start()
        while not self._messages and self._step():
            pass
        # An error of Flask's is raised after the page that tells of it.
        while self._caller.failed and self._step():
            pass
        self._raise_failure()
        return self._messages.popleft()

    def chunks(self) -> Iterator[bytes]:
        """Give the parts of the body, one after the other."""
        while self._messages or self._step():
            while self._messages:
                if chunk := self._messages.popleft()["body"]:
                    yield chunk
        self._raise_failure()

    def close(self) -> None:
        """Let the application know that nobody listens; wait for it."""
        self._gone.set()
        while self._step():
            pass

    def _step(self) -> bool:
        """Do one step; False after the last one."""
        if self._finished:
            return False
        step = self._caller.steps.get()
        if step is not None:
            step()
            return True
        self._finished = True
        return False

    def _raise_failure(self) -> None:
        failure, self._failure = self._failure, None
        if failure is not None:
            raise failure

    def _run(self) -> None:
        try:
            anyio.run(self._serve)
        except BaseException as error:
            self._failure = error
        finally:
            self._caller.finish()

    async def _serve(self) -> None:
        stream = get_input_stream(self._environ)
        ended = False

        async def receive() -> Message:
            nonlocal ended
            if ended:
                await to_thread.run_sync(
                    self._gone.wait, abandon_on_cancel=True
                )
                return {"type": "http.disconnect"}
            body = stream.read(64 * 1024)
            ended = not body
            more = not ended
            return {"type": "http.request", "body": body, "more_body": more}

        async def send(message: Message) -> None:
            self._caller.steps.put(lambda: self._messages.append(message))

        scope = _scope(self._environ)
        scope[CALLER] = self._caller
        await self._application(scope, receive, send)


def _scope(environ: Environ) -> Scope:
    root = environ.get("SCRIPT_NAME", "").encode("latin-1")
    path = root + environ.get("PATH_INFO", "").encode("latin-1")
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": environ["SERVER_PROTOCOL"].removeprefix("HTTP/"),
        "method": environ["REQUEST_METHOD"],
        "scheme": environ["wsgi.url_scheme"],
        "path": path.decode("utf-8", "replace"),
        "raw_path": quote(path, safe="/:@!$&'()*+,;=~").encode(),
        "root_path": root.decode("utf-8", "replace"),
        "query_string": environ.get("QUERY_STRING", "").encode("latin-1"),
        "headers": [
            (name.lower().encode("latin-1"), value.encode("latin-1"))
            for name, value in EnvironHeaders(environ)
        ],
        "server": (environ["SERVER_NAME"], int(environ["SERVER_PORT"] or 0)),
        "client": (environ.get("REMOTE_ADDR", ""), 0),
        GIVEN: environ,
    }
