"""Find the Python files of an application, and name its modules."""

import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePath

from .findings import Finding, Kind, Severity, found

# What people keep beside their code and did not write.
SKIPPED = {"__pycache__", "node_modules", "site-packages", "venv", "env"}
# Tests are replayed against the conversion, not converted.
TEST_FOLDERS = {"test", "tests"}
# A module that people wrote is far smaller; such files are tables of data.
LARGEST_FILE = 2_000_000

# What code imports from elsewhere, even in a folder of the same name.
FOREIGN = sys.stdlib_module_names | {"celery", "flask", "werkzeug"}

LOOP = Kind(
    "file.loop",
    Severity.KEEP,
    "a symbolic link leads to a folder around it, and is not followed",
    "nothing: what it leads to is read where it is",
    "technical_architecture",
)
UNREADABLE = Kind(
    "file.unreadable",
    Severity.UNKNOWN,
    "cannot be read",
    "make it readable, then analyse again",
    "troubleshooting",
)
TESTS = Kind(
    "file.test",
    Severity.KEEP,
    "is a test, and tests are not converted",
    "run it against the converted application",
    "testing_qa",
)


class MigrateError(Exception):
    """There is nothing to report on; the message says where and why."""


@dataclass(frozen=True)
class File:
    """A Python file.

    Attributes:
        path: where it is.
        shown: how reports call it, relative to what is analysed.
        module: what names of its module begin with.
    """

    path: Path
    shown: str
    module: str

    @property
    def package(self) -> str:
        """Return where its relative imports begin."""
        if self.path.name == "__init__.py":
            return self.module
        return self.module.rpartition(".")[0]


@dataclass(frozen=True)
class Sources:
    """The files of an application, and what is to be said of the others."""

    root: Path
    files: tuple[File, ...]
    left_out: tuple[Finding, ...]

    @cached_property
    def _modules(self) -> dict[tuple[str, ...], str]:
        """Return module names by the paths that they are imported by."""
        return {_importable(file.path): file.module for file in self.files}

    @cached_property
    def names(self) -> frozenset[str]:
        """Return the names of all modules."""
        return frozenset(file.module for file in self.files)

    @cached_property
    def _bases(self) -> tuple[tuple[str, ...], ...]:
        """Return folders that hold top packages, such as `src`."""
        folders = {file.path.parent for file in self.files}
        bases = {
            folder.parent
            for folder in folders
            if (folder / "__init__.py").exists()
            and not (folder.parent / "__init__.py").exists()
        }
        bases |= {self.root, *self.root.parents}
        return tuple(sorted((base.parts for base in bases), reverse=True))

    def find(self, dotted: str, file: File) -> str | None:
        """Return what an imported name stands for in our modules, if in one.

        Args:
            dotted: a name as it is imported, such as "shop.books.list".
            file: where it is imported.
        """
        parts = tuple(dotted.split("."))
        folder = file.path.parent
        own = () if (folder / "__init__.py").exists() else (folder.parts,)
        for base in (*own, *self._bases):
            for end in range(len(parts), 0, -1):
                module = self._modules.get((*base, *parts[:end]))
                if module is not None:
                    return ".".join((module, *parts[end:]))
        return None


def discover(path: Path) -> Sources:
    """Return the Python files at or below a path.

    Raises:
        MigrateError: there is no such path, or no Python in it.
    """
    if not path.exists():
        raise MigrateError(f"{path.as_posix()}: there is no such path")
    if path.is_file():
        whole = path.resolve()
        return Sources(whole.parent, (File(whole, path.name, path.stem),), ())
    root = path.resolve()
    left_out: list[Finding] = []
    files = []
    for file in _python(root, root, left_out):
        relative = file.relative_to(root)
        if is_test(relative):
            left_out.append(found(TESTS, relative.as_posix(), 0))
        else:
            files.append(File(file, relative.as_posix(), _name(file, root)))
    if not files and not left_out:
        message = f"{path.as_posix()}: there is no Python below it"
        raise MigrateError(message)
    return Sources(root, tuple(files), tuple(left_out))


def read(file: File) -> bytes | Finding:
    """Return what is in a file, or why it cannot be read."""
    try:
        code = file.path.read_bytes()
    except OSError as error:
        why = error.strerror or "it is no file"
        return found(UNREADABLE, file.shown, 0, detail=why)
    if len(code) > LARGEST_FILE:
        why = f"{len(code)} bytes are more than the {LARGEST_FILE} allowed"
        return found(UNREADABLE, file.shown, 0, detail=why)
    return code


def _python(
    folder: Path,
    root: Path,
    left_out: list[Finding],
) -> Iterator[Path]:
    shown = folder.relative_to(root).as_posix()
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        why = error.strerror or "it is no folder"
        left_out.append(found(UNREADABLE, shown, 0, detail=why))
        return
    for entry in entries:
        path = Path(entry.path)
        if entry.is_symlink() and _leads_around(path, folder):
            relative = path.relative_to(root).as_posix()
            left_out.append(found(LOOP, relative, 0))
        elif entry.is_dir():
            if not _is_skipped(path):
                yield from _python(path, root, left_out)
        elif path.suffix == ".py":
            yield path


def _leads_around(link: Path, folder: Path) -> bool:
    """Return whether a link leads to a folder that it is in, or nowhere."""
    try:
        target = link.resolve()
    except (OSError, RuntimeError):
        return True
    around = folder.resolve()
    # One that leads to itself is a loop: it resolves, but is not there.
    return not link.exists() or target == around or target in around.parents


def _is_skipped(folder: Path) -> bool:
    if folder.name.startswith(".") or folder.name in SKIPPED:
        return True
    return (folder / "pyvenv.cfg").exists()


def is_test(relative: PurePath) -> bool:
    """Return whether a file belongs to tests, or is one.

    Args:
        relative: where it is, below the directory of the application.
    """
    if TEST_FOLDERS.intersection(relative.parts[:-1]):
        return True
    name = relative.name
    is_named_so = name.startswith("test_") or name.endswith("_test.py")
    return is_named_so or name == "conftest.py"


def _name(file: Path, root: Path) -> str:
    relative = file.relative_to(root.parent).with_suffix("")
    parts = [part.replace(".", "_") for part in relative.parts]
    if parts[-1] == "__init__":
        parts.pop()
    if parts[0] in FOREIGN and not (root / "__init__.py").exists():
        parts[0] = f"folder_{parts[0]}"
    return ".".join(parts)


def _importable(path: Path) -> tuple[str, ...]:
    if path.name == "__init__.py":
        return path.parent.parts
    return path.with_suffix("").parts
