"""Copy an application, so that nothing of the user's is written."""

import os
import re
import shutil
import stat
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from ..discovery import SKIPPED, MigrateError

# What stands beside code and is not part of the application.
LEFT_OUT = {
    *(SKIPPED - {"env"}),
    *(".git", ".hg", ".svn", ".tox", ".nox", ".venv", ".idea", ".vscode"),
    *(".mypy_cache", ".pytest_cache", ".ruff_cache"),
}
# What Flask looks for beside an application that is one file.
BESIDE = {"templates", "static", "instance", "flask_compat"}
# A name of a file or folder, in code.
WORD = re.compile(r"[\w.-]+")
# Each copy says that its files are of the same moment: when files were
# copied, checked out or converted says nothing of the application.
MOMENT = 1_600_000_000


@dataclass(frozen=True)
class Copy:
    """A copy of one side.

    Attributes:
        root: the copy of the directory.
        paths: where its modules are looked for first.
    """

    root: Path
    paths: tuple[Path, ...]


def packages(path: Path) -> tuple[Path, ...]:
    """Return the packages that a directory is in, itself the last."""
    found: list[Path] = []
    folder = path.resolve()
    while (folder / "__init__.py").exists() and folder.parent != folder:
        found.insert(0, folder)
        folder = folder.parent
    return tuple(found)


def copied(
    source: Path,
    into: Path,
    around: tuple[Path, ...],
    base: Path,
) -> Copy:
    """Copy one side of a comparison.

    Args:
        source: the directory, or the single file.
        into: a folder of its own for the copy; it need not exist.
        around: the packages that OLD is in; NEW takes its place in them.
        base: where the modules of OLD are looked for, below its directory.

    Raises:
        MigrateError: it cannot be read, or the copy cannot be written.
    """
    root = into.joinpath(*(package.name for package in around))
    try:
        _copy(source, root)
        to = into
        for package in around[:-1]:
            to /= package.name
            shutil.copyfile(package / "__init__.py", to / "__init__.py")
        if around:
            _beside(around[0].parent, into, root)
        _same_moment(into)
    except (OSError, shutil.Error) as error:
        reason = getattr(error, "strerror", None) or str(error)
        message = f"{source.as_posix()}: cannot be copied: {reason}"
        raise MigrateError(message) from error
    bases = (into,) if around else (root / base, root, root / "src")
    paths = (path for path in bases if path.is_dir())
    return Copy(root, tuple(dict.fromkeys(paths)))


def _beside(parent: Path, into: Path, root: Path) -> None:
    """Copy what belongs to a package and stands beside it.

    Flask keeps data in `instance` and variables in `.env`; both sides get
    those of OLD. `flask_compat` is imported by this name from wherever NEW
    has it.
    """
    for name in (".env", ".flaskenv"):
        if (parent / name).is_file():
            shutil.copy2(parent / name, into / name)
    for folder in (parent / "instance", root / "flask_compat"):
        if folder.is_dir():
            shutil.copytree(folder, into / folder.name, ignore=_ignored)


def _copy(source: Path, root: Path) -> None:
    if source.is_dir():
        shutil.copytree(
            source,
            root,
            ignore=_ignored,
            ignore_dangling_symlinks=True,
            dirs_exist_ok=True,
        )
        return
    root.mkdir(parents=True, exist_ok=True)
    shutil.copy2(source, root / source.name)
    words = set(WORD.findall(source.read_text("utf-8", errors="replace")))
    for path in sorted(source.parent.iterdir()):
        # Other folders and files are of no concern to it, or are modules.
        is_named = path.name in BESIDE or path.name in words
        if not is_named or path == source or _is_left_out(path):
            continue
        if path.is_dir():
            shutil.copytree(path, root / path.name, ignore=_ignored)
        else:
            shutil.copy2(path, root / path.name)


def _ignored(folder: str, names: list[str]) -> Iterable[str]:
    """Return which entries of a folder copytree leaves out."""
    return {name for name in names if _is_left_out(Path(folder, name))}


def _is_left_out(path: Path) -> bool:
    if path.name in LEFT_OUT or (path / "pyvenv.cfg").exists():
        return True
    try:
        mode = path.stat().st_mode
        target = path.resolve()
    except (OSError, RuntimeError):
        return True
    if path.is_symlink() and stat.S_ISDIR(mode):
        # A folder around the link would be copied without end.
        around = path.parent.resolve()
        return target == around or target in around.parents
    return not (stat.S_ISDIR(mode) or stat.S_ISREG(mode))


def _same_moment(folder: Path) -> None:
    for path in folder.rglob("*"):
        if path.is_file():
            path.chmod(path.stat().st_mode | stat.S_IWUSR)
            os.utime(path, (MOMENT, MOMENT))
