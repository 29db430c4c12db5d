"""The files of the book that its tests run: those that they name, and those that they import."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cache as remembered
from pathlib import Path, PurePosixPath

import msgspec

from tools.build_scripts import cache
from tools.build_scripts.cache import digest

TESTS = "tests"
DATA = (".csv", ".dot", ".gv", ".mmd")
# They belong to the template, and are looked through only when the book shows one of them.
TOOLS = "tools"

# Parsing whole files takes twenty times as long as parsing what imports in them.
_IMPORT = re.compile(
    rb"""(?:^|[:;])[ \t]*(?P<statement>(?:import|from)\b
    (?:[^\n\\(\#]|\\\r?\n|\((?:[\w\s,\x80-\xff]|\#[^\n]*\n)*\))*)""",
    re.MULTILINE | re.VERBOSE,
)


@dataclass(frozen=True)
class Coverage:
    """What tests run.

    Attributes:
        files: the files, of those that were asked for.
        inputs: what was read to know it, relative to the book's root.
    """

    files: frozenset[str]
    inputs: tuple[str, ...]


def coverage(root: Path, paths: Collection[str]) -> Coverage:
    """Find out which files a test names or imports, directly or through other files.

    What is not below a directory, such as the Makefile, belongs to the book and not to its code,
    tables show data, and diagrams are drawn by every build: all these count as tested.

    Args:
        root: the book's directory.
        paths: the files, relative to it.
    """
    code = {path for path in paths if "/" in path and not path.endswith(DATA)}
    if not code:
        return Coverage(frozenset(paths), ())
    tests = texts(root, TESTS)
    said = "\0".join(tests.values())
    named = {path for path in code if path in said or f'"{PurePosixPath(path).name}"' in said}
    imported: frozenset[str] = frozenset()
    if named < code:
        leave_out = "" if any(path.startswith(f"{TOOLS}/") for path in code) else TOOLS
        files = [path for path in tests if path.endswith(".py")]
        imported = imports_of(root, files, "tests", leave_out=leave_out)
    return Coverage(
        files=frozenset(path for path in paths if path not in code - named - imported),
        inputs=tuple(sorted({TESTS, *tests, *imported})),
    )


def texts(root: Path, directory: str) -> dict[str, str]:
    """Return the texts below a directory of the book, by path, but not what Python left there."""
    found: dict[str, str] = {}
    for path in sorted((root / directory).rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            with suppress(OSError, UnicodeDecodeError):
                found[path.relative_to(root).as_posix()] = path.read_text(encoding="utf-8")
    return found


def imports_of(
    root: Path, paths: Collection[str], purpose: str, *, leave_out: str = ""
) -> frozenset[str]:
    """Return files and all that they import, of the book, one through another.

    Args:
        root: the book's directory.
        paths: the files, relative to it.
        purpose: what the cache calls the modules that each file imports.
        leave_out: a directory of the book that is not looked through.
    """
    found: set[str] = set()
    names: set[str] = set()
    waiting = list(paths)
    at_root = {path.name.removesuffix(".py") for path in root.iterdir()} - {leave_out}
    with cache.opened(root, "imports") as kept:
        data = kept.read(purpose, "json")
        before = msgspec.json.decode(data, type=dict[str, tuple[str, ...]]) if data else {}
        now: dict[str, tuple[str, ...]] = {}
        while waiting:
            path = waiting.pop()
            if path in found:
                continue
            found.add(path)
            text = (root / path).read_bytes()
            key = digest(path, text)
            now[key] = before[key] if key in before else _imports(path, text)
            for name in set(now[key]) - names:
                names.add(name)
                if name.partition(".")[0] in at_root:
                    waiting += _module_files(root, name)
        if now.keys() != before.keys():
            kept.write(purpose, "json", msgspec.json.encode(now))
    return frozenset(found)


def _imports(path: str, text: bytes) -> tuple[str, ...]:
    """Return the modules that a file imports, also in the programs that it holds as texts."""
    package = PurePosixPath(path).parent.parts
    names: set[str] = set()
    for found in _IMPORT.finditer(text):
        for node in _statements(found["statement"]):
            names.update(_modules(node, package))
    return tuple(sorted(names))


@remembered
def _statements(code: bytes) -> tuple[ast.stmt, ...]:
    """Return what an import is; most stand in many files."""
    try:
        return tuple(ast.parse(code).body)
    except (SyntaxError, ValueError):
        return ()  # a sentence that begins like one


def _modules(node: ast.stmt, package: tuple[str, ...]) -> Iterator[str]:
    """Yield the modules that a statement of a file of a package may import."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        above = package[: len(package) - node.level + 1] if node.level else ()
        base = ".".join((*above, *((node.module,) if node.module else ())))
        yield from (base, *(f"{base}.{alias.name}" for alias in node.names))


def _module_files(root: Path, name: str) -> list[str]:
    """Return the files of the book that a module's name stands for, those of packages included."""
    place = name.replace(".", "/")
    candidates = (f"{place}.py", f"{place}/__init__.py", f"{place}/__main__.py")
    return [path for path in candidates if (root / path).is_file()]
