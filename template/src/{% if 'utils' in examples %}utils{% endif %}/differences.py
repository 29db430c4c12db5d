"""Say in what two answers to the same request differ."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from itertools import zip_longest
from typing import Any

from .probe import Answer

NONE = "(none)"
# They tell of the server and the moment, or follow from the body.
USUALLY_IGNORED = (
    "header connection",
    "header content-length",
    "header date",
    "header keep-alive",
    "header server",
    "header transfer-encoding",
)


@dataclass(frozen=True)
class Difference:
    """What differs, such as "header etag", and both its forms."""

    what: str
    first: str
    second: str


def differences(
    first: Answer,
    second: Answer,
    ignore: tuple[str, ...] = USUALLY_IGNORED,
) -> list[Difference]:
    """Compare status, headers, cookies and body.

    Args:
        first: an answer.
        second: the other application's answer to the same request.
        ignore: patterns of differences that are meant, such as "body.*".
    """
    pairs = [
        *_pairs("status", _status(first), _status(second)),
        *_headers(first, second),
        *_cookies(first, second),
        *_bodies(first, second),
    ]
    return [pair for pair in pairs if not _is_meant(pair.what, ignore)]


def _is_meant(what: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatchcase(what, pattern) for pattern in patterns)


def _pairs(what: str, first: str, second: str) -> Iterator[Difference]:
    if first != second:
        yield Difference(what, first, second)


def _status(answer: Answer) -> str:
    return str(answer.status or f"no answer: {answer.reason}")


def _headers(first: Answer, second: Answer) -> Iterator[Difference]:
    names = {name for name, _ in first.headers + second.headers}
    for name in sorted(names - {"set-cookie"}):
        values = (", ".join(a.values(name)) or NONE for a in (first, second))
        yield from _pairs(f"header {name}", *values)


def _cookies(first: Answer, second: Answer) -> Iterator[Difference]:
    old, new = first.cookies, second.cookies
    for name in sorted(old.keys() | new.keys()):
        if name not in old or name not in new:
            there = ("set" if name in s else NONE for s in (old, new))
            yield from _pairs(f"cookie {name}", *there)
            continue
        values = (old[name].value, new[name].value)
        yield from _pairs(f"cookie {name} value", *values)
        before, after = old[name].attributes, new[name].attributes
        for key in sorted(before.keys() | after.keys()):
            # An attribute such as HttpOnly has no value: it is there.
            flags = (before.get(key, NONE), after.get(key, NONE))
            forms = (flag or "yes" for flag in flags)
            yield from _pairs(f"cookie {name} {key}", *forms)


def _bodies(first: Answer, second: Answer) -> Iterator[Difference]:
    if first.body == second.body:
        return
    if _is_json(first) and _is_json(second):
        try:
            old, new = json.loads(first.body), json.loads(second.body)
        except ValueError:
            pass
        else:
            yield from structure("body", old, new)
            return
    try:
        lines = (first.body.decode(), second.body.decode())
    except UnicodeDecodeError:
        yield from _pairs("body", _fingerprint(first), _fingerprint(second))
    else:
        yield from _first_line(*lines)


# region: structure
def structure(where: str, first: Any, second: Any) -> Iterator[Difference]:
    """Yield where two JSON values differ; 1, 1.0, "1" and true all do.

    The order of an object's members and the spaces between them are not
    part of what it says.
    """
    if isinstance(first, dict) and isinstance(second, dict):
        for key in sorted(first.keys() | second.keys()):
            if key in first and key in second:
                yield from structure(f"{where}.{key}", first[key], second[key])
            else:
                sides = (first, second)
                forms = (_json(s[key]) if key in s else NONE for s in sides)
                yield Difference(f"{where}.{key}", *forms)
    elif isinstance(first, list) and isinstance(second, list):
        lengths = (f"{len(first)} items", f"{len(second)} items")
        yield from _pairs(where, *lengths)
        for index, pair in enumerate(zip(first, second, strict=False)):
            yield from structure(f"{where}[{index}]", *pair)
    else:
        yield from _pairs(where, _json(first), _json(second))


# endregion


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _is_json(answer: Answer) -> bool:
    kind = "".join(answer.values("content-type")).partition(";")[0].strip()
    return kind == "application/json" or kind.endswith("+json")


def _first_line(first: str, second: str) -> Iterator[Difference]:
    lines = zip_longest(first.splitlines(), second.splitlines())
    for number, (old, new) in enumerate(lines, start=1):
        if old != new:
            forms = (NONE if line is None else line for line in (old, new))
            yield Difference(f"body line {number}", *forms)
            return
    yield Difference("body line ends", repr(first[-2:]), repr(second[-2:]))


def _fingerprint(answer: Answer) -> str:
    digest = hashlib.sha256(answer.body).hexdigest()[:8]
    return f"{len(answer.body)} bytes, {digest}"
