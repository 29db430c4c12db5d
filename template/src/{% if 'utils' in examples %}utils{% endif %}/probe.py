"""Send requests to a web application, and keep all that it answers."""

import http.client
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import msgspec
import msgspec.yaml

TIMEOUT = 10.0


class ProbeError(Exception):
    """The requests cannot be read, or nobody is there to answer them."""


class Request(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A request, as a file of requests states it.

    Attributes:
        path: with its query, from the base URL on.
        json: what is sent as JSON; `form` and `body` are the other choices.
        ignore: differences that are meant, such as "header etag".
    """

    path: str
    method: str = "GET"
    headers: dict[str, str] = {}
    json: Any = None
    form: dict[str, str] | None = None
    body: str | None = None
    ignore: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what cannot be sent."""
        if not self.path.startswith("/") or not self.path.isascii():
            raise ValueError("a path begins with / and is ASCII, %-encoded")
        if any(character <= " " for character in self.path):
            raise ValueError("a path has no spaces; write %20")
        if not (self.method.isascii() and self.method.isupper()):
            raise ValueError("a method is written in capitals")
        if sum(c is not None for c in (self.json, self.form, self.body)) > 1:
            raise ValueError("only one of json, form and body can be sent")

    @property
    def title(self) -> str:
        """The request in a few words."""
        return f"{self.method} {self.path}"

    def content(self) -> tuple[dict[str, str], bytes | None]:
        """Return what is sent, and the headers that go with it."""
        if self.json is not None:
            kind, text = "application/json", json.dumps(self.json)
        elif self.form is not None:
            kind = "application/x-www-form-urlencoded"
            text = urlencode(self.form)
        elif self.body is not None:
            kind, text = "text/plain; charset=utf-8", self.body
        else:
            return dict(self.headers), None
        return {"Content-Type": kind, **self.headers}, text.encode()


# What the frameworks answer by themselves, before any code of yours.
DEFAULT_REQUESTS: tuple[Request, ...] = (
    Request("/"),
    Request("/", method="HEAD"),
    Request("/", method="OPTIONS"),
    Request("/", method="DELETE"),
    Request("/there-is-no-such-page"),
)


def read_requests(path: Path) -> tuple[Request, ...]:
    """Return the requests of a YAML file.

    Raises:
        ProbeError: it cannot be read, or states no requests.
    """
    try:
        data = path.read_bytes()
        requests = msgspec.yaml.decode(data, type=tuple[Request, ...])
    except OSError as error:
        raise ProbeError(f"{path} cannot be read: {error.strerror}") from error
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        reason = " ".join(str(error).split())
        raise ProbeError(f"{path} states no requests: {reason}") from error
    if not requests:
        raise ProbeError(f"{path} is an empty list; add a request")
    return requests


@dataclass(frozen=True)
class Cookie:
    """A cookie as it was set: attributes have lower-case names."""

    name: str
    value: str
    attributes: dict[str, str]

    @classmethod
    def parse(cls, header: str) -> "Cookie":
        """Read a Set-Cookie header."""
        pair, *rest = (part.strip() for part in header.split(";"))
        name, _, value = pair.partition("=")
        parts = (part.partition("=") for part in rest)
        attributes = {key.lower(): what for key, _, what in parts}
        return cls(name, value, attributes)


@dataclass(frozen=True)
class Answer:
    """All that a client can observe; status 0 says that none came."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    reason: str = ""

    def values(self, name: str) -> list[str]:
        """Return the values of a header, in the order they were sent."""
        return [value for key, value in self.headers if key == name]

    @property
    def cookies(self) -> dict[str, Cookie]:
        """The cookies that it sets, by name."""
        cookies = map(Cookie.parse, self.values("set-cookie"))
        return {cookie.name: cookie for cookie in cookies}


@dataclass
class Application:
    """A running application, and the cookies that it has set so far."""

    url: str
    timeout: float = TIMEOUT
    _cookies: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse what is no address of an application."""
        self.url = self.url.rstrip("/")
        try:
            parts = urlsplit(self.url)
            complete = bool(parts.hostname) and parts.port != 0
        except ValueError:
            complete = False
        if not complete or parts.scheme not in ("http", "https"):
            message = "is no base URL; write one such as http://127.0.0.1:8000"
            raise ProbeError(f"{self.url!r} {message}")

    # region: send
    def send(self, request: Request) -> Answer:
        """Send a request on a connection of its own; follow nothing.

        An application that hangs up or is silent gives an answer as well:
        one of status 0. One that is not there is an error.
        """
        headers, body = request.content()
        if self._cookies:
            cookies = self._cookies.items()
            headers["Cookie"] = "; ".join(f"{k}={v}" for k, v in cookies)
        parts = urlsplit(self.url)
        connection = self._connect()
        try:
            path = parts.path + request.path
            connection.request(request.method, path, body, headers)
            response = connection.getresponse()
            pairs = tuple((k.lower(), v) for k, v in response.getheaders())
            answer = Answer(response.status, pairs, response.read())
        except (OSError, http.client.HTTPException) as error:
            return Answer(0, reason=type(error).__name__)
        finally:
            connection.close()
        self._keep_cookies(answer)
        return answer

    # endregion

    def _connect(self) -> http.client.HTTPConnection:
        parts = urlsplit(self.url)
        kind: type[http.client.HTTPConnection] = http.client.HTTPConnection
        if parts.scheme == "https":
            kind = http.client.HTTPSConnection
        host = parts.hostname or ""
        connection = kind(host, parts.port, timeout=self.timeout)
        try:
            connection.connect()
        except OSError as error:
            message = f"{self.url} cannot be reached: {error}"
            raise ProbeError(message) from error
        return connection

    def _keep_cookies(self, answer: Answer) -> None:
        for cookie in answer.cookies.values():
            age = cookie.attributes.get("max-age", "")
            if age.lstrip("-").isdecimal() and int(age) <= 0:
                self._cookies.pop(cookie.name, None)
            else:
                self._cookies[cookie.name] = cookie.value
