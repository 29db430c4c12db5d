"""The versions of a book: numbers that Semantic Versioning and Python both read the same."""

from __future__ import annotations

import re
from collections.abc import Iterable

from packaging.version import Version

from tools.publishing.errors import PublishError

NUMBER = r"(?:0|[1-9]\d*)"
WRITTEN = re.compile(rf"{NUMBER}\.{NUMBER}\.{NUMBER}(?:-?(?:alpha|beta|a|b|rc)\.?{NUMBER})?")


def parse(written: str) -> Version:
    """Return a version that can be compared.

    Args:
        written: three numbers, and what makes it a preview: `1.2.0`, `1.2.0-rc.1`, `1.2.0rc1`.

    Raises:
        PublishError: it is something else.
    """
    if not WRITTEN.fullmatch(written):
        raise PublishError(
            f"'{written}' is no version of a book; write three numbers, such as 1.2.0, or the "
            "preview of one, such as 1.2.0-rc.1."
        )
    return Version(written)


def tag_of(version: str) -> str:
    """Return the name of the tag of a version."""
    return f"v{version}"


def released(tags: Iterable[str]) -> list[str]:
    """Return the versions that tags name, the smallest first; other tags are left out."""
    written = (tag[1:] for tag in tags if tag.startswith("v"))
    return sorted(filter(WRITTEN.fullmatch, written), key=Version)


def require_next(version: str, tags: Iterable[str], current: str) -> None:
    """Refuse a version that does not follow those there are.

    Args:
        version: the version that is to be released.
        tags: the tags that are part of the book's history.
        current: the version that its pyproject.toml has.

    Raises:
        PublishError: a version that was released is as great, or the book's own is greater.
    """
    last = next(reversed(released(tags)), None)
    if last is not None and parse(version) <= parse(last):
        raise PublishError(
            f"{version} does not come after {last}, the last version that was released; "
            "choose a greater one."
        )
    if WRITTEN.fullmatch(current) and parse(version) < parse(current):
        raise PublishError(
            f"{version} comes before {current}, which pyproject.toml has; choose a greater one."
        )
