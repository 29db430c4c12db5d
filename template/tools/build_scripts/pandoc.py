"""Running pandoc: the one that pip installed with the book's requirements, and no other."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from typing import IO, Any

import msgspec

from tools.build_scripts.book import BuildError, Problem

HERE = Path(__file__).resolve().parent
Json = dict[str, Any]

# Pandoc does not know the words of every language; the book brings its own (words.yml).
UNTRANSLATED = re.compile(
    r"^\[WARNING\] (Could not load translations for .*(\n +.*)*|The term .* has no translation.*)$",
    re.MULTILINE,
)


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


@contextmanager
def _started(
    arguments: Sequence[str | Path],
    *,
    stderr: int | IO[bytes],
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
) -> Iterator[subprocess.Popen[bytes]]:
    """Start pandoc, and wait for its end after the block."""
    if _stopping.is_set():
        raise BuildError(Problem("pandoc", None, "was stopped."))
    command = [str(executable()), *map(str, arguments)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=stderr, cwd=cwd, env=env
    ) as process:
        _running.add(process)
        try:
            yield process
        finally:
            _running.discard(process)


def run(
    arguments: Sequence[str | Path],
    *,
    given: bytes = b"",
    cwd: Path | None = None,
    environment: Mapping[str, str] | None = None,
) -> bytes:
    """Run pandoc once and return what it prints.

    Args:
        arguments: its command line, without the program.
        given: its standard input.
        cwd: the directory to run in.
        environment: variables to add to the environment.

    Raises:
        BuildError: it failed, or it warned: a warning is an image, a formula or a link that the
            reader would miss.
    """
    with _started(
        arguments, stderr=subprocess.PIPE, cwd=cwd, env={**os.environ, **(environment or {})}
    ) as process:
        printed, complaints = process.communicate(given)
    said = " ".join(UNTRANSLATED.sub("", complaints.decode("utf-8", "replace")).split())
    if process.returncode != 0 or said:
        message = said or f"ended with code {process.returncode}."
        raise BuildError(Problem("pandoc", None, message))
    return printed


def run_script(
    script: str,
    shared: Json,
    jobs: Sequence[Json],
    workers: int,
    tick: Callable[[], None] = lambda: None,
) -> list[Json]:
    """Run a Lua script of this directory over a list of jobs, shared out among processes.

    The script reads one JSON document, `{"shared": …, "jobs": […]}`, from its standard input and
    prints one line of JSON for every job, in order. One process does many jobs, because starting
    pandoc and loading its highlighter costs more than a chapter.

    Args:
        script: the file name of the script.
        shared: what every job needs.
        jobs: one JSON object for every job.
        workers: the number of processes.
        tick: called after every job, from several threads.

    Returns:
        One answer for every job, in the order of the jobs.

    Raises:
        BuildError: a process ended before its work was done.
    """
    count = max(1, min(workers, len(jobs)))
    batches = [jobs[first::count] for first in range(count)]
    answers: list[Json] = [{} for _ in jobs]
    with ThreadPoolExecutor(count) as pool:
        works = [pool.submit(_work, script, shared, batch, tick) for batch in batches]
        for first, work in enumerate(works):
            answers[first::count] = work.result()
    return answers


def _work(script: str, shared: Json, jobs: Sequence[Json], tick: Callable[[], None]) -> list[Json]:
    given = msgspec.json.encode({"shared": shared, "jobs": jobs})
    # Warnings go to a file: nobody reads a pipe while the answers come in.
    with tempfile.TemporaryFile() as complaints:
        with _started(["lua", HERE / script], stderr=complaints) as process:
            answers = list(_converse(process, given, tick))
        if process.returncode == 0 and len(answers) == len(jobs):
            return answers
        complaints.seek(0)
        said = " ".join(complaints.read().decode("utf-8", "replace").split())
    message = f"{script} ended with code {process.returncode}: {said}"
    raise BuildError(Problem("pandoc", None, message))


def _converse(
    process: subprocess.Popen[bytes], given: bytes, tick: Callable[[], None]
) -> Iterator[Json]:
    if process.stdin is None or process.stdout is None:
        return
    try:
        with process.stdin as stdin:
            stdin.write(given)
    except BrokenPipeError:
        return  # it ended early; the caller reads why
    for line in process.stdout:
        yield msgspec.json.decode(line, type=Json)
        tick()
