"""Running the tools that look at words and addresses, which requirements/ name."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Collection, Sequence
from pathlib import Path

from tools.build_scripts.book import BuildError, Problem


def run(
    program: str,
    arguments: Sequence[str | Path],
    *,
    root: Path,
    codes: Collection[int],
    install: str = "make install",
) -> str:
    """Run a program of the environment and return what it prints.

    Args:
        program: its name.
        arguments: what it is given.
        root: the directory to run it in.
        codes: the exit codes with which it says that it did its work.
        install: the command that installs it, for the message when it is missing.

    Raises:
        BuildError: it is not installed, or it failed.
    """
    beside = Path(sys.executable).parent
    found = shutil.which(program, path=str(beside)) or shutil.which(program)
    if found is None:
        raise BuildError(Problem(program, None, f"is not installed; run: {install}"))
    done = subprocess.run(
        [found, *map(str, arguments)],
        cwd=root,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        stdin=subprocess.DEVNULL,
        check=False,
    )
    if done.returncode not in codes:
        said = " ".join(done.stderr.split()) or f"ended with code {done.returncode}"
        raise BuildError(Problem(program, None, f"{said}."))
    return done.stdout
