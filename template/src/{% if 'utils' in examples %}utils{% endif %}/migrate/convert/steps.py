"""What to do with a converted application."""

from collections.abc import Iterator
from pathlib import Path

from ..discovery import Sources
from .imports import PACKAGE
from .layout import Start, start
from .planning import Plan

# What `flask_compat` needs beside Flask, which stays.
NEEDS = "`fastapi` and `uvicorn`"


def steps(
    plan: Plan,
    sources: Sources,
    output: Path,
    *,
    package: bool,
    is_marked: bool,
) -> Iterator[str]:
    """Yield the next steps, in order."""
    yield (
        f"Add {NEEDS} to the requirements; Flask stays, as the library "
        f"behind `{PACKAGE}`."
    )
    inside = output.parent if package else output
    starts = [
        found
        for owner in plan.applications
        if owner.site not in plan.left
        and (found := start(plan, sources, owner)) is not None
    ]
    for each in starts:
        module = _module(each, output, package=package)
        command = _command(each, module)
        yield f"Start it in `{inside.as_posix()}`: `{command}`."
    for folder in sorted({each.folder for each in starts} - {"."}):
        yield (
            f"Where only `{folder}` is on the path of Python, as after an "
            f"editable installation, move `{PACKAGE}` there."
        )
    if starts:
        module = _module(starts[0], output, package=package)
        name = f"{output.name}.{PACKAGE}" if package else PACKAGE
        target = f"{module}:{starts[0].name}"
        yield (
            f"Run the commands of `flask` as "
            f"`python -m {name} --app {target} COMMAND`."
        )
    if is_marked:
        yield "Go through the places marked `# MIGRATE`."
    yield (
        "Run the tests of the application against it, and compare both: "
        f"`python -m src.utils.migrate verify OLD {output.as_posix()}`."
    )


def _module(each: Start, output: Path, *, package: bool) -> str:
    if not package:
        return each.module
    return ".".join(filter(None, (output.name, each.module)))


def _command(each: Start, module: str) -> str:
    folder = f" --app-dir {each.folder}" if each.folder != "." else ""
    factory = " --factory" if each.is_factory else ""
    return f"python -m uvicorn{folder}{factory} {module}:{each.name}"
