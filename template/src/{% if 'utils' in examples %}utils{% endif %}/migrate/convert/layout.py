"""How the modules of an application import each other, and are started."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ..discovery import File, Sources
from ..facts import Form, Value
from ..mounting import Owner
from .planning import Plan

INIT = "__init__.py"


@dataclass(frozen=True)
class Start:
    """How an application is started.

    Attributes:
        module: the module, as it is imported.
        name: the name of the application in it, or of its factory.
        is_factory: whether it is a factory.
        folder: what has to be on the path of Python, from the result;
            ".." stands for the folder around it.
    """

    module: str
    name: str
    is_factory: bool
    folder: str


def is_package(sources: Sources) -> bool:
    """Return whether the folder of an application is itself a package.

    A folder can hold an `__init__.py` that nobody imports: what its modules
    say when they import each other decides.
    """
    root = sources.root
    as_folder = not (root / INIT).exists()
    for file in sources.files:
        depth = len(file.path.relative_to(root).parts)
        for level, dotted in _imports(file.path):
            if level == depth:
                return True
            if level:
                continue
            if _is_in(dotted, root):
                as_folder = True
            elif _is_around(dotted, root) and sources.find(dotted, file):
                return True
    return not as_folder


def _imports(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the level and the module of each import."""
    try:
        tree = ast.parse(path.read_bytes())
    except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            yield node.level, node.module or ""
        elif isinstance(node, ast.Import):
            for alias in node.names:
                yield 0, alias.name


def _is_around(dotted: str, root: Path) -> bool:
    """Return whether a name leads through the folder as a package."""
    parts = tuple(dotted.split("."))
    return any(
        parts[:end] == root.parts[-end:] for end in range(1, len(parts) + 1)
    )


def _is_in(dotted: str, root: Path) -> bool:
    """Return whether a name is that of a module in the folder."""
    path = root / dotted.partition(".")[0]
    return path.with_suffix(".py").exists() or (path / INIT).exists()


def is_part(sources: Sources, file: File) -> bool:
    """Return whether a file is imported as a part of the package around it.

    A folder without an `__init__.py` is a package as well, if what is in it
    says so by importing from around it.
    """
    if any(level for level, _ in _imports(file.path)):
        return True
    folder = file.path.parent
    while folder != sources.root:
        if not (folder / INIT).exists():
            return False
        folder = folder.parent
    return True


def start(plan: Plan, sources: Sources, owner: Owner) -> Start | None:
    """Return how an application is started, where reading can tell."""
    use = owner.made
    if use is None:
        return None
    files = {file.shown: file for file in sources.files}
    file = files[use.file]
    name = _variable(plan, owner, file)
    is_factory = name is None
    if name is None:
        name = _factory(plan, use.where, file)
    if name is None:
        return None
    base = file.path.parent
    while base != sources.root and (base / INIT).exists():
        base = base.parent
    parts = list(file.path.relative_to(base).with_suffix("").parts)
    if parts[-1] == "__init__":
        parts.pop()
    folder = base.relative_to(sources.root).as_posix()
    return Start(".".join(parts), name, is_factory, folder)


def _variable(plan: Plan, owner: Owner, file: File) -> str | None:
    """Return the variable of a module that holds an application."""
    for name, values in plan.application.facts.bindings.items():
        module, _, own = name.rpartition(".")
        if module == file.module and any(
            _is_made(value, owner) for value in values
        ):
            return own
    return None


def _is_made(value: Value, owner: Owner) -> bool:
    return value.form is Form.CALL and value.site == owner.site


def _factory(plan: Plan, where: str, file: File) -> str | None:
    """Return the function of a module that makes an application."""
    function = plan.application.facts.functions.get(where)
    if function is None or function.parent != file.module:
        return None
    return function.name if function.returns else None
