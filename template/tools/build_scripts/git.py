"""What all tools that ask Git have in common: its environment, and how its status is read."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

UNMERGED = frozenset({"DD", "AU", "UD", "UA", "DU", "AA", "UU"})
# A hook or an alias has these set, and they would hold for every other repository too.
OF_OTHERS = frozenset(
    {"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_COMMON_DIR"}
)


class Changed(NamedTuple):
    """A path that Git's status lists, relative to the repository's root, and its two letters."""

    code: str
    path: str


def environment() -> Mapping[str, str]:
    """Return an environment in which Git speaks English and finds its repository by itself."""
    inherited = {name: value for name, value in os.environ.items() if name not in OF_OTHERS}
    return {**inherited, "LC_ALL": "C.UTF-8"}


def changes(status: str) -> Iterator[Changed]:
    """Yield what `git status --porcelain -z` printed."""
    fields = iter(status.split("\0"))
    for field in filter(None, fields):
        changed = Changed(field[:2], field[3:])
        yield changed
        if {"R", "C"} & set(changed.code):  # followed by where the file was
            next(fields)


def listed(paths: Sequence[str]) -> str:
    """Return the first of some paths, and how many more there are."""
    more = f" and {len(paths) - 1} more" if len(paths) > 1 else ""
    return f"{paths[0]}{more}"
