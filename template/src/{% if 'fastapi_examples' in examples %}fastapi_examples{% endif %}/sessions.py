"""Flask's session cookie, read and written without Flask.

While both shops serve one site, whoever logged in at one is logged in at
the other. Afterwards, nobody who was logged in has to do it again.
"""

import hashlib
import json
from typing import Any

from itsdangerous import BadSignature, URLSafeTimedSerializer
from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

COOKIE = "session"
LIFETIME = 31 * 24 * 60 * 60
ATTRIBUTES = "HttpOnly; Path=/; SameSite=Lax"


# region: serializer
class _Compact:
    """JSON without spaces, as Flask has it.

    Flask marks a few kinds of values by tags, such as `{" t": [1, 2]}`
    for a tuple. They are left as they are, and go back as they came.
    """

    @staticmethod
    def dumps(value: Any) -> str:
        return json.dumps(value, separators=(",", ":"))

    @staticmethod
    def loads(text: str | bytes) -> Any:
        return json.loads(text)


def _signer(secret_key: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(
        secret_key,
        salt="cookie-session",
        serializer=_Compact,
        signer_kwargs={
            "key_derivation": "hmac",
            "digest_method": hashlib.sha1,
        },
    )


# endregion


# region: session-state
class SessionState:
    """What a request finds in its session, and whether it changed it."""

    def __init__(self, data: dict[str, Any]) -> None:
        """Begin with what the cookie held."""
        self._data = data
        self.modified = False

    def get(self, name: str) -> Any:
        """Return a value, or None."""
        return self._data.get(name)

    def set(self, name: str, value: Any) -> None:
        """Keep a value."""
        self._data[name] = value
        self.modified = True

    def pop(self, name: str) -> None:
        """Forget a value, if it is there."""
        if name in self._data:
            del self._data[name]
            self.modified = True

    def __bool__(self) -> bool:
        """Return whether anything is kept."""
        return bool(self._data)

    def cookie(self, signer: URLSafeTimedSerializer) -> str | None:
        """Return the cookie to set, or None when the old one will do."""
        if not self.modified:
            return None
        if self._data:
            value = signer.dumps(self._data)
            text = value if isinstance(value, str) else value.decode()
            return f"{COOKIE}={text}; {ATTRIBUTES}"
        past = "Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0"
        return f"{COOKIE}=; {past}; {ATTRIBUTES}"


# endregion


# region: session-layer
class FlaskSessions:
    """Opens the session of every request, and saves it with the answer."""

    def __init__(self, app: ASGIApp, secret_key: str) -> None:
        """Stand before an application."""
        self.app = app
        self.signer = _signer(secret_key)

    def _open(self, cookie: str | None) -> SessionState:
        try:
            data = self.signer.loads(cookie or "", max_age=LIFETIME)
        except BadSignature:
            return SessionState({})
        return SessionState(data)

    async def __call__(
        self,
        scope: Scope,
        receive: Receive,
        send: Send,
    ) -> None:
        """Call the application with a session."""
        if scope["type"] not in {"http", "websocket"}:
            await self.app(scope, receive, send)
            return
        session = self._open(HTTPConnection(scope).cookies.get(COOKIE))
        scope.setdefault("state", {})["session"] = session

        async def send_saved(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                # A cache must not give one visitor's answer to another.
                headers.add_vary_header("Cookie")
                if cookie := session.cookie(self.signer):
                    headers.append("Set-Cookie", cookie)
            await send(message)

        await self.app(scope, receive, send_saved)


# endregion
