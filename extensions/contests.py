"""Files that both the author and the template changed, and what becomes of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Literal

from .rejects import reject
from .repository import Blob, Contest, Repository

Conflict = Literal["inline", "rej", "ours"]


@dataclass
class Resolved:
    """What became of contested files.

    Attributes:
        files: the files, and the `.rej` files beside them.
        marked: the files in which conflict markers stand, or whose sides only the index holds.
        rejected: the files beside which changes of the author wait that did not fit.
        kept: the files in which the author's version won.
    """

    files: dict[str, Blob] = field(default_factory=dict)
    marked: dict[str, Contest] = field(default_factory=dict)
    rejected: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)


def resolve(
    repository: Repository, contested: Mapping[str, Contest], conflict: Conflict
) -> Resolved:
    """Merge contested files.

    Args:
        repository: the book's repository.
        contested: the files by their new paths.
        conflict: what to leave where changes overlap: `inline` markers, `rej` files, or `ours`,
            which is the author's version.
    """
    aligned = _with_ends_of_lines(repository, contested)
    resolved = Resolved()
    for path, merged in repository.merge(aligned).items():
        resolved.files[path] = merged.blob
        if not merged.conflict:
            continue
        if conflict == "inline":
            resolved.marked[path] = aligned[path]
            continue
        resolved.files[path] = aligned[path].ours
        if conflict == "ours":
            resolved.kept.append(path)
        else:
            _reject(repository, path, aligned[path], resolved)
    return resolved


def _reject(repository: Repository, path: str, contest: Contest, resolved: Resolved) -> None:
    sides = [side.id for side in contest if side]
    contents = repository.read(sides)
    if any(b"\0" in content for content in contents.values()):
        resolved.kept.append(path)
        return
    base = contents[contest.base.id] if contest.base else b""
    rejected = reject(
        PurePosixPath(path).name, base, contents[contest.ours.id], contents[contest.theirs.id]
    )
    content, patch = repository.store([rejected.content, rejected.patch])
    resolved.files[path] = Blob(contest.ours.mode, content)
    if rejected.patch:
        resolved.files[f"{path}.rej"] = Blob("100644", patch)
        resolved.rejected.append(path)


def _with_ends_of_lines(
    repository: Repository, contested: Mapping[str, Contest]
) -> dict[str, Contest]:
    """Give the template's versions the author's ends of lines, which are no change of the text."""
    contents = repository.read(
        side.id for contest in contested.values() for side in contest if side
    )
    aligned = dict(contested)
    for path, contest in contested.items():
        if not _has_windows_ends(contents[contest.ours.id]):
            continue
        sides = [side for side in (contest.base, contest.theirs) if side]
        texts = [contents[side.id] for side in sides]
        ids = repository.store(
            text if b"\r\n" in text else text.replace(b"\n", b"\r\n") for text in texts
        )
        *base, theirs = (Blob(side.mode, id) for side, id in zip(sides, ids, strict=True))
        aligned[path] = Contest(base[0] if base else None, contest.ours, theirs)
    return aligned


def _has_windows_ends(content: bytes) -> bool:
    return b"\0" not in content and 0 < content.count(b"\r\n") == content.count(b"\n")
