"""Send requests to a running application, as a browser keeps a session."""

import json
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from html.parser import HTMLParser
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any
from urllib.parse import parse_qsl, urlencode

import httpx2

from ...probe import Answer, Request
from .generated import Sent

# No answer that people compare is longer.
LARGEST_BODY = 8_000_000
HEADERS = {"User-Agent": "verify", "Accept-Encoding": "identity"}
# Hidden fields of a form that are good for one session only.
OF_A_SESSION = ("csrf", "token", "nonce")
# What is shorter is a word rather than a token.
SHORTEST_TOKEN = 16
TYPE = "content-type"
FORM = "application/x-www-form-urlencoded"
# No answer came, or the request is none that can be sent.
REFUSED = (httpx2.HTTPError, httpx2.InvalidURL, UnicodeEncodeError)
# So many requests in a row without an answer say that none will come.
MOST_SILENT = 5


class _Loopback(httpx2.BaseTransport):
    """Asks a port of this machine, whatever host a request names.

    Both sides see the same host in every request, so that the addresses
    that they make of it are the same.
    """

    def __init__(self, port: int) -> None:
        self._port = port
        # A connection that a server closes after an error is never reused.
        limits = httpx2.Limits(max_keepalive_connections=0)
        self._inner = httpx2.HTTPTransport(trust_env=False, limits=limits)

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send a request to the port."""
        url = request.url.copy_with(
            scheme="http", host="127.0.0.1", port=self._port
        )
        moved = httpx2.Request(
            request.method,
            url,
            headers=request.headers,
            stream=request.stream,
            extensions=request.extensions,
        )
        return self._inner.handle_request(moved)

    def close(self) -> None:
        """Close all connections."""
        self._inner.close()


class _Hidden(HTMLParser):
    """The hidden fields of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}

    def handle_starttag(
        self,
        tag: str,
        attrs: list[tuple[str, str | None]],
    ) -> None:
        """Remember the field, if it is one."""
        found = dict(attrs)
        name = found.get("name")
        is_hidden = (found.get("type") or "").lower() == "hidden"
        if tag == "input" and is_hidden and name:
            self.fields[name] = found.get("value") or ""


class Session:
    """One visit to an application: its cookies, and its last forms."""

    def __init__(self, port: int, patience: float) -> None:
        # Browsers send secure cookies to this machine without TLS as well.
        policy = DefaultCookiePolicy(secure_protocols=("http", "https"))
        self._client = httpx2.Client(
            transport=_Loopback(port),
            headers=HEADERS,
            cookies=CookieJar(policy),
            timeout=patience,
            trust_env=False,
        )
        self._patience = patience
        # What stands in recorded requests, and what this session got for it.
        self._own_values: dict[str, str] = {}
        self._hidden: dict[str, str] = {}

    def __enter__(self) -> "Session":
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close all connections."""
        self._client.close()

    def send(self, request: Request) -> Answer:
        """Send a request, and follow nothing; status 0 is no answer."""
        headers, body = request.content()
        headers = {key: self._owned(value) for key, value in headers.items()}
        path = self._owned(request.path)
        host = next(
            (v for name, v in headers.items() if name.lower() == "host"),
            "localhost",
        )
        status, reason = 0, ""
        pairs: tuple[tuple[str, str], ...] = ()
        received: list[bytes] = []
        try:
            with self._client.stream(
                request.method,
                # Cookies are kept for paths; what is sent is the target.
                f"http://{host}{path}",
                headers=headers,
                content=body and self._own(headers, body),
                extensions={"target": path.encode()},
            ) as response:
                status, pairs = response.status_code, _pairs(response)
                end = time.monotonic() + self._patience
                reason = _receive(response, received, end)
        except REFUSED as error:
            reason = type(error).__name__
        answer = Answer(status, pairs, b"".join(received), reason)
        self._remember(answer)
        return answer

    def learn(self, recorded: Any, answer: Answer) -> None:
        """Remember what took the place of values that were recorded.

        A browser's program sends back a token that it was given. This
        session was given another one, in the same place of the answer.

        Args:
            recorded: what was answered when the request was recorded.
            answer: what was answered now.
        """
        if recorded is None:
            return
        with suppress(ValueError):
            pairs = _replaced(recorded, json.loads(answer.body))
            self._own_values.update(
                (before, now)
                for before, now in pairs
                if before != now and len(before) >= SHORTEST_TOKEN
            )

    def _owned(self, text: str) -> str:
        for recorded, own in self._own_values.items():
            text = text.replace(recorded, own)
        return text

    def _own(self, headers: dict[str, str], body: bytes) -> bytes:
        """Return a form with the tokens of this session in it."""
        kinds = (v for name, v in headers.items() if name.lower() == TYPE)
        if not next(kinds, "").startswith(FORM):
            return self._owned(body.decode("utf-8", "replace")).encode()
        pairs = parse_qsl(body.decode("utf-8", "replace"), True)
        own = [
            (name, self._hidden.get(name, value) if _is_token(name) else value)
            for name, value in pairs
        ]
        return body if own == pairs else urlencode(own).encode()

    def _remember(self, answer: Answer) -> None:
        kind = "".join(answer.values("content-type"))
        if answer.body and kind.startswith("text/html"):
            page = _Hidden()
            page.feed(answer.body.decode("utf-8", "replace"))
            self._hidden = page.fields or self._hidden


def _replaced(recorded: Any, own: Any) -> Iterator[tuple[str, str]]:
    """Yield the texts of JSON, with those that now stand in their place."""
    if isinstance(recorded, dict) and isinstance(own, dict):
        for key in recorded.keys() & own.keys():
            yield from _replaced(recorded[key], own[key])
    elif isinstance(recorded, list) and isinstance(own, list):
        for pair in zip(recorded, own, strict=False):
            yield from _replaced(*pair)
    elif isinstance(recorded, str) and isinstance(own, str):
        yield recorded, own


def _pairs(response: httpx2.Response) -> tuple[tuple[str, str], ...]:
    return tuple(
        (name.decode("latin-1").lower(), value.decode("latin-1"))
        for name, value in response.headers.raw
    )


def _is_token(name: str) -> bool:
    return any(word in name.lower() for word in OF_A_SESSION)


def _receive(
    response: httpx2.Response,
    received: list[bytes],
    end: float,
) -> str:
    """Receive a body; return why it was not received to its end, or ""."""
    size = 0
    for part in response.iter_raw():
        received.append(part)
        size += len(part)
        if size > LARGEST_BODY:
            return "longer than is compared"
        if time.monotonic() > end:
            return "without an end"
    return ""


def replayed(
    every: Iterable[Sent],
    port: int,
    patience: float,
    check: Callable[[Request, bool], None],
) -> list[Answer]:
    """Send requests in order, in one session, and return the answers.

    Args:
        every: what to send.
        port: where the application listens.
        patience: how many seconds an answer may take.
        check: called after each request that nobody answered, and told
            whether it is one of many in a row.
    """
    answers = []
    silent = 0
    with Session(port, patience) as session:
        for sent in every:
            request = sent.request
            answer = session.send(request)
            session.learn(sent.answer, answer)
            # Flask answers OPTIONS without the application's code.
            if request.method != "OPTIONS":
                silent = 0 if answer.status else silent + 1
            if not answer.status:
                check(request, silent >= MOST_SILENT)
            answers.append(answer)
    return answers
