"""What a book holds after an update: three trees and the rules of ownership in, one tree out.

`old` is the book as the old version of the template renders it, `author` as it was committed, and
`new` as the new version renders it. Nothing here reads or writes a file.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import NamedTuple

from .ownership import Owner
from .placement import DRAFTS_DIRECTORY, Placement, directories_of, enclosing
from .repository import LINK_MODE, SUBMODULE_MODE, Blob, Contest, Tree

REPLACED_DIRECTORY = f"{DRAFTS_DIRECTORY}/replaced"


@dataclass(frozen=True)
class Relocation:
    """Where the files of the old render and of the author stand in the new book.

    Attributes:
        placement: where each path goes.
        kept: files that the new render does not have and that stay, and their directories.
        gone: the files that the author left alone and that no longer have a place.
    """

    placement: Placement
    kept: frozenset[str]
    gone: frozenset[str]

    def place(self, path: str) -> str | None:
        """Return the new path of a file or directory; None for what is dropped."""
        if path in self.gone:
            return None
        if enclosing(path, self.placement.dropped) and path not in self.kept:
            return None
        return self.placement.place(path)


def relocate(
    old: Tree,
    author: Tree,
    new: Tree,
    placement: Placement,
    references: Callable[[str], Iterable[str]],
) -> Relocation:
    """Decide which files follow their directories.

    What the author changed or added is kept wherever it stands. What the author left alone goes
    when the template, or the outline, drops it, unless the author's own text refers to it.

    Args:
        old: the old render.
        author: what was committed.
        new: the new render.
        placement: where each path goes.
        references: a function that returns the paths that one of the author's files refers to.
    """
    gone = {path for path in author if placement.place(path) not in new}
    untouched = {path for path in gone if author[path] == old.get(path)}
    touched = [path for path in author if author[path] != old.get(path)]
    children = _children(untouched)
    stays = directories_of(new)
    referred: set[str] = set()
    while touched and children:
        for target in references(touched.pop()):
            if placement.place(target) not in stays:
                found = children.pop(target, frozenset()) - referred
                referred |= found
                touched += found
    kept = gone - untouched | referred
    return Relocation(
        placement, frozenset(kept | directories_of(kept)), frozenset(untouched - kept)
    )


def _children(paths: Iterable[str]) -> dict[str, frozenset[str]]:
    """Return every path with itself, and every directory with all that is below it."""
    children: dict[str, set[str]] = {}
    for path in paths:
        for name in (path, *directories_of([path])):
            children.setdefault(name, set()).add(path)
    return {name: frozenset(found) for name, found in children.items()}


@dataclass
class Outcome:
    """What becomes of the files of a book.

    Attributes:
        settled: the files whose content is known.
        contested: the files that Git has to merge.
        renamed: the author's files that stand elsewhere now, old path to new.
        replaced: computed files that the author had changed, each with the copy that is kept.
        unshared: files that the author had changed and the template no longer has.
    """

    settled: dict[str, Blob] = field(default_factory=dict)
    contested: dict[str, Contest] = field(default_factory=dict)
    renamed: dict[str, str] = field(default_factory=dict)
    replaced: dict[str, str] = field(default_factory=dict)
    unshared: list[str] = field(default_factory=list)


class Origin(NamedTuple):
    """A file of the author in its new place, and the path it comes from."""

    path: str
    blob: Blob


def reconcile(
    old: Tree,
    author: Tree,
    new: Tree,
    relocation: Relocation,
    owner: Callable[[str], Owner],
    follow: Callable[[str, Blob, str], Blob],
) -> Outcome:
    """Decide what the book holds.

    Args:
        old: the old render.
        author: what was committed.
        new: the new render.
        relocation: where the author's files and those of the old render go.
        owner: a function that says who owns a path of the new book.
        follow: a function that returns a file (old path, content, new path) with its links
            leading to the new places.
    """
    outcome = Outcome()
    base = {
        place: follow(path, blob, place)
        for path, blob in old.items()
        for place in (relocation.placement.place(path),)
    }
    ours = _placed(author, new, relocation, follow)
    computed = {path for path in ours.keys() & new.keys() if owner(path) == "computed"}
    for place in sorted(computed):
        _set_aside(place, ours, base, author, new, follow, outcome)
    directories = directories_of(ours)
    for place in sorted({*ours, *new}):
        mine, theirs = ours.get(place), new.get(place)
        if mine is not None:
            if mine.path and mine.path != place:
                outcome.renamed[mine.path] = place
            returned = enclosing(mine.path, relocation.placement.returned) is not None
            before = theirs if returned else base.get(place)
            _settle(place, before, mine.blob, theirs, owner, outcome)
        elif theirs and place not in base and place not in directories:
            outcome.settled[place] = theirs  # otherwise the author deleted it
    return outcome


def _placed(
    author: Tree,
    new: Tree,
    relocation: Relocation,
    follow: Callable[[str, Blob, str], Blob],
) -> dict[str, Origin]:
    """Return the author's files by their new places; what moves goes before what stands there."""
    placed: dict[str, Origin] = {}
    occupied = directories_of(new)
    for path in sorted(author, key=lambda path: (relocation.place(path) == path, path)):
        place = relocation.place(path)
        if place is None:
            continue
        if author[path].mode == SUBMODULE_MODE:
            place = path
        while place in placed or place in occupied:
            place = _next_name(place)
        placed[place] = Origin(path, follow(path, author[path], place))
    return placed


def _set_aside(
    place: str,
    ours: dict[str, Origin],
    base: Tree,
    author: Tree,
    new: Tree,
    follow: Callable[[str, Blob, str], Blob],
    outcome: Outcome,
) -> None:
    """Keep a copy of a computed file that the author changed, and forget the changes."""
    mine = ours[place]
    if mine.blob in (base.get(place), new[place]):
        return
    copy = f"{REPLACED_DIRECTORY}/{place}"
    while copy in ours or copy in new:
        copy = _next_name(copy)
    ours[copy] = Origin("", follow(mine.path, author[mine.path], copy))
    ours[place] = Origin(mine.path, base.get(place, new[place]))
    outcome.replaced[place] = copy


def _settle(
    place: str,
    base: Blob | None,
    ours: Blob,
    theirs: Blob | None,
    owner: Callable[[str], Owner],
    outcome: Outcome,
) -> None:
    """Decide about a file that the author has."""
    if theirs is None:
        if base is not None and ours != base:
            outcome.unshared.append(place)
        outcome.settled[place] = ours
    elif ours == base:
        outcome.settled[place] = theirs
    elif theirs in (base, ours) or owner(place) == "author" or not _are_plain(ours, theirs):
        outcome.settled[place] = ours
    else:
        outcome.contested[place] = Contest(base, ours, theirs)


def _are_plain(*blobs: Blob) -> bool:
    """Say whether contents can be merged, which links and submodules cannot."""
    return all(blob.mode not in (LINK_MODE, SUBMODULE_MODE) for blob in blobs)


def _next_name(path: str) -> str:
    """Return the name for a file whose name is taken: `notes.md`, `notes-2.md`, `notes-3.md`."""
    pure = PurePosixPath(path)
    numbered = re.fullmatch(r"(.*)-(\d+)", pure.stem)
    stem, number = (numbered[1], int(numbered[2])) if numbered else (pure.stem, 1)
    return str(pure.with_name(f"{stem}-{number + 1}{pure.suffix}"))
