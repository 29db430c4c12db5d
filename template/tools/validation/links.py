"""Links of Markdown files that are not chapters; those of chapters the build checks itself."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from urllib.parse import unquote

from tools.build_scripts import asset_index, checks
from tools.build_scripts.book import Problem
from tools.validation.context import Context, MarkdownFile

OTHER_HOST = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//")


def links(context: Context) -> Iterator[Problem]:
    """Yield the relative links and images of Markdown files that lead nowhere."""
    for name, file in context.markdown.items():
        if name in context.prose:
            continue
        if name == asset_index.FILE and not asset_index.is_foreign(context.root):
            continue  # it is told as a whole when it is old
        for target in dict.fromkeys((*file.links, *file.images)):
            message = _message(context, name, target)
            if message is not None:
                text = context.sources[name]
                yield from text.problems(text.find_target(target), message, "link")


def targets(context: Context) -> set[str]:
    """Return the files of the book that its Markdown refers to, the index of assets left out."""
    return {
        _resolved(name, unquote(target.partition("#")[0]))
        for name, file in context.markdown.items()
        if name != asset_index.FILE
        for target in (*file.links, *file.images)
        if not OTHER_HOST.match(target)
    }


def _message(context: Context, name: str, target: str) -> str | None:
    """Say what is wrong with a link, or None."""
    if OTHER_HOST.match(target):
        return None
    written, _, fragment = target.partition("#")
    path = _resolved(name, unquote(written.partition("?")[0]))
    if path.startswith("../") or not checks.inside(context.root, path):
        return f"the link '{target}' leaves the book's directory."
    if not (context.root / path).exists():
        return f"the link '{target}' leads to no file: {path} does not exist."
    aim = context.markdown.get(path)
    if not fragment or aim is None or unquote(fragment) in _fragments(context, path, aim):
        return None
    return f"the link '{target}' leads to no heading of {path}."


def _resolved(name: str, written: str) -> str:
    if not written:
        return name
    if written.startswith("/"):
        return posixpath.normpath(written.lstrip("/"))
    return posixpath.normpath(posixpath.join(posixpath.dirname(name), written))


def _fragments(context: Context, path: str, aim: MarkdownFile) -> frozenset[str]:
    """Return what can be linked to in a file; a chapter's labels are not seen by GitHub."""
    entry = context.prose.get(path)
    report = context.survey.reports.get(entry.id) if entry else None
    if report is None:
        return aim.ids
    written = {identifier.written for identifier in report.ids}
    return aim.ids | written | {alias.written for alias in report.aliases}
