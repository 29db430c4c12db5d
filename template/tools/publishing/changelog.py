"""The book's CHANGELOG.md, as https://keepachangelog.com has it."""

from __future__ import annotations

import re

from tools.publishing.errors import PublishError

CHANGELOG = "CHANGELOG.md"
UNRELEASED = "Unreleased"

_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
# A section ends at the next one, or where the addresses of links begin.
_END = re.compile(r"^(?:## |\[[^\]\n]+\]:[ \t])", re.MULTILINE)
_COMPARED = re.compile(
    r"^(?P<name>\[unreleased\]:[ \t]*)(?P<address>\S+/)(?P<last>[^/\s]+?)\.\.\.(?P<now>\S+)",
    re.IGNORECASE | re.MULTILINE,
)


def notes(text: str, version: str) -> str | None:
    """Return what a changelog says of a version, None where it says nothing.

    Args:
        text: the changelog, with LF at the ends of lines.
        version: the version, or `Unreleased`.
    """
    heading = _heading(text, version)
    if heading is None:
        return None
    end = _END.search(text, heading.end())
    body = _COMMENT.sub("", text[heading.end() : end.start() if end else len(text)]).strip()
    has_entry = any(line.strip() and not line.startswith("#") for line in body.splitlines())
    return body if has_entry else None


def release(text: str, version: str, tag: str, day: str) -> str:
    """Return a changelog in which what was unreleased is what is new in a version.

    Args:
        text: the changelog.
        version: the version that is released.
        tag: its tag.
        day: its day, as YYYY-MM-DD.

    Raises:
        PublishError: it has nothing on the version and nothing unreleased.
    """
    if notes(text, version) is not None:
        return text
    heading = _heading(text, UNRELEASED)
    if heading is None or notes(text, UNRELEASED) is None:
        raise PublishError(
            f"{CHANGELOG} says nothing of {version}; write what is new below ## [{UNRELEASED}] "
            "and commit it."
        )
    section = f"{heading.group()}\n\n## [{version}] - {day}"
    return _with_link(text[: heading.start()] + section + text[heading.end() :], version, tag)


def _heading(text: str, name: str) -> re.Match[str] | None:
    pattern = rf"^## \[?{re.escape(name)}\]?(?![^\s\]]).*$"
    return re.search(pattern, text, re.IGNORECASE | re.MULTILINE)


def _with_link(text: str, version: str, tag: str) -> str:
    """Add the address that compares the version with the last, where the changelog has such."""
    found = _COMPARED.search(text)
    if found is None:
        return text
    name, address, last, now = found.group("name", "address", "last", "now")
    unreleased = f"{name}{address}{tag}...{now}"
    compared = f"[{version}]: {address}{last}...{tag}"
    return f"{text[: found.start()]}{unreleased}\n{compared}{text[found.end() :]}"
