"""Read requests that were recorded: lines of JSON, or an HTTP archive.

A line is an object: `path` with its query and, as needed, `method` (GET),
`headers`, and one of `json`, `form` and `body` (a text). An archive is
HAR 1.2, as browsers and proxies write it; long texts in its answers of JSON,
such as tokens, are replaced in later requests by what each side gave instead.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

import msgspec
import msgspec.json

from ...probe import Request
from ..discovery import MigrateError

# What belongs to a connection, or to the session that was recorded: each
# side has cookies of its own.
OF_THE_RECORDING = {
    *("cookie", "connection", "content-length", "transfer-encoding"),
    *("accept-encoding", "keep-alive", "upgrade-insecure-requests"),
}
# What an address that is encoded already may hold.
SAFE = "%/:?#[]@!$&'()*+,;=~"
FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Recorded:
    """A request that was recorded.

    Attributes:
        request: the request.
        answer: what was answered then, if that was JSON.
    """

    request: Request
    answer: Any = None


class _Pair(msgspec.Struct):
    name: str
    value: str = ""


class _PostData(msgspec.Struct, rename="camel"):
    mime_type: str = ""
    text: str | None = None
    params: list[_Pair] = []


class _Asked(msgspec.Struct, rename="camel"):
    method: str
    url: str
    headers: list[_Pair] = []
    post_data: _PostData | None = None


class _Content(msgspec.Struct):
    text: str | None = None


class _Answered(msgspec.Struct):
    content: _Content = msgspec.field(default_factory=_Content)


class _Entry(msgspec.Struct):
    request: _Asked
    response: _Answered = msgspec.field(default_factory=_Answered)


class _Log(msgspec.Struct):
    entries: list[_Entry]


class _Archive(msgspec.Struct):
    log: _Log


def read_recorded(path: Path) -> tuple[Recorded, ...]:
    """Return the requests of a file.

    Raises:
        MigrateError: it cannot be read, or holds no requests.
    """
    shown = path.as_posix()
    try:
        data = path.read_bytes()
    except OSError as error:
        message = f"{shown}: cannot be read: {error.strerror}"
        raise MigrateError(message) from error
    requests = _archive(data, shown) or tuple(_lines(data, shown))
    if not requests:
        raise MigrateError(f"{shown}: there are no requests in it")
    return requests


def _lines(data: bytes, shown: str) -> Iterator[Recorded]:
    for number, line in enumerate(data.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            yield Recorded(msgspec.json.decode(line, type=Request))
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            message = f"{shown}:{number}: is no request: {error}"
            raise MigrateError(message) from error


def _archive(data: bytes, shown: str) -> tuple[Recorded, ...]:
    """Return the requests of an archive; none if it is something else."""
    try:
        whole: Any = msgspec.json.decode(data)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return ()
    if not isinstance(whole, dict) or "log" not in whole:
        return ()
    try:
        archive = msgspec.convert(whole, _Archive)
        return tuple(
            Recorded(_request(entry.request), _answer(entry.response))
            for entry in _of_one_host(archive.log.entries)
        )
    except (msgspec.MsgspecError, ValueError) as error:
        message = f"{shown}: is no archive that can be read: {error}"
        raise MigrateError(message) from error


def _of_one_host(entries: list[_Entry]) -> Iterator[_Entry]:
    """Yield what was asked of the first host: pages load from others too."""
    addresses = [urlsplit(entry.request.url) for entry in entries]
    web = [one for one in addresses if one.scheme in ("http", "https")]
    for entry, address in zip(entries, addresses, strict=True):
        if address in web and address.netloc == web[0].netloc:
            yield entry


def _answer(answered: _Answered) -> Any:
    try:
        return msgspec.json.decode(answered.content.text or "")
    except msgspec.MsgspecError:
        return None


def _request(asked: _Asked) -> Request:
    parts = urlsplit(asked.url)
    path = quote(parts.path or "/", safe=SAFE)
    if parts.query:
        path = f"{path}?{quote(parts.query, safe=SAFE)}"
    headers = {
        pair.name: pair.value
        for pair in asked.headers
        if not pair.name.startswith(":")
        and pair.name.lower() not in OF_THE_RECORDING
    }
    headers.setdefault("Host", parts.netloc)
    posted = asked.post_data
    if posted is None:
        return Request(path, asked.method, headers)
    kind = posted.mime_type.partition(";")[0].strip().lower()
    pairs = [(pair.name, pair.value) for pair in posted.params]
    if kind == FORM:
        pairs = pairs or parse_qsl(posted.text or "", keep_blank_values=True)
        names = [name for name, _ in pairs]
        if len(set(names)) == len(names):
            kept = _without_kind(headers)
            return Request(path, asked.method, kept, form=dict(pairs))
    if posted.text is None:
        return Request(path, asked.method, headers)
    if posted.mime_type:
        headers = {
            **_without_kind(headers),
            "Content-Type": posted.mime_type,
        }
    return Request(path, asked.method, headers, body=posted.text)


def _without_kind(headers: dict[str, str]) -> dict[str, str]:
    return {
        name: value
        for name, value in headers.items()
        if name.lower() != "content-type"
    }
