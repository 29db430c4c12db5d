"""Break the shops on purpose, and see whether the contract sees it.

`python -m tests.contract.mutations` makes one defect of mutations.yml after another in a copy of
the code and runs the contract until a test fails. A defect that no test sees is an error.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
import msgspec.yaml

ROOT = Path(__file__).resolve().parents[2]
LIST = Path(__file__).with_name("mutations.yml")
CONTRACT = "tests/contract"
# What the contract needs beside the code that is broken.
COPIED = ("src", "tests/__init__.py", CONTRACT, "tests/support.py", "pyproject.toml")
PASSED, FAILED = 0, 1


class MutationError(Exception):
    """A defect cannot be made, or the contract cannot be run; the text says why."""


class Mutation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A defect: what stands in a file, what takes its place, and what that breaks."""

    file: str
    old: str
    new: str
    breaks: str

    @property
    def shop(self) -> str:
        """The package that it is in."""
        return self.file.partition("/")[0]

    def __str__(self) -> str:
        return f"{self.file}: {self.breaks}"


@dataclass(frozen=True)
class Outcome:
    """What came of a defect: the test that saw it, or None."""

    mutation: Mutation
    seen_by: str | None


# region: mutate
def mutated(mutation: Mutation, text: str) -> str:
    """Return a text with the defect.

    Raises:
        MutationError: what it changes does not stand in the text once.
    """
    count = text.count(mutation.old)
    if count != 1:
        message = f"{mutation}: stands {count} times in the file; mend mutations.yml"
        raise MutationError(message)
    return text.replace(mutation.old, mutation.new)


def survivors(outcomes: Sequence[Outcome]) -> list[Mutation]:
    """Return the defects that no test saw."""
    return [one.mutation for one in outcomes if one.seen_by is None]


# endregion


def mutations() -> list[Mutation]:
    """Return the defects of the shops that are in this book.

    Raises:
        MutationError: some cannot be made.
    """
    every = msgspec.yaml.decode(LIST.read_bytes(), type=list[Mutation])
    here = [one for one in every if (ROOT / "src" / one.shop).is_dir()]
    if wrong := [said for one in here if (said := _misfit(one))]:
        raise MutationError("\n".join(wrong))
    return here


def _misfit(mutation: Mutation) -> str | None:
    """Return why a defect cannot be made, or None."""
    try:
        mutated(mutation, (ROOT / "src" / mutation.file).read_text(encoding="utf-8"))
    except OSError as error:
        return f"{mutation}: the file cannot be read: {error.strerror}"
    except MutationError as error:
        return str(error)
    return None


def run_contract(folder: Path, shop: str) -> str | None:
    """Run the contract on a shop, and return the first test that fails, or None.

    Raises:
        MutationError: the tests could not be run.
    """
    case = f"[{shop.removesuffix('_examples')}-sqlite"
    options = ("-x", "-q", "--no-header", "-p", "no:cacheprovider", "-k", case)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options, CONTRACT],
        cwd=folder,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    lines = done.stdout.splitlines()
    failed = [line for line in lines if line.startswith(("FAILED tests/", "ERROR tests/"))]
    if done.returncode == FAILED and failed:
        return failed[0].split()[1]
    if done.returncode == PASSED:
        return None
    raise MutationError(f"The contract cannot be run:\n{done.stdout}{done.stderr}")


def copy_code(folder: Path) -> None:
    """Copy what the contract needs into a folder."""
    for name in COPIED:
        source, target = ROOT / name, folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copyfile(source, target)


# region: try-mutation
def try_mutation(mutation: Mutation) -> Outcome:
    """Make a defect in a copy of the code, and run the contract there."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        copy_code(folder)
        file = folder / "src" / mutation.file
        text = file.read_text(encoding="utf-8")
        file.write_text(mutated(mutation, text), encoding="utf-8")
        return Outcome(mutation, run_contract(folder, mutation.shop))


# endregion


def try_unbroken(shop: str) -> None:
    """Run the contract on a shop as it is.

    Raises:
        MutationError: a test fails already, so that no defect could be seen.
    """
    failed = run_contract(ROOT, shop)
    if failed is not None:
        raise MutationError(f"{failed} fails before anything is broken")


def _outcomes(only: str, jobs: int) -> Iterator[Outcome]:
    """Make the defects, say what came of each, and yield it."""
    chosen = [one for one in mutations() if only in str(one)]
    if not chosen:
        raise MutationError(f"No defect has {only!r} in its file or effect.")
    with ThreadPoolExecutor(max(1, jobs)) as pool:
        list(pool.map(try_unbroken, sorted({one.shop for one in chosen})))
        for outcome in pool.map(try_mutation, chosen):
            print(f"{outcome.mutation}: {outcome.seen_by or 'NOT SEEN'}", flush=True)
            yield outcome


def _arguments(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.contract.mutations", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument(
        "--only", metavar="TEXT", default="", help="the defects whose file or effect has the text"
    )
    parser.add_argument(
        "--jobs",
        type=int,
        default=os.cpu_count() or 1,
        help="how many at once (default: the cores)",
    )
    return parser.parse_args(argv)


def main(argv: list[str] | None = None) -> int:
    """Return 0 when the contract sees every defect, 1 when not, 2 when that cannot be told."""
    arguments = _arguments(argv)
    try:
        outcomes = list(_outcomes(arguments.only, arguments.jobs))
    except MutationError as error:
        print(error, file=sys.stderr)
        return 2
    unseen = survivors(outcomes)
    print(f"{len(outcomes) - len(unseen)} of {len(outcomes)} defects are seen.")
    return 1 if unseen else 0


if __name__ == "__main__":
    sys.exit(main())
