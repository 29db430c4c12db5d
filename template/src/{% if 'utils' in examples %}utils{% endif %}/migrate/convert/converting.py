"""Convert an application: a copy of it that FastAPI serves."""

import os
import shutil
import tempfile
import warnings
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import libcst as cst

from ..analysing import (
    collected_by_file,
    findings_of,
    has_flask,
    reached,
    read_all,
    used_by,
)
from ..application import Application
from ..discovery import (
    File,
    MigrateError,
    Sources,
    discover,
    read,
)
from ..facts import Action, Facts
from ..findings import Finding, Severity
from ..mounting import Routing, Rule
from ..parsing import parse, with_room
from .candidates import names_in
from .conversions import (
    KEPT,
    LEFT_OUT,
    REWRITTEN,
    Became,
    Conversion,
    Converted,
    by_place,
)
from .copying import Skipped, copy, python_in
from .imports import PACKAGE
from .layout import is_package, is_part
from .planning import Mark, Plan
from .rewriting import Rewriter, Rewritten
from .steps import steps

COUNTERPART = Path(__file__).resolve().parent.parent / PACKAGE
# What Flask looks for beside a module.
BESIDE = ("templates", "static")

NOT_A_PART = (
    "is in a folder that is no package, and cannot import `flask_compat` "
    "from the package around it"
)
UNSOUND = "what it would become is no Python, which is a mistake of this tool"
UNFAITHFUL = "is Python that LibCST does not write as it read it"
UNENCODED = "what it would become cannot be written in its encoding"


@dataclass(frozen=True)
class _Files:
    """What became of the files that were read."""

    rewritten: Mapping[str, Rewritten]
    kept: tuple[Became, ...]


def convert(path: Path, output: Path) -> Conversion:
    """Write a converted copy of the application at a path.

    Args:
        path: the folder of the application, or its only file.
        output: where the copy goes; a folder that is empty or not there.

    Raises:
        MigrateError: there is nothing to convert, or nowhere to write to.
    """
    sources = discover(path)
    _check_output(path, output)
    return with_room(lambda: _converted(path, output, sources))


def _converted(path: Path, output: Path, sources: Sources) -> Conversion:
    facts, unread = read_all(sources)
    _check_input(path, sources, facts)
    application = Application(facts, sources.names)
    package = is_package(sources)
    plan, files = _settled(application, sources, unread, package=package)
    with _aside(sources.root, output) as aside:
        skipped = _copied(path, sources, aside)
        for shown, one in files.rewritten.items():
            _write(aside / shown, one.code)
    became = (
        *(Became(shown, REWRITTEN) for shown in files.rewritten),
        *files.kept,
        *(Became(one.path, LEFT_OUT, one.why) for one in skipped),
    )
    marks = _marks(plan, files)
    total = sum(1 for each in output.rglob("*") if each.is_file())
    own = sum(1 for each in (output / PACKAGE).rglob("*") if each.is_file())
    return Conversion(
        path.resolve().name,
        output.as_posix(),
        _routes(plan, files),
        tuple(sorted(became)),
        total - own - len(files.rewritten),
        marks,
        tuple(
            steps(
                plan,
                sources,
                output,
                package=package,
                is_marked=bool(marks),
            )
        ),
    )


# Mistakes ----------------------------------------------------------------


def _check_output(path: Path, output: Path) -> None:
    source, target = path.resolve(), output.resolve()
    folder = source if source.is_dir() else source.parent
    shown = output.as_posix()
    if source.is_dir() and target.is_relative_to(source):
        _refuse(shown, f"is inside {path.as_posix()}: write it elsewhere")
    if folder.is_relative_to(target):
        _refuse(shown, f"is around {path.as_posix()}: write it elsewhere")
    if not output.exists() and not output.is_symlink():
        _check_above(output)
        return
    if not output.is_dir():
        _refuse(shown, "is no folder: name one that is not there yet")
    try:
        is_empty = not any(output.iterdir())
    except OSError as error:
        _refuse(shown, f"cannot be read: {error.strerror}")
    if not is_empty:
        _refuse(shown, "is not empty: name a folder that is not there yet")


def _check_above(output: Path) -> None:
    """Refuse a folder that can never be made."""
    for above in output.parents:
        if above.exists():
            if not above.is_dir():
                why = f"is below {above.as_posix()}, which is no folder"
                _refuse(output.as_posix(), why)
            return


def _check_input(path: Path, sources: Sources, facts: Facts) -> None:
    shown = path.as_posix()
    names = {use.name for use in facts.uses if use.action is Action.IMPORT}
    if any(f".{name}".endswith(f".{PACKAGE}.Application") for name in names):
        _refuse(shown, "has been converted already: it imports `flask_compat`")
    own = (sources.root / PACKAGE, sources.root / f"{PACKAGE}.py")
    if path.is_dir() and any(each.exists() for each in own):
        message = f"has a package named {PACKAGE} of its own: rename it first"
        _refuse(shown, message)
    if not has_flask(facts):
        _refuse(shown, "no file below it that can be read imports Flask")


def _refuse(place: str, why: str) -> None:
    raise MigrateError(f"{place}: {why}")


def _settled(
    application: Application,
    sources: Sources,
    unread: list[Finding],
    *,
    package: bool,
) -> tuple[Plan, _Files]:
    """Return what is converted, and the files that follow from it.

    What is made in a file that cannot be rewritten stays Flask's, and that
    changes what other files become.
    """
    plan = Plan(application, Routing(application))
    while True:
        files = _rewritten(plan, sources, unread, package=package)
        kept = frozenset(one.file for one in files.kept)
        lost = any(
            owner.made is not None
            and owner.made.file in kept
            and plan.is_made(owner.site)
            for owner in plan.routing.owners.values()
        )
        if not lost:
            return plan, files
        plan = Plan(application, plan.routing, plan.kept | kept)


# Files -------------------------------------------------------------------


def _rewritten(
    plan: Plan,
    sources: Sources,
    unread: list[Finding],
    *,
    package: bool,
) -> _Files:
    kept = [Became(one.file, KEPT, one.what) for one in unread]
    names = {one.file for one in unread}
    read_files = [
        file
        for file in sources.files
        # What a symbolic link leads to is rewritten where it is.
        if file.shown not in names and file.path.resolve() == file.path
    ]
    rewriter = Rewriter(plan, sources, _elsewhere(sources), is_package=package)
    rewritten: dict[str, Rewritten] = {}
    with collected_by_file() as collect_garbage:
        for file in read_files:
            result = _one(rewriter, file, sources, package=package)
            if isinstance(result, Rewritten):
                rewritten[file.shown] = result
            elif result:
                kept.append(Became(file.shown, KEPT, result))
            collect_garbage()
    return _Files(rewritten, tuple(kept))


def _one(
    rewriter: Rewriter,
    file: File,
    sources: Sources,
    *,
    package: bool,
) -> Rewritten | str:
    """Return what a file becomes, or why it stays; nothing if it just does."""
    code = read(file)
    if isinstance(code, Finding):
        return code.what
    module = parse(file, code)
    if not isinstance(module, cst.Module):
        return module.what
    if module.bytes != code:
        return UNFAITHFUL
    try:
        result = rewriter.rewrite(file, module)
    except UnicodeEncodeError:
        return UNENCODED
    if result.code == code:
        return ""
    if package and not is_part(sources, file):
        return NOT_A_PART
    return result if _is_sound(result.code, file.shown) else UNSOUND


def _is_sound(code: bytes, shown: str) -> bool:
    """Return whether Python can compile what was written."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(code, shown, "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _elsewhere(sources: Sources) -> frozenset[str]:
    """Return the names that tests and other code not read here uses."""
    if len(sources.files) == 1 and not sources.left_out:
        return frozenset()
    known = {file.path for file in sources.files}
    return names_in(
        path for path in python_in(sources.root) if path not in known
    )


@contextmanager
def _aside(source: Path, output: Path) -> Iterator[Path]:
    """Give a folder beside the result that becomes the result in the end."""
    aside: Path | None = None
    try:
        target = output.resolve()
        target.parent.mkdir(parents=True, exist_ok=True)
        made = tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent)
        aside = Path(made)
        folder = aside / target.name
        yield folder
        if target.exists():
            target.rmdir()
        folder.rename(target)
    except OSError as error:
        raise MigrateError(_why(error, source, output)) from error
    finally:
        if aside is not None:
            shutil.rmtree(aside, ignore_errors=True)


def _why(error: OSError, source: Path, output: Path) -> str:
    why = error.strerror or str(error)
    if error.filename is not None:
        place = Path(os.fsdecode(error.filename))
        if place.is_relative_to(source):
            return f"{place.as_posix()}: cannot be read: {why}"
    return f"{output.as_posix()}: cannot be written: {why}"


def _copied(path: Path, sources: Sources, folder: Path) -> list[Skipped]:
    skipped: list[Skipped] = []
    if path.is_dir():
        skipped = copy(sources.root, folder)
    else:
        folder.mkdir()
        shutil.copy2(sources.files[0].path, folder)
        for name in BESIDE:
            beside = sources.root / name
            if beside.is_dir():
                skipped += copy(beside, folder / name)
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(COUNTERPART, folder / PACKAGE, ignore=ignored)
    return skipped


def _write(path: Path, code: bytes) -> None:
    """Write a file anew: its copy may be one that nobody may write to."""
    mode = path.stat().st_mode
    path.unlink()
    path.write_bytes(code)
    path.chmod(mode)


# Report ------------------------------------------------------------------


def _routes(plan: Plan, files: _Files) -> tuple[Converted, ...]:
    standing = _Standing(plan)
    undone: dict[str, str] = {}
    coroutines: set[str] = set()
    for one in files.rewritten.values():
        undone |= one.undone
        coroutines |= one.coroutines
    kept = {one.file: one.reason for one in files.kept}
    found: dict[object, Converted] = {}
    for rule, route in plan.routing.routed():
        reasons = list(plan.reasons(rule, route))
        site = rule.use.call.site if rule.use.call is not None else ""
        if site in undone and not reasons:
            reasons.append(undone[site])
        if rule.use.file in kept and not reasons:
            reasons.append(f"its file {kept[rule.use.file]}")
        if route not in found:
            found[route] = Converted(
                route,
                tuple(dict.fromkeys(reasons)),
                standing.on(rule),
                bool(coroutines.intersection(rule.view)),
            )
    return tuple(
        sorted(
            found.values(),
            key=lambda one: (
                one.route.file,
                one.route.line,
                one.route.rule,
                one.route.endpoint,
            ),
        )
    )


class _Standing:
    """What views still stand on."""

    def __init__(self, plan: Plan) -> None:
        """Find out what stands in which function."""
        application, routing = plan.application, plan.routing
        self._used = used_by(application)
        self._kinds: dict[str, set[str]] = defaultdict(set)
        every = findings_of(application, routing, routing.routes())
        for finding in every:
            is_route = finding.kind.startswith("route.")
            if finding.severity > Severity.KEEP and not is_route:
                self._kinds[finding.where].add(finding.kind)

    def on(self, rule: Rule) -> tuple[str, ...]:
        """Return the kinds of what a view and what it calls use."""
        places = reached(self._used, rule.view)
        return tuple(sorted(set().union(*(self._kinds[p] for p in places))))


def _marks(plan: Plan, files: _Files) -> tuple[Mark, ...]:
    """Return the places that got a comment, and those that could not."""
    marks: list[Mark] = []
    for one in files.rewritten.values():
        marks.extend(one.marks)
    marks.extend(
        mark for mark in plan.marks if mark.file not in files.rewritten
    )
    return by_place(marks)
