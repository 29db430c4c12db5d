"""A request of ASGI as the environment that WSGI servers give it.

PEP 3333, and for what it leaves open Werkzeug 3.1's own server.
"""

import sys
from collections import deque
from collections.abc import Iterator
from io import BufferedReader, RawIOBase
from tempfile import SpooledTemporaryFile
from typing import Any
from urllib.parse import unquote_to_bytes

from starlette.exceptions import HTTPException
from starlette.types import Message, Receive, Scope
from werkzeug.exceptions import ClientDisconnected
from werkzeug.wsgi import FileWrapper

from .threads import await_in_loop

Environ = dict[str, Any]

# The environment that a WSGI server gave, in the scope made of it.
GIVEN = "flask_compat.environ"
# The body of a request, in its environment.
INPUT = "flask_compat.input"

_TERMINATED = "wsgi.input_terminated"

# A file goes to the event loop in pieces of this size: each costs a switch.
_PIECE = 256 * 1024


def build(scope: Scope) -> Environ:
    """Build the environment of a request, but for its body.

    Arguments:
        scope: The request of ASGI.

    Returns:
        What a WSGI server would have given for it.
    """
    root, path = _root_and_path(scope)
    query = scope["query_string"].decode("latin-1")
    uri = scope.get("raw_path", b"").decode("latin-1") or path
    full = f"{uri}?{query}" if query else uri
    host, port = scope.get("server") or ("localhost", 80)
    client, client_port = scope.get("client") or ("", 0)
    environ: Environ = {
        "wsgi.version": (1, 0),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        "wsgi.file_wrapper": _file_wrapper,
        **scope.get(GIVEN, {}),
        "wsgi.url_scheme": scope.get("scheme", "http"),
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": root,
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "REQUEST_URI": full,
        "RAW_URI": full,
        "SERVER_PROTOCOL": f"HTTP/{scope.get('http_version', '1.1')}",
        "SERVER_NAME": host,
        "SERVER_PORT": str(port or ""),
        "REMOTE_ADDR": client,
        "REMOTE_PORT": str(client_port),
    }
    _put_headers(scope, environ)
    return environ


def _root_and_path(scope: Scope) -> tuple[str, str]:
    """Find SCRIPT_NAME and PATH_INFO, bytes written as Latin-1."""
    # A middleware may have changed the path, but not the raw one.
    raw = unquote_to_bytes(scope.get("raw_path") or b"")
    changed = raw.decode("utf-8", "replace") != scope["path"]
    path = scope["path"].encode() if changed else raw
    root = scope.get("root_path", "").rstrip("/").encode()
    if root and (path == root or path.startswith(root + b"/")):
        path = path[len(root) :]
    return root.decode("latin-1"), path.decode("latin-1")


def _put_headers(scope: Scope, environ: Environ) -> None:
    given = [key for key in environ if key.startswith("HTTP_")]
    for key in (*given, "CONTENT_TYPE", "CONTENT_LENGTH"):
        environ.pop(key, None)
    for raw_name, raw_value in scope["headers"]:
        name, value = raw_name.decode("latin-1"), raw_value.decode("latin-1")
        # X_Y could not be told from X-Y any more.
        if "_" in name:
            continue
        key = name.upper().replace("-", "_")
        if key not in ("CONTENT_TYPE", "CONTENT_LENGTH"):
            key = f"HTTP_{key}"
        if key in environ:
            separator = "; " if key == "HTTP_COOKIE" else ","
            value = f"{environ[key]}{separator}{value}"
        environ[key] = value
    # Without a length the body ends where the server says: for Werkzeug the
    # key alone says that it does.
    environ.pop(_TERMINATED, None)
    if "CONTENT_LENGTH" not in environ and _is_streamed(environ):
        environ[_TERMINATED] = True


def _is_streamed(environ: Environ) -> bool:
    if "HTTP_TRANSFER_ENCODING" in environ:
        return True
    return not environ["SERVER_PROTOCOL"].startswith("HTTP/1")


def has_body(environ: Environ) -> bool:
    """Tell whether a request has a body, read or not."""
    return _TERMINATED in environ or environ.get("CONTENT_LENGTH", "0") != "0"


def _file_wrapper(file: Any, _size: int = _PIECE) -> Iterator[bytes]:
    return FileWrapper(file, _PIECE)


class Body(RawIOBase):
    """The body of a request, read from the event loop as it is needed.

    Flask's limits (MAX_CONTENT_LENGTH) are so kept before anything is read.

    Attributes:
        ended: Whether nothing more comes.
    """

    def __init__(self, receive: Receive) -> None:
        self.ended = False
        self._receive = receive
        self._rest = memoryview(b"")
        self._size = 0
        self._ahead: SpooledTemporaryFile[bytes] | None = None

    def readable(self) -> bool:
        return True

    def close(self) -> None:
        if self._ahead is not None:
            self._ahead.close()
        super().close()

    def read_ahead(self, limit: int | None) -> None:
        """Read what is left, into a file of the system if it is much.

        A coroutine cannot wait for the event loop that it runs in.

        Arguments:
            limit: How many bytes are enough; None for all of them.
        """
        if self._ahead is not None:
            return
        # It is closed with the body.
        ahead = SpooledTemporaryFile(_PIECE)  # noqa: SIM115
        while not self.ended and (limit is None or ahead.tell() <= limit):
            ahead.write(self._rest)
            self._take(await_in_loop(self._receive))
        ahead.write(self._rest)
        ahead.seek(0)
        self._rest = memoryview(b"")
        self._ahead = ahead

    def readinto(self, buffer: Any) -> int:
        if self._ahead is not None:
            ahead = self._ahead.read(len(buffer))
            buffer[: len(ahead)] = ahead
            if ahead:
                return len(ahead)
        while not self._rest and not self.ended:
            self._take(await_in_loop(self._receive))
        size = min(len(buffer), len(self._rest))
        buffer[:size] = self._rest[:size]
        self._rest = self._rest[size:]
        return size

    def _take(self, message: Message) -> None:
        if message["type"] == "http.disconnect":
            raise ClientDisconnected
        self._rest = memoryview(message.get("body", b""))
        self._size += len(self._rest)
        self.ended = not message.get("more_body", False)

    def rest_is_small(self, environ: Environ) -> bool:
        """Tell whether little of a body with a length is still to come."""
        length = environ.get("CONTENT_LENGTH", "")
        return length.isdigit() and int(length) - self._size <= _PIECE

    def file(self) -> BufferedReader:
        """Give the body as a file for `wsgi.input`."""
        return BufferedReader(self, _PIECE)


class Recorded:
    """A body that is read by FastAPI and then once more by Flask.

    Arguments:
        receive: What receives it.
        limit: The most bytes that are kept.
    """

    def __init__(self, receive: Receive, limit: int | None) -> None:
        self._receive = receive
        self._limit = limit
        self._size = 0
        self._messages: list[Message] = []

    async def __call__(self) -> Message:
        """Receive a message and keep it.

        Raises:
            HTTPException: 413 for more than the limit.
        """
        message = await self._receive()
        self._size += len(message.get("body", b""))
        if self._limit is not None and self._size > self._limit:
            raise HTTPException(413)
        self._messages.append(message)
        return message

    def again(self) -> Receive:
        """Give what receives the same once more, and what follows."""
        messages = deque(self._messages)

        async def receive() -> Message:
            return messages.popleft() if messages else await self._receive()

        return receive
