"""Compare what both sides answer to one request."""

import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from typing import Any

from ...differences import NONE, Difference
from ...probe import Answer, Cookie, Request
from . import noise

# The server's own, whatever application it serves.
SERVER_OWN = (
    *("connection", "content-length", "date", "keep-alive", "server"),
    "transfer-encoding",
)
# Their values are sets: the order says nothing, and of names the case.
METHODS = {"allow", "access-control-allow-methods"}
NAMES = {
    *("vary", "cache-control", "access-control-allow-headers"),
    "access-control-expose-headers",
}
# A value that is signed holds the moment and, encoded, what is in it; each
# library has a form of its own.
SIGNED = re.compile(r"\.?[\w\-=%]+\.[\w\-]{5,8}\.[\w\-]{20,}")
# When a cookie ends is a date, and follows from Max-Age.
DATES = {"expires"}


def differences(
    request: Request,
    old: Sequence[Answer],
    new: Answer,
) -> tuple[Difference, ...]:
    """Return in what the new answer differs from the old.

    Args:
        request: what was asked.
        old: what the old application answered, in each of its runs.
        new: what the new one answered.
    """
    if is_noise(old):
        return ()
    if new.status != old[0].status:
        forms = (_status(old[0]), _status(new))
        found = [Difference("status", *forms)]
    else:
        found = []
    found += _headers(request, old, new)
    found += _cookies(old, new)
    if request.method != "HEAD":
        found += _bodies(old, new)
    return tuple(one for one in found if not _is_meant(one, request))


def is_noise(old: Sequence[Answer]) -> bool:
    """Return whether the old application never answers this alike."""
    return any(answer.status != old[0].status for answer in old)


def is_spelled_otherwise(old: Sequence[Answer], new: Answer) -> bool:
    """Return whether JSON says the same in other bytes: spaces, order."""
    same_each_time = all(answer.body == old[0].body for answer in old)
    is_other = same_each_time and new.body != old[0].body
    return is_other and _is_json(old[0]) and _is_json(new)


def _is_meant(difference: Difference, request: Request) -> bool:
    patterns = request.ignore
    return any(fnmatchcase(difference.what, one) for one in patterns)


def _status(answer: Answer) -> str:
    return str(answer.status or f"no answer: {answer.reason}")


# Headers -------------------------------------------------------------------


def _headers(
    request: Request,
    old: Sequence[Answer],
    new: Answer,
) -> Iterator[Difference]:
    names = {name for answer in (*old, new) for name, _ in answer.headers}
    for name in sorted(names.difference(SERVER_OWN, {"set-cookie"})):
        yield from _header(name, [_value(a, name) for a in (*old, new)])
    if request.method == "HEAD":
        lengths = [_length(answer) for answer in (*old, new)]
        yield from _header("content-length", lengths)


def _header(name: str, values: list[str]) -> Iterator[Difference]:
    *old, new = values
    if NONE in old and any(value != NONE for value in old):
        return
    if new == NONE != old[0] or not noise.accepts(old, new):
        yield Difference(f"header {name}", old[0] or '""', new or '""')


def _value(answer: Answer, name: str) -> str:
    values = answer.values(name)
    if not values:
        return NONE
    joined = ", ".join(values)
    if name in METHODS or name in NAMES:
        text = joined if name in METHODS else joined.lower()
        return ", ".join(sorted({part.strip() for part in text.split(",")}))
    if name == "content-type":
        return "; ".join(p.strip() for p in joined.lower().split(";"))
    return joined


def _length(answer: Answer) -> str:
    """Return the length that a body would have; of JSON whether it has one.

    JSON that says the same may be spaced in another way.
    """
    value = "".join(answer.values("content-length")) or NONE
    if _is_json(answer) and value not in ("0", NONE):
        return "more than 0"
    return value


def _cookies(old: Sequence[Answer], new: Answer) -> Iterator[Difference]:
    answers = (*old, new)
    names = {name for answer in answers for name in answer.cookies}
    for name in sorted(names):
        held = [answer.cookies.get(name) for answer in answers]
        there = ["set" if cookie else NONE for cookie in held]
        yield from _cookie(f"cookie {name}", there)
        cookies = [cookie for cookie in held if cookie is not None]
        if len(cookies) < len(held):
            continue
        values = [_signed(cookie.value) for cookie in cookies]
        yield from _cookie(f"cookie {name} value", values)
        keys = {key for cookie in cookies for key in cookie.attributes}
        for key in sorted(keys):
            forms = [_attribute(cookie, key) for cookie in cookies]
            yield from _cookie(f"cookie {name} {key}", forms)


def _signed(value: str) -> str:
    return "(signed)" if SIGNED.fullmatch(value) else value


def _attribute(cookie: Cookie, key: str) -> str:
    value = cookie.attributes.get(key)
    if value is None:
        return NONE
    if not value or key in DATES:
        # HttpOnly and the like have no value: they are there.
        return "yes"
    return value.lower() if key == "samesite" else value


def _cookie(what: str, values: list[str]) -> Iterator[Difference]:
    for difference in _header("", values):
        yield Difference(what, difference.first, difference.second)


# Bodies --------------------------------------------------------------------


def _bodies(old: Sequence[Answer], new: Answer) -> Iterator[Difference]:
    ends = [answer.reason if answer.status else "" for answer in (*old, new)]
    if len(set(ends[:-1])) == 1 and ends[-1] != ends[0]:
        yield Difference("body ends", ends[0] or "well", ends[-1] or "well")
        return
    if any(ends) or any(answer.body == new.body for answer in old):
        return
    values = [_parsed(answer) for answer in (*old, new)]
    if all(value is not None for value in values):
        *before, after = (value[0] for value in values if value is not None)
        yield from noise.structure("body", before, after)
        return
    texts = [_text(answer) for answer in (*old, new)]
    if all(text is not None for text in texts):
        *earlier, later = (text for text in texts if text is not None)
        yield from noise.lines(earlier, later)
    elif all(answer.body == old[0].body for answer in old):
        yield Difference("body", _fingerprint(old[0]), _fingerprint(new))


def _parsed(answer: Answer) -> tuple[Any] | None:
    """Return what a body of JSON says, or None if it is none."""
    if not _is_json(answer):
        return None
    try:
        return (json.loads(answer.body),)
    except (ValueError, RecursionError):
        return None


def _is_json(answer: Answer) -> bool:
    kind = "".join(answer.values("content-type")).partition(";")[0].strip()
    return kind == "application/json" or kind.endswith("+json")


def _text(answer: Answer) -> str | None:
    try:
        return answer.body.decode()
    except UnicodeDecodeError:
        return None


def _fingerprint(answer: Answer) -> str:
    digest = hashlib.sha256(answer.body).hexdigest()[:8]
    return f"{len(answer.body)} bytes, {digest}"
