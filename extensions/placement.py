"""Where the files of a book go when its outline, or the template, gives them other paths."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

DRAFTS_DIRECTORY = "drafts"
CHAPTER = "{chapter}/"


@dataclass(frozen=True)
class Place:
    """Where a chapter or an appendix stands.

    Attributes:
        id: its stable name.
        path: its directory relative to the book's root, with forward slashes.
        was: the ids that it had before.
    """

    id: str
    path: str
    was: tuple[str, ...] = ()


@dataclass(frozen=True)
class Placement:
    """Where each path of the old book stands in the new one.

    Attributes:
        directories: old directory to new directory, only where they differ.
        files: old file to new file, which go before directories.
        dropped: the old directories whose chapters left the outline.
        returned: the directories below `drafts/` whose chapters came back.
    """

    directories: Mapping[str, str]
    files: Mapping[str, str]
    dropped: frozenset[str]
    returned: frozenset[str]

    def place(self, path: str) -> str:
        """Return the new path of a file or directory, itself when it stays."""
        if path in self.files:
            return self.files[path]
        directory = enclosing(path, self.directories)
        return path if directory is None else self.directories[directory] + path[len(directory) :]


def enclosing(path: str, directories: Container[str]) -> str | None:
    """Return the deepest of some directories that a path is, or is in, or None.

    Args:
        path: a path relative to the book's root.
        directories: the directories, a set or the keys of a mapping.
    """
    while path:
        if path in directories:
            return path
        path = path.rpartition("/")[0]
    return None


def places(book: Mapping[str, Any]) -> tuple[Place, ...]:
    """Return the chapters and appendices that the contents of a book.yml list."""
    return tuple(
        Place(entry["id"], entry["path"], tuple(entry.get("was", ())))
        for entry in (*book.get("chapters", ()), *book.get("appendices", ()))
    )


def draft(id: str) -> str:
    """Return the directory that keeps what an author wrote for a chapter outside the outline."""
    return f"{DRAFTS_DIRECTORY}/{id}"


def between(
    old: Iterable[Place],
    new: Iterable[Place],
    old_files: Iterable[str],
    new_files: Iterable[str],
    renames: Mapping[str, str],
) -> Placement:
    """Compare two renders of a book.

    Args:
        old: the chapters of the old render.
        new: the chapters of the new render.
        old_files: the paths that the old render wrote.
        new_files: the paths that the new render wrote.
        renames: what versions of the template renamed, old path to new path; a directory ends with
            a slash, and `{chapter}/` stands for the directory of every chapter.
    """
    before = {place.id: place for place in old}
    after = tuple(new)
    origins = {place.id: _origin(place, before) for place in after}
    used = {origin.id for origin in origins.values() if origin}
    moved = {
        origin.path: place.path
        for place in after
        if (origin := origins[place.id]) and origin.path != place.path
    }
    dropped = {place.path: draft(id) for id, place in before.items() if id not in used}
    returned = {
        draft(id): place.path
        for place in after
        if origins[place.id] is None
        for id in (place.id, *place.was)
    }
    chapters = {origin.path: place.path for place in after if (origin := origins[place.id])}
    directories, files = _renamed(
        dict(_for_every_chapter(renames, chapters)), frozenset(old_files), frozenset(new_files)
    )
    return Placement(
        directories={**directories, **moved, **dropped, **returned},
        files=files,
        dropped=frozenset(dropped),
        returned=frozenset(returned),
    )


def _origin(place: Place, before: Mapping[str, Place]) -> Place | None:
    """Return the old place of a chapter, under its id or one that it had."""
    return next((before[id] for id in (place.id, *place.was) if id in before), None)


def _for_every_chapter(
    renames: Mapping[str, str], chapters: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    """Yield the renames with `{chapter}/` replaced by the directories that it stands for."""
    for old, new in _followed(renames):
        if not old.startswith(CHAPTER):
            yield old, new
            continue
        for before, after in chapters.items():
            yield (
                f"{before}/{old.removeprefix(CHAPTER)}",
                f"{after}/{new.removeprefix(CHAPTER)}" if new.startswith(CHAPTER) else new,
            )


def _followed(renames: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield every old path with the last of the paths that one rename after another gave it."""
    for old in renames:
        seen, path = {old}, old
        while path in renames and renames[path] not in seen:
            path = renames[path]
            seen.add(path)
        yield old, path


def _renamed(
    renames: Mapping[str, str], old_files: frozenset[str], new_files: frozenset[str]
) -> tuple[dict[str, str], dict[str, str]]:
    """Return the directories and the files whose rename lies between the two renders.

    A rename does when the old render has only the old path, and the new one only the new path.
    That needs no version numbers, which a template without tags does not have.
    """
    old_names, new_names = _with_directories(old_files), _with_directories(new_files)
    between_them = {
        old: new
        for old, new in renames.items()
        if old in old_names and old not in new_names and new in new_names and new not in old_names
    }
    return (
        {old.rstrip("/"): new.rstrip("/") for old, new in between_them.items() if old[-1] == "/"},
        {old: new for old, new in between_them.items() if old[-1] != "/"},
    )


def _with_directories(files: frozenset[str]) -> frozenset[str]:
    return files | {f"{directory}/" for directory in directories_of(files)}


def directories_of(paths: Iterable[str]) -> set[str]:
    """Return every directory that some paths are in, `.` for the book's root."""
    return {str(parent) for path in paths for parent in PurePosixPath(path).parents}
