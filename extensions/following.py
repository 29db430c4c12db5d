"""Links that lead to where their targets went, in the author's files and in the old render."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterator, Sequence
from functools import cached_property

from .links import find_links, relative_path, rewrite
from .reconcile import Relocation
from .repository import LINK_MODE, Blob, Repository, Tree


class References:
    """What the Markdown files and the symbolic links of a tree refer to."""

    def __init__(self, repository: Repository, tree: Tree) -> None:
        """Read nothing yet: most updates drop nothing, and then nobody asks."""
        self._repository = repository
        self._tree = tree

    @cached_property
    def _contents(self) -> dict[str, bytes]:
        return self._repository.read(blob.id for _, blob in _with_links(self._tree))

    def __call__(self, path: str) -> Iterator[str]:
        """Yield the paths that a file refers to, relative to the book's root."""
        blob = self._tree[path]
        if blob.mode == LINK_MODE:
            yield _link_target(path, self._contents[blob.id])
        elif text := _text(self._contents.get(blob.id, b"")):
            yield from (link.target for link in find_links(text, path))


class Follower:
    """Files with their links leading to the new places."""

    def __init__(self, repository: Repository, relocation: Relocation, *trees: Tree) -> None:
        """Rewrite the files of the trees, all at once."""
        self._repository = repository
        self._relocation = relocation
        placement = relocation.placement
        moves = placement.directories or placement.files
        files = {file for tree in trees for file in _with_links(tree)} if moves else set()
        self._followed = self._follow_all(
            sorted((path, blob, placement.place(path)) for path, blob in files)
        )

    def __call__(self, path: str, blob: Blob, place: str) -> Blob:
        """Return a file (old path, content, new path) as it is to stand in its new place."""
        if place == self._relocation.placement.place(path):
            return self._followed.get((path, blob), blob)
        if not _holds_links(path, blob):
            return blob
        return self._follow_all([(path, blob, place)])[path, blob]

    def rewritten(self, tree: Tree) -> Iterator[str]:
        """Yield the new paths of the files of a tree whose links were rewritten."""
        for path, blob in tree.items():
            if self._followed.get((path, blob), blob) != blob:
                yield self._relocation.placement.place(path)

    def _follow_all(self, files: Sequence[tuple[str, Blob, str]]) -> dict[tuple[str, Blob], Blob]:
        contents = self._repository.read(blob.id for _, blob, _ in files)
        followed = {(path, blob): blob for path, blob, _ in files}
        changed = {
            (path, blob): content
            for path, blob, place in files
            if (content := self._content(path, blob.mode, contents[blob.id], place))
            != contents[blob.id]
        }
        for (path, blob), id in zip(changed, self._repository.store(changed.values()), strict=True):
            followed[path, blob] = Blob(blob.mode, id)
        return followed

    def _content(self, path: str, mode: str, content: bytes, place: str) -> bytes:
        if mode == LINK_MODE:
            return self._link(path, content, place)
        text = _text(content)
        return rewrite(text, path, place, self._relocation.place).encode() if text else content

    def _link(self, path: str, content: bytes, place: str) -> bytes:
        target = _link_target(path, content)
        moved = self._relocation.place(target)
        if not target or moved is None:
            return content
        relative = relative_path(moved, posixpath.dirname(place))
        unmoved = relative == relative_path(target, posixpath.dirname(path))
        return content if unmoved else os.fsencode(relative)


def _with_links(tree: Tree) -> Iterator[tuple[str, Blob]]:
    """Return the files that hold links: Markdown, and symbolic links."""
    return ((path, blob) for path, blob in tree.items() if _holds_links(path, blob))


def _holds_links(path: str, blob: Blob) -> bool:
    return blob.mode == LINK_MODE or (path.endswith(".md") and blob.mode.startswith("100"))


def _text(content: bytes) -> str | None:
    """Return a content as text, or None where it is none, which has no links to follow."""
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _link_target(path: str, content: bytes) -> str:
    """Return where a symbolic link leads, relative to the book's root; empty for outside of it."""
    target = posixpath.normpath(posixpath.join(posixpath.dirname(path), os.fsdecode(content)))
    return "" if target.startswith(("/", "..")) else target
