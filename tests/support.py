"""What several tests do: render, run commands, read Markdown."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote

import yaml
from copier import run_copy, run_update
from markdown_it import MarkdownIt
from markdown_it.token import Token

from tests.repository import git, start_repository

_ANCHOR = re.compile(r'<a id="([^"]+)"></a>')
_ATTRIBUTES = re.compile(r"\s*\{[.#][\w-][^{}]*\}\s*$")


def render(
    template: Path, folder: Path, *, commit: bool = False, version: str = "HEAD", **answers: Any
) -> Path:
    """Render a book with default answers but for those given, and return its folder."""
    run_copy(
        str(template), folder, answers, vcs_ref=version, defaults=True, unsafe=True, quiet=True
    )
    return start_repository(folder, "Start the book") if commit else folder


def copier(*arguments: object, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run Copier's command line without a terminal."""
    return subprocess.run(
        [sys.executable, "-m", "copier", *map(str, arguments)],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )


def run(folder: Path, *command: object, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command in a book, as its author would."""
    return subprocess.run(
        [str(part) for part in command],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
        env={**os.environ, **environment},
    )


def link_environment(book: Path, python: str) -> None:
    """Give a book a .venv that is the shared environment, as after `make install`.

    Only the stamps that Make looks at are the book's own, so that tests beside it cannot age them.
    """
    environment = Path(python).parent.parent
    (book / ".venv").mkdir()
    for child in environment.iterdir():
        (book / ".venv" / child.name).symlink_to(child)
    for stamp in ("build", "update", "all"):
        (book / ".venv" / stamp).unlink(missing_ok=True)
        (book / ".venv" / stamp).touch()


def files(folder: Path) -> list[str]:
    """Return the paths of all files of a book, relative to it, less what Git keeps for itself."""
    return sorted(
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and ".git" not in path.relative_to(folder).parts
    )


def outline(book: Path) -> dict[str, Any]:
    """Return the book.yml of a book."""
    content: dict[str, Any] = yaml.safe_load((book / "book.yml").read_text(encoding="utf-8"))
    return content


class Broken(NamedTuple):
    """A relative link that leads nowhere."""

    file: str
    target: str


def broken_links(book: Path) -> list[Broken]:
    """Return every relative link or image in a book's Markdown that does not resolve."""
    fragments = cache(lambda file: frozenset(_fragments(file)))
    return [
        Broken(name, target)
        for name in files(book)
        if name.endswith(".md") and not name.startswith("book_build/")
        for target in _targets(_parse(book / name))
        if not _resolves(book / name, target, fragments)
    ]


def _parse(file: Path) -> list[Token]:
    return MarkdownIt("commonmark").enable("table").parse(file.read_text(encoding="utf-8"))


def _targets(tokens: Sequence[Token]) -> Iterator[str]:
    for token in tokens:
        target = token.attrGet("href") or token.attrGet("src")
        if isinstance(target, str) and not re.match(r"[a-z][a-z0-9+.-]*:", target):
            yield unquote(target)
        yield from _targets(token.children or [])


def _resolves(file: Path, target: str, fragments: Callable[[Path], frozenset[str]]) -> bool:
    path, _, fragment = target.partition("#")
    destination = file.parent / path if path else file
    if not destination.exists():
        return False
    return not fragment or fragment in fragments(destination)


def _fragments(file: Path) -> Iterator[str]:
    """Yield the fragments of a file's headings as GitHub makes them, and those of its anchors."""
    seen: Counter[str] = Counter()
    tokens = _parse(file)
    yield from _ANCHOR.findall("".join(token.content for token in tokens if token.children))
    for opening, text in pairwise(tokens):
        if opening.type == "heading_open":
            plain = "".join(c.content for c in text.children or [] if c.type != "html_inline")
            heading = _ATTRIBUTES.sub("", plain).lower()
            slug = re.sub(r"[^\w\- ]", "", heading).replace(" ", "-")
            yield f"{slug}-{seen[slug]}" if seen[slug] else slug
            seen[slug] += 1


def update(book: Path, version: str = "HEAD", **answers: Any) -> Path:
    """Update a committed book, its last answers changed by those given, and return its folder."""
    run_update(
        book,
        answers,
        vcs_ref=version,
        defaults=True,
        overwrite=True,
        unsafe=True,
        quiet=True,
    )
    return book


def write(book: Path, path: str, text: str) -> Path:
    """Write a file of a book, and return it."""
    file = book / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8", newline="")
    return file


def append(book: Path, path: str, text: str) -> Path:
    """Write text below what is in a file of a book, and return the file."""
    return write(book, path, (book / path).read_text(encoding="utf-8") + text)


def commit(book: Path, message: str = "Write") -> Path:
    """Commit all that is in a book, as its author would, and return its folder."""
    git(book, "add", "--all")
    git(book, "commit", "--quiet", "--allow-empty", "--message", message)
    return book


def status(book: Path) -> dict[str, str]:
    """Return what `git status` says of each path: `R`, `UU`, `??` and so on, without spaces."""
    entries = iter(git(book, "status", "--porcelain", "-z", "--untracked-files=all").split("\0"))
    found = {}
    for entry in filter(None, entries):
        found[entry[3:]] = entry[:2].strip()
        if entry[0] == "R":
            next(entries)  # where it was
    return found


def same_files(book: Path, fresh: Path) -> None:
    """Assert that two books are the same, but for the commit that the answers name."""
    assert files(book) == files(fresh)
    for name in files(book):
        ours, theirs = ((folder / name).read_bytes() for folder in (book, fresh))
        if name.startswith(".copier-answers"):
            ours, theirs = (re.sub(rb"_commit: .*", b"", text) for text in (ours, theirs))
        assert ours == theirs, name
