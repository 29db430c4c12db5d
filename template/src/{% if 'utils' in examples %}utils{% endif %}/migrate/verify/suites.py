"""Run the application's own tests against both sides."""

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ..discovery import MigrateError, is_test
from .copies import Copy
from .servers import CHILD, Side, last_lines, started, stop

PLUGIN = "migrate_verify_plugin"
# What tells pytest how to run.
CONFIGURATION = (
    *("pytest.ini", ".pytest.ini", "pytest.toml", ".pytest.toml"),
    *("pyproject.toml", "tox.ini", "setup.cfg", "conftest.py"),
)
OPTIONS = (
    *("-p", PLUGIN, "-p", "no:cacheprovider", "--maxfail=0", "-q"),
    *("--continue-on-collection-errors", "--tb=short"),
)
# How long a suite may take on NEW, at least; and as often as it took on OLD.
SECONDS = 60.0
TIMES = 10.0
# The code with which pytest says that there are none.
NO_TESTS = 5
MISSING = "not collected"


@dataclass(frozen=True)
class Outcome:
    """How a test ended: "passed", "failed" and so on, and why."""

    outcome: str
    reason: str = ""


@dataclass(frozen=True)
class Changed:
    """A test whose outcome differs.

    Attributes:
        test: its id, as pytest has it.
        old, new: how it ended on each side.
    """

    test: str
    old: Outcome
    new: Outcome


@dataclass(frozen=True)
class Suite:
    """What the application's own tests said.

    Attributes:
        tests: how many were collected on OLD.
        passed: how many of them pass on OLD.
        changed: those whose outcome differs.
        unsteady: those whose outcome differs between two runs on OLD.
        problem: why the tests could not be run; then nothing else is said.
    """

    tests: int = 0
    passed: int = 0
    changed: tuple[Changed, ...] = ()
    unsteady: tuple[str, ...] = ()
    problem: str = ""


@dataclass
class Run:
    """What one run of pytest told.

    Attributes:
        outcomes: how each test ended, by its id.
        broken: why files could not be collected, by their ids.
        problem: why there are no tests at all, if that is so.
    """

    outcomes: dict[str, Outcome] = field(default_factory=dict)
    broken: dict[str, str] = field(default_factory=dict)
    problem: str = ""


def overlaid(old: Copy, new: Copy) -> None:
    """Put the tests of OLD, and how they are run, in place of NEW's own."""
    for path in sorted(new.root.rglob("*")):
        if path.is_file() and is_test(path.relative_to(new.root)):
            path.unlink()
    for path in sorted(old.root.rglob("*")):
        relative = path.relative_to(old.root)
        to = new.root / relative
        is_missing = path.name in CONFIGURATION and not to.exists()
        is_set = is_missing and path.parent == old.root
        if path.is_file() and (is_test(relative) or is_set):
            to.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, to)


def brought(tests: Path, source: Path, copy: Copy) -> str:
    """Put tests from outside into a copy, and return where they are there.

    Args:
        tests: a folder of tests, or a file.
        source: the directory that was copied; tests in it are there already.
        copy: the copy.
    """
    whole, root = tests.resolve(), source.resolve()
    if source.is_dir() and whole.is_relative_to(root):
        return whole.relative_to(root).as_posix()
    to = copy.root / whole.name
    if whole.is_dir():
        pattern = shutil.ignore_patterns("__pycache__", ".*")
        shutil.copytree(whole, to, ignore=pattern, dirs_exist_ok=True)
    else:
        shutil.copyfile(whole, to)
    for name in CONFIGURATION:
        beside = whole.parent / name
        if beside.is_file() and not (copy.root / name).exists():
            shutil.copyfile(beside, copy.root / name)
    return whole.name


def run(
    side: Side,
    copy: Copy,
    tests: Sequence[str],
    seconds: float | None,
) -> Run:
    """Run tests on one side.

    Args:
        side: whose modules the tests import.
        copy: a copy of it, with the tests.
        tests: folders, files or ids, below the copy.
        seconds: how long that may take; None for as long as it takes.
    """
    told = copy.root.parent / f".{copy.root.name}.outcomes"
    output = copy.root.parent / f".{copy.root.name}.pytest"
    told.unlink(missing_ok=True)
    arguments = copy.root.parent / f".{copy.root.name}.arguments"
    arguments.write_text("\n".join(tests), encoding="utf-8")
    command = [sys.executable, "-m", "pytest", *OPTIONS]
    command += [f"--rootdir={copy.root}", f"@{arguments}"]
    more = {
        "MIGRATE_VERIFY_OUTCOMES": str(told),
        "MIGRATE_VERIFY_FOLDER": str(copy.root),
        **({"MIGRATE_VERIFY_CLIENT": "1"} if side.kind == "new" else {}),
    }
    with output.open("wb") as written:
        process = started(command, copy, written, more, last=(CHILD,))
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            pass
        finally:
            stop(process)
    found = _read(told)
    is_told = found.outcomes or found.broken
    if not is_told and process.returncode != NO_TESTS:
        why = last_lines(output)
        found.problem = f"{side.title} could not run the tests{why}"
    return found


def timed(
    side: Side,
    copy: Copy,
    tests: Sequence[str],
) -> tuple[Run, float]:
    """Run tests, and return how many seconds that took as well.

    Raises:
        MigrateError: pytest could not run them.
    """
    start = time.monotonic()
    found = run(side, copy, tests, None)
    if found.problem:
        raise MigrateError(found.problem)
    return found, time.monotonic() - start


def limit(took: float) -> float:
    """Return how long tests may take that took so long before."""
    return max(SECONDS, TIMES * took)


def _read(told: Path) -> Run:
    found = Run()
    if not told.exists():
        return found
    for line in told.read_text(encoding="utf-8").splitlines():
        what, test, *rest = json.loads(line)
        if what == "collected":
            found.outcomes.setdefault(test, Outcome("not run"))
        elif what == "broken":
            found.broken[test] = rest[1]
        elif what == "started":
            found.outcomes[test] = Outcome("without an end")
        elif _is_worse(found.outcomes.get(test), rest[0]):
            found.outcomes[test] = Outcome(*rest)
    return found


def _is_worse(known: Outcome | None, outcome: str) -> bool:
    """Return whether an outcome counts: the first that is not good does."""
    return known is None or known.outcome in {
        *("not run", "without an end", "passed"),
    }


def compared(old: Run, new: Run) -> tuple[Changed, ...]:
    """Return the tests whose outcome differs, in the order of OLD's run."""
    found = []
    for test, before in old.outcomes.items():
        after = new.outcomes.get(test) or Outcome(
            MISSING, _why_missing(new, test)
        )
        if after.outcome != before.outcome:
            found.append(Changed(test, before, after))
    missing = Outcome(MISSING)
    found += [
        Changed(test, missing, after)
        for test, after in new.outcomes.items()
        if test not in old.outcomes
    ]
    return tuple(found)


def _why_missing(run: Run, test: str) -> str:
    file = test.partition("::")[0]
    return run.problem or run.broken.get(file, "")


def summed(
    old: Run,
    changed: Iterable[Changed],
    again: Run | None,
) -> Suite:
    """Return what a suite said.

    Args:
        old: how the tests ended on OLD.
        changed: those that ended in another way on NEW.
        again: how those ended on OLD once more.
    """
    unsteady = {
        one.test
        for one in changed
        if again is not None
        and one.test in again.outcomes
        and again.outcomes[one.test].outcome != one.old.outcome
    }
    return Suite(
        len(old.outcomes),
        sum(one.outcome == "passed" for one in old.outcomes.values()),
        tuple(one for one in changed if one.test not in unsteady),
        tuple(sorted(unsteady)),
    )
