"""Make requests from the rules of an application.

The same rules give the same requests in the same order: first what only
reads, then what writes, what reads again, what the rules refuse, and last
what deletes.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from werkzeug.routing.rules import parse_converter_args

from ...probe import Request
from ..convert.paths import VARIABLE
from ..mounting import Route
from .targets import Fields

UUID = "12345678-1234-4234-8234-123456789abc"
# What does not fit a converter of Werkzeug, though others may take it.
MISFITS: Mapping[str, tuple[str, ...]] = {
    "int": ("x", "-1", "1.0", "+1", "1_0"),
    "float": ("x", "1", "-1.5", "1e3"),
    "uuid": ("x", UUID.replace("-", ""), UUID.upper()),
    "any": ("none-of-these",),
}
READS = ("GET", "HEAD", "OPTIONS")
WRITES = ("POST", "PUT", "PATCH")
NOT_ALLOWED = ("DELETE", "PATCH", "PUT", "POST", "GET")
JSON = {"Content-Type": "application/json"}


@dataclass(frozen=True)
class Sent:
    """A request that both sides are sent.

    Attributes:
        request: the request.
        route: the route that it is about, where one is known.
        proves: whether a good answer says that the view of the route ran.
        answer: what was answered when it was recorded, if that was JSON.
    """

    request: Request
    route: Route | None = None
    proves: bool = False
    answer: Any = None


def generated(
    routes: Iterable[Route],
    fields: Mapping[Route, Fields],
    root: Path,
) -> tuple[Sent, ...]:
    """Return requests for all routes.

    Args:
        routes: the routes of the application.
        fields: what views read of a request, by route.
        root: the directory of the application, for files that it serves.
    """
    known = [
        (route, path)
        for route in routes
        for path in _samples(route, root)
        if not route.rule.startswith("<?>")
    ]
    stages = (
        _reads(known, fields),
        _writes(known, fields),
        _reads(known, fields),
        _refused(known),
        _deletes(known),
    )
    return tuple(sent for stage in stages for sent in _once(stage))


Known = list[tuple[Route, str]]


def _once(stage: Iterable[Sent]) -> Iterable[Sent]:
    """Return requests without those that were there before."""
    known: dict[object, Sent] = {}
    for sent in stage:
        key = (sent.request.title, repr(sent.request.content()), sent.route)
        known.setdefault(key, sent)
    return known.values()


def _reads(known: Known, fields: Mapping[Route, Fields]) -> Iterator[Sent]:
    for route, path in known:
        for method in READS:
            if method in route.methods:
                yield _plain(route, path, method)
        query = fields.get(route, Fields()).query
        if query and "GET" in route.methods:
            pairs = urlencode(dict.fromkeys(query, "1"))
            yield _plain(route, f"{path}?{pairs}", "GET")


def _writes(known: Known, fields: Mapping[Route, Fields]) -> Iterator[Sent]:
    for route, path in known:
        for method in WRITES:
            if method in route.methods:
                for request in _bodies(path, method, fields.get(route)):
                    yield Sent(request, route, True)


def _bodies(
    path: str,
    method: str,
    fields: Fields | None,
) -> Iterator[Request]:
    yield Request(path, method)
    yield Request(path, method, json={})
    yield Request(path, method, JSON, body='{"broken": ')
    yield Request(path, method, form={"name": "sample"})
    if fields is None:
        return
    if fields.form:
        yield Request(path, method, form=dict.fromkeys(fields.form, "sample"))
        yield Request(path, method, form=dict.fromkeys(fields.form, "1"))
    if fields.json:
        yield Request(path, method, json=dict.fromkeys(fields.json, "sample"))
        yield Request(path, method, json=dict.fromkeys(fields.json, 1))


def _refused(known: Known) -> Iterator[Sent]:
    """Yield what a rule refuses: methods, slashes, values; and no path."""
    allowed: dict[str, set[str]] = defaultdict(set)
    for route, _ in known:
        allowed[route.rule].update(route.methods)
    for route, path in known:
        others = (m for m in NOT_ALLOWED if m not in allowed[route.rule])
        method = next(others, None)
        if method is not None:
            yield Sent(Request(path, method), route)
        own = next((m for m in ("GET", *WRITES) if m in route.methods), None)
        if own is None:
            continue
        if path != "/":
            other = path[:-1] if path.endswith("/") else f"{path}/"
            yield Sent(Request(other, own), route)
        for misfit in _misfits(route.rule):
            yield Sent(Request(misfit, own), route)
    yield Sent(Request("/there-is-no-such-page"))
    yield Sent(Request("/there-is-no-such-page", "POST", json={}))


def _deletes(known: Known) -> Iterator[Sent]:
    for route, path in known:
        if "DELETE" in route.methods:
            yield _plain(route, path, "DELETE")
            yield _plain(route, path, "DELETE")


def _plain(route: Route, path: str, method: str) -> Sent:
    return Sent(Request(path, method), route, method not in READS[1:])


# Paths ---------------------------------------------------------------------


def _samples(route: Route, root: Path) -> Iterator[str]:
    """Yield paths that fit a rule."""
    if "static" in route.options:
        for file in _files(static_folder(route, root)):
            yield _filled(route.rule, [file])
        return
    parameters = list(VARIABLE.finditer(route.rule))
    for values in product(*(_fitting(one)[:2] for one in parameters)):
        path = _filled(route.rule, values)
        if path.startswith("/"):
            yield path


def static_folder(route: Route, root: Path) -> Path:
    """Return the folder of a static route: as Flask calls it, by its path.

    Args:
        route: the route.
        root: the directory of the application.
    """
    name = route.rule.partition("<")[0].rstrip("/").rpartition("/")[2]
    return root / Path(route.file).parent / (name or "static")


def _files(folder: Path) -> Iterator[str]:
    """Yield one file of a folder, and one that is not there."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    first = next(files, None)
    if first is not None:
        yield first.relative_to(folder).as_posix()
        yield "there-is-no-such-file"


def _misfits(rule: str) -> Iterator[str]:
    """Yield paths in which one value does not fit its converter."""
    parameters = list(VARIABLE.finditer(rule))
    good = [_fitting(one)[0] for one in parameters]
    for place, one in enumerate(parameters):
        for value in MISFITS.get(one["converter"] or "", ()):
            values = [*good[:place], value, *good[place + 1 :]]
            yield _filled(rule, values)


def _filled(rule: str, values: Iterable[str]) -> str:
    remaining = iter(values)
    path = VARIABLE.sub(lambda _: next(remaining), rule)
    return quote(path, safe="/:@!$&'()*+,;=~")


def _fitting(parameter: re.Match[str]) -> tuple[str, ...]:
    """Return values that a converter of Werkzeug takes, the best first."""
    converter = parameter["converter"] or "default"
    items, named = _arguments(parameter["arguments"] or "")
    if converter == "int":
        low = named.get("min", items[1] if len(items) > 1 else None)
        first = max(1, int(low)) if isinstance(low, int) else 1
        digits = named.get("fixed_digits", items[0] if items else 0)
        width = digits if isinstance(digits, int) else 0
        return (f"{first:0{width}}", f"{first + 998:0{width}}")
    if converter == "float":
        return ("1.5",)
    if converter == "path":
        return ("a/b", "a")
    if converter == "uuid":
        return (UUID,)
    if converter == "any":
        return tuple(map(str, items)) or ("sample",)
    if converter in ("default", "string"):
        return (_text(items, named),)
    # One of the application's own: a number, or a word.
    return ("1", "sample")


def _text(items: tuple[object, ...], named: Mapping[str, object]) -> str:
    """Return a text of a length that the string converter takes."""
    exact = named.get("length")
    shortest = named.get("minlength", items[0] if items else 1)
    longest = named.get("maxlength", items[1] if len(items) > 1 else None)
    if isinstance(exact, int):
        shortest = longest = exact
    text = "sample"
    if isinstance(shortest, int):
        text = text.ljust(shortest, "e")
    return text[:longest] if isinstance(longest, int) else text


def _arguments(
    text: str,
) -> tuple[tuple[object, ...], Mapping[str, object]]:
    if not text:
        return (), {}
    try:
        items, named = parse_converter_args(text)
    except ValueError:
        return (), {}
    return items, named
