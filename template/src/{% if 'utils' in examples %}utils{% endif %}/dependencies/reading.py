"""Read an application's source: its modules by name, never imported."""

import ast
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

# What people keep beside their code and did not write.
SKIPPED = {"__pycache__", "node_modules", "site-packages", "venv"}


class MapError(Exception):
    """There is nothing to make a map of; the message says where and why."""


@dataclass(frozen=True)
class Unread:
    """A file that is left out, and why; line 0 stands for all of it."""

    path: str
    line: int
    reason: str

    def __str__(self) -> str:
        """Return it as a line that editors can follow."""
        place = f"{self.path}:{self.line}" if self.line else self.path
        return f"{place}: {self.reason}; it is left out"


@dataclass(frozen=True)
class Module:
    """A module of the application.

    Attributes:
        name: how Python imports it, such as "src.shop.books".
        title: how it is called within the application, such as "books".
        path: its file, as it was found.
        above: the directories above those that its name tells of.
        tree: its code.
    """

    name: str
    title: str
    path: str
    above: tuple[str, ...]
    tree: ast.Module

    @property
    def package(self) -> str:
        """Return where its relative imports begin."""
        if Path(self.path).name == "__init__.py":
            return self.name
        return self.name.rpartition(".")[0]


@dataclass(frozen=True)
class Sources:
    """All that was read: the application's name, its modules, the rest."""

    application: str
    modules: tuple[Module, ...]
    unread: tuple[Unread, ...]


def read(path: Path) -> Sources:
    """Read a file, or all Python below a directory.

    Raises:
        MapError: there is no such path, or no Python in it.
    """
    if not path.exists():
        raise MapError(f"{path.as_posix()}: there is no such path")
    modules: dict[str, Module] = {}
    unread = []
    try:
        files = sorted(_python(path)) if path.is_dir() else [path]
    except OSError as error:
        name = Path(error.filename).as_posix()
        message = f"{name}: cannot be read: {error.strerror}"
        raise MapError(message) from error
    for file in files:
        found = _module(file, path)
        if isinstance(found, Unread):
            unread.append(found)
        elif found.name in modules:
            first = modules[found.name].path
            reason = f"is called {found.name}, as {first} is"
            unread.append(Unread(found.path, 0, reason))
        else:
            modules[found.name] = found
    if not files:
        raise MapError(f"{path.as_posix()}: there is no Python below it")
    whole = path.resolve()
    name = whole.name if whole.is_dir() else whole.stem
    return Sources(name, tuple(modules.values()), tuple(unread))


# region: files
def _python(directory: Path) -> Iterator[Path]:
    for path in directory.iterdir():
        name = path.name
        if path.is_dir() and not path.is_symlink():
            is_environment = (path / "pyvenv.cfg").exists()
            if not (name.startswith(".") or name in SKIPPED or is_environment):
                yield from _python(path)
        elif path.suffix == ".py":
            yield path


def _module(file: Path, root: Path) -> Module | Unread:
    shown = file.as_posix()
    try:
        tree = parse(file.read_bytes())
    except OSError as error:
        return Unread(shown, 0, f"cannot be read: {error.strerror}")
    except (SyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None) or 1
        return Unread(shown, line, f"is no Python: {error.args[0]}")
    except (RecursionError, MemoryError):
        return Unread(shown, 0, "is nested too deeply")
    packages, above = _split(file.resolve().parent)
    own = () if file.name == "__init__.py" else (file.stem,)
    name = ".".join((*packages, *own)) or file.parent.resolve().name
    return Module(name, _title(file, root, name), shown, above, tree)


# endregion


def parse(code: bytes) -> ast.Module:
    """Parse code without a word on what is only suspect in it.

    Raises:
        SyntaxError, ValueError: it is no Python.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(code)


def _split(directory: Path) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the packages that a directory is in, and what is above."""
    packages: list[str] = []
    while (directory / "__init__.py").exists():
        packages.insert(0, directory.name)
        directory = directory.parent
    return tuple(packages), directory.parts[1:]


def _title(file: Path, root: Path, name: str) -> str:
    """Return a name as it is within the directory that is looked at."""
    if not root.is_dir():
        return name.rpartition(".")[2]
    parts = list(file.relative_to(root).with_suffix("").parts)
    if parts[-1] == "__init__":
        parts.pop()
    return ".".join(parts) or root.resolve().name
