"""Running pandoc: the one that pip installed with the book's requirements, and no other."""

from __future__ import annotations

import importlib.util
import os
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from threading import Event
from typing import IO, Any

from tools.build_scripts.book import BuildError, Problem

HERE = Path(__file__).resolve().parent
Json = dict[str, Any]
# Pandoc collects its garbage less often: a tenth less time, and no more memory than it has anyway.
HEAP = "-A64m"

# The processes that run now. A signal ends them first: the threads that wait for them cannot be
# told anything else.
_running: set[subprocess.Popen[bytes]] = set()
_stopping = Event()


def default_jobs() -> int:
    """Return how many things to do at once when nobody says: one for every core."""
    return os.cpu_count() or 1


def executable() -> Path:
    """Return the path of pandoc.

    A pandoc of the system is not looked for: another version writes other files.

    Raises:
        BuildError: pypandoc_binary is not installed.
    """
    spec = importlib.util.find_spec("pypandoc")
    if spec is not None and spec.origin is not None:
        files = Path(spec.origin).parent / "files"
        found = files / ("pandoc.exe" if os.name == "nt" else "pandoc")
        if found.is_file():
            return found
    message = "is not installed; run: python -m pip install -r requirements/build.txt"
    raise BuildError(Problem("pypandoc_binary", None, message))


def stop() -> None:
    """End every pandoc that runs, and start no other."""
    _stopping.set()
    for process in tuple(_running):
        process.kill()


def is_stopping() -> bool:
    """Say whether `stop` was called."""
    return _stopping.is_set()


def start(arguments: Sequence[str | Path], *, stderr: int | IO[bytes]) -> subprocess.Popen[bytes]:
    """Start pandoc; `finish` must be called for it.

    Raises:
        BuildError: pandoc is missing, or all is being stopped.
    """
    if _stopping.is_set():
        raise BuildError(Problem("pandoc", None, "was stopped."))
    command = [str(executable()), *map(str, arguments)]
    process = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=stderr,
        env={**os.environ, **_language(), "GHCRTS": HEAP},
    )
    _running.add(process)
    return process


def _language() -> dict[str, str]:
    """Return variables by which pandoc speaks no language of the machine.

    It puts words into bibliographies that it reads ("PhD thesis"), in the language of LANG.
    """
    encoding = os.environ.get("LC_CTYPE") or os.environ.get("LANG") or "C.UTF-8"
    return {"LC_CTYPE": encoding, "LANG": "C"}


def finish(process: subprocess.Popen[bytes]) -> None:
    """Give a process nothing more to read, and wait for its end."""
    _running.discard(process)
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with suppress(OSError):  # it ended before it read everything
                pipe.close()
    process.wait()


def run(arguments: Sequence[str | Path]) -> bytes:
    """Run pandoc once and return what it prints.

    Raises:
        BuildError: it failed or complained.
    """
    process = start(arguments, stderr=subprocess.PIPE)
    try:
        printed, complaints = process.communicate()
    finally:
        finish(process)
    said = " ".join(complaints.decode("utf-8", "replace").split())
    if process.returncode != 0 or said:
        message = said or f"ended with code {process.returncode}."
        raise BuildError(Problem("pandoc", None, message))
    return printed
