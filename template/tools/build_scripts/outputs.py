"""Store what programs print, for listings: `python tools/build_scripts/outputs.py`."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path, PurePosixPath

if not __package__:  # run as a script, from whatever directory
    sys.path[0] = str(Path(__file__).resolve().parents[2])
    import tools.build_scripts  # noqa: F401  (says what is not installed, before click does)

import click

from tools.build_scripts import book as books
from tools.build_scripts import pandoc, source
from tools.build_scripts.book import BuildError, Problem
from tools.build_scripts.cli import book_option, told
from tools.build_scripts.listings import OUTPUT_ENDING, attributes_of, stored_output

# Where the programs of a book are.
CODE = "src"
# A program that waits for something that never comes must not hold the book up.
SECONDS = 120


def programs(root: Path) -> list[str]:
    """Return the programs whose output is stored, or shown, relative to the book's root, sorted.

    Raises:
        BuildError: a chapter cannot be read.
    """
    return sorted({*_shown_programs(root), *_stored_programs(root)})


def _shown_programs(root: Path) -> Iterator[str]:
    for entry in books.load(root).entries:
        if not (root / entry.prose).is_file():
            continue
        for fence in source.read(root / entry.prose, entry.prose).fences:
            program = attributes_of(fence.info).get("output")
            if program is not None:
                yield program


def _stored_programs(root: Path) -> Iterator[str]:
    """Yield the programs that have their output beside them, whether a listing shows it or not."""
    for output in (root / CODE).rglob(f"*{OUTPUT_ENDING}"):
        program = output.with_suffix(".py")
        if program.is_file():
            yield program.relative_to(root).as_posix()


def printed(root: Path, program: str) -> str:
    """Run a program of the book, in the book's directory, and return what it prints.

    Raises:
        BuildError: it is no Python program, it fails, or it does not end.
    """
    if not program.endswith(".py") or not (root / program).is_file():
        message = "is not a Python program of this book, and only those are run for a listing."
        raise BuildError(Problem(program, None, message))
    module = ".".join(PurePosixPath(program).with_suffix("").parts).removesuffix(".__main__")
    try:
        done = subprocess.run(
            [sys.executable, "-m", module],
            cwd=root,
            capture_output=True,
            encoding="utf-8",
            env={**os.environ, "PYTHONIOENCODING": "utf-8", "PYTHONHASHSEED": "0"},
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        message = f"ran for {SECONDS} seconds without an end; what a listing shows must end."
        raise BuildError(Problem(program, None, message)) from error
    if done.returncode != 0:
        last = (done.stderr.strip().splitlines() or ["it says nothing"])[-1]
        raise BuildError(Problem(program, None, f"ended with code {done.returncode}: {last}"))
    return done.stdout


def changed(root: Path, program: str) -> bool:
    """Say whether a program prints something else than what is stored.

    Raises:
        BuildError: it cannot be run.
    """
    stored = root / stored_output(program)
    return not stored.is_file() or stored.read_text(encoding="utf-8") != printed(root, program)


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--check", is_flag=True, help="Change nothing; fail where something else is printed.")
@book_option
def main(check: bool, root: Path) -> None:
    """Run the programs whose output is stored or shown, and store what they print beside them."""
    with told():
        known = programs(root)
        with ThreadPoolExecutor(pandoc.default_jobs()) as pool:
            answers = pool.map(partial(changed, root), known)
            stale = [program for program, differs in zip(known, answers, strict=True) if differs]
        if check and stale:
            message = "prints something else than what is stored; run: make outputs"
            raise BuildError(*(Problem(program, None, message) for program in stale))
        for program in stale:
            target = root / stored_output(program)
            target.write_text(printed(root, program), encoding="utf-8", newline="\n")
            click.echo(f"Stored {stored_output(program)}")
    if not stale:
        click.echo("All outputs are as they were.")


if __name__ == "__main__":
    main()
