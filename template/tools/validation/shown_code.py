"""The code that the book shows: is it tested, and is what was marked to be shown there?"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from tools.build_scripts.book import Problem
from tools.build_scripts.listings import Library, ListingError

# Where the programs of a book are, and what can be marked in them.
CODE = "src"
TESTS = "tests"


def unused_regions(root: Path, library: Library) -> Iterator[Problem]:
    """Yield the regions of the book's code that no listing shows."""
    shown = {(part.path, part.region) for part in library.shown}
    for path in _files(root, CODE):
        if path.endswith(".md"):
            continue  # shows what regions look like
        try:
            regions = library.file(path).regions
        except ListingError:
            continue
        for region in regions:
            if (path, region.name) not in shown:
                message = f"no listing shows the region '{region.name}'."
                yield Problem(path, region.first - 1, message)


def untested_files(root: Path, library: Library) -> Iterator[Problem]:
    """Yield the files that listings show and no test imports or names.

    What is not below a directory, such as the Makefile, belongs to the book and not to its code,
    and tables show data.
    """
    tests = {path: (root / path).read_text(encoding="utf-8") for path in _files(root, TESTS)}
    imported = _imported(root, [path for path in tests if path.endswith(".py")])
    for part, (chapter, line) in library.shown.items():
        name = PurePosixPath(part.path)
        if part.path in imported or len(name.parts) == 1 or name.suffix == ".csv":
            continue
        if not any(part.path in text or f'"{name.name}"' in text for text in tests.values()):
            message = f"shows {part.path}, which no test imports or names; test what readers copy."
            yield Problem(chapter, line, message)


def _files(root: Path, directory: str) -> list[str]:
    """Return the files below a directory of the book, but not what Python left there."""
    return sorted(
        path.relative_to(root).as_posix()
        for path in (root / directory).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and _is_text(path)
    )


def _is_text(path: Path) -> bool:
    try:
        path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return False
    return True


def _imported(root: Path, paths: list[str]) -> frozenset[str]:
    """Return files and all that they import, of the book, one through another."""
    found: set[str] = set()
    waiting = list(paths)
    while waiting:
        path = waiting.pop()
        if path in found:
            continue
        found.add(path)
        waiting += _imports(root, path)
    return frozenset(found)


def _imports(root: Path, path: str) -> list[str]:
    try:
        tree = ast.parse((root / path).read_text(encoding="utf-8"))
    except SyntaxError:
        return []
    package = PurePosixPath(path).parent.parts
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else ()
            base = ".".join((*above, *((node.module,) if node.module else ())))
            names.update((base, *(f"{base}.{alias.name}" for alias in node.names)))
    return [file for name in names for file in _module_files(root, name)]


def _module_files(root: Path, name: str) -> list[str]:
    """Return the files of the book that a module's name stands for, those of packages included."""
    place = name.replace(".", "/")
    candidates = (f"{place}.py", f"{place}/__init__.py", f"{place}/__main__.py")
    return [path for path in candidates if (root / path).is_file()]
