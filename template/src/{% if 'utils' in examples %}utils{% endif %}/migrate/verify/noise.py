"""Tell what an application answers from what changes with each run.

The old application is run more than once. Where its own answers differ from
one another, the new one may differ as well.
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from ...differences import NONE, Difference

# What people see as one word: a number, a token, a date, an address.
TOKEN = re.compile(r"[\w\-.~+/=%:]+|\s+|.", re.DOTALL)
WORD = re.compile(r"[\w\-.~+/=%:]*")
# Longer stretches that differ are not compared word by word.
MOST_WORDS = 2_000
MOST_LINES = 5


def accepts(old: Sequence[str], new: str) -> bool:
    """Return whether a text is one that the old application could give.

    Args:
        old: what it gave, for the same request, in several runs.
        new: the text to judge.
    """
    if new in old:
        return True
    if all(text == old[0] for text in old):
        return False
    return _fits(_mask(old), new)


@dataclass(frozen=True)
class _Gap:
    """A place where runs differ; `is_word` where one word stands there."""

    is_word: bool


def _mask(old: Sequence[str]) -> list[str | _Gap]:
    """Return the first text, with gaps where the others differ from it."""
    words = TOKEN.findall(old[0])
    # For each place all that stands there, in one run or another.
    changed: dict[int, list[str]] = {}
    for text in old[1:]:
        for start, end, others in _changes(words, TOKEN.findall(text)):
            for place in range(start, max(end, start + 1)):
                changed.setdefault(place, []).extend(others)
    parts: list[str | _Gap] = [""]
    for place, own in enumerate([*words, ""]):
        last = parts[-1]
        if place not in changed:
            parts[-1:] = [last + own] if isinstance(last, str) else [last, own]
        elif isinstance(last, _Gap):
            parts[-1] = _Gap(False)
        else:
            every = (own, *changed[place])
            parts.append(_Gap(all(map(WORD.fullmatch, every))))
    return parts if isinstance(parts[-1], str) else [*parts, ""]


def _fits(mask: list[str | _Gap], text: str) -> bool:
    """Return whether a text has what a mask states, and any in its gaps."""
    gap = _Gap(False)
    at = 0
    for place, part in enumerate(mask):
        if isinstance(part, _Gap):
            gap = part
            continue
        if place == 0:
            found = 0 if text.startswith(part) else -1
        elif place == len(mask) - 1:
            found = len(text) - len(part) if text.endswith(part) else -1
        else:
            found = text.find(part, at)
        if found < at:
            return False
        if place and gap.is_word and not WORD.fullmatch(text[at:found]):
            return False
        at = found + len(part)
    return at == len(text)


def _changes(
    first: list[str],
    second: list[str],
) -> Iterator[tuple[int, int, list[str]]]:
    """Yield which words differ: from, to, and what stands there instead."""
    start = 0
    shortest = min(len(first), len(second))
    while start < shortest and first[start] == second[start]:
        start += 1
    end = 0
    while end < shortest - start and first[-1 - end] == second[-1 - end]:
        end += 1
    own = first[start : len(first) - end]
    others = second[start : len(second) - end]
    if max(len(own), len(others)) > MOST_WORDS:
        yield start, start + len(own), others
        return
    matcher = SequenceMatcher(None, own, others, autojunk=False)
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag != "equal":
            yield start + i1, start + i2, others[j1:j2]


# Texts ---------------------------------------------------------------------


def lines(old: Sequence[str], new: str) -> Iterator[Difference]:
    """Yield the lines in which a text differs from the old one's."""
    before = [text.splitlines(keepends=True) for text in old]
    after = new.splitlines(keepends=True)
    if any(len(text) != len(before[0]) for text in before):
        yield from _around(before, after)
        return
    is_longer = len(after) != len(before[0])
    if is_longer:
        counts = (_count(before[0]), _count(after))
        yield Difference("body", *counts)
    told = 0
    for number in range(max(len(after), len(before[0]))):
        own = [text[number] for text in before if number < len(text)]
        line = after[number] if number < len(after) else None
        if line is not None and own and accepts(own, line):
            continue
        what = f"body line {number + 1}"
        yield Difference(what, *_shown(next(iter(own), None), line))
        told += 1
        # In texts of other lengths all that follows may be out of step.
        if is_longer or told == MOST_LINES:
            return


def _count(text: list[str]) -> str:
    return f"{len(text)} line{'' if len(text) == 1 else 's'}"


def _shown(first: str | None, second: str | None) -> tuple[str, str]:
    """Return two lines so that people see in what they differ."""
    if first is None or second is None:
        return _line(first), _line(second)
    if _line(first) == _line(second):
        return repr(first[-10:]), repr(second[-10:])
    return _line(first), _line(second)


def _line(text: str | None) -> str:
    return NONE if text is None else text.rstrip("\r\n")


def _around(
    before: Sequence[list[str]],
    after: list[str],
) -> Iterator[Difference]:
    """Compare what stands around lines whose number changes by itself."""
    shortest = min(map(len, before))
    start = _common(before, shortest)
    end = _common([text[::-1] for text in before], shortest - start)
    own = before[0]
    for place in (*range(start), *range(-end, 0)):
        line = after[place] if -len(after) <= place < len(after) else None
        if line != own[place]:
            number = place if place >= 0 else len(own) + place
            what = f"body line {number + 1}"
            yield Difference(what, *_shown(own[place], line))
            return


def _common(texts: Sequence[list[str]], most: int) -> int:
    """Return how many lines all texts begin with."""
    for place in range(most):
        if any(text[place] != texts[0][place] for text in texts):
            return place
    return most


# JSON ----------------------------------------------------------------------


def structure(
    where: str,
    old: Sequence[Any],
    new: Any,
) -> Iterator[Difference]:
    """Yield where a JSON value differs from the old one's.

    What differs between runs of the old application may differ; but a text
    stays a text, and a list a list.
    """
    kinds = {type(value) for value in old}
    if len(kinds) > 1:
        return
    if type(new) not in kinds:
        yield Difference(where, _json(old[0]), _json(new))
    elif isinstance(new, dict):
        yield from _members(where, old, new)
    elif isinstance(new, list):
        yield from _items(where, old, new)
    elif isinstance(new, str):
        if not accepts(old, new):
            yield Difference(where, _json(old[0]), _json(new))
    elif all(value == old[0] for value in old) and new != old[0]:
        yield Difference(where, _json(old[0]), _json(new))


def _members(
    where: str,
    old: Sequence[dict[str, Any]],
    new: dict[str, Any],
) -> Iterator[Difference]:
    every = set(new).union(*old)
    for key in sorted(every):
        path = f"{where}.{key}"
        held = [value[key] for value in old if key in value]
        if not held:
            yield Difference(path, NONE, _json(new[key]))
        elif key in new:
            yield from structure(path, held, new[key])
        elif len(held) == len(old):
            yield Difference(path, _json(held[0]), NONE)


def _items(
    where: str,
    old: Sequence[list[Any]],
    new: list[Any],
) -> Iterator[Difference]:
    lengths = {len(value) for value in old}
    if len(lengths) > 1:
        return
    if len(new) not in lengths:
        counts = (f"{len(old[0])} items", f"{len(new)} items")
        yield Difference(where, *counts)
        return
    for place, item in enumerate(new):
        held = [value[place] for value in old]
        yield from structure(f"{where}[{place}]", held, item)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
