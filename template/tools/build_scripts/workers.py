"""Long-lived pandoc processes that read and write chapters, one for every core."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from queue import Empty, SimpleQueue
from threading import Thread, Timer
from types import TracebackType
from typing import IO, TypeAlias

import msgspec

from tools.build_scripts import pandoc
from tools.build_scripts.pandoc import Json

# Nothing that a person writes takes as long; what does is a chapter that pandoc does not end with.
SECONDS_FOR_A_JOB = 120.0

Numbered: TypeAlias = "tuple[int, Json]"


def run_jobs(
    script: str,
    shared: Json,
    jobs: Sequence[Json],
    count: int,
    tick: Callable[[], None] = lambda: None,
    seconds: float = SECONDS_FOR_A_JOB,
) -> list[Json]:
    """Run a Lua script of this directory over a list of jobs, shared out among processes.

    The script reads what all jobs need from the first line of its input and a job from every
    line after it, each a JSON document, and answers every job with a line of JSON. A process
    takes one job after another, because starting pandoc and loading its highlighter costs more
    than a chapter. One that dies or hangs costs the job that it had, and is started again.

    Args:
        script: the file name of the script.
        shared: what every job needs.
        jobs: one JSON object for every job.
        count: the number of processes.
        tick: called after every job, from several threads.
        seconds: how long a job may take.

    Returns:
        One answer for every job, in the order of the jobs: the script's, or `{"error": …}`.

    Raises:
        BuildError: pandoc is not installed.
    """
    if not jobs:
        return []
    pandoc.executable()
    waiting: SimpleQueue[Numbered] = SimpleQueue()
    for numbered in enumerate(jobs):
        waiting.put(numbered)
    answers: list[Json] = [{"error": "was stopped."} for _ in jobs]

    def work() -> None:
        with Worker(script, shared, seconds) as worker:
            for place, job in _taken(waiting):
                answers[place] = worker.answer(job)
                tick()

    threads = [Thread(target=work, daemon=True) for _ in range(max(1, min(count, len(jobs))))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def _taken(waiting: SimpleQueue[Numbered]) -> Iterator[Numbered]:
    """Yield jobs until none waits."""
    while True:
        try:
            yield waiting.get_nowait()
        except Empty:
            return


class Worker:
    """A process that answers jobs, started at the first and again after each that it died of."""

    def __init__(self, script: str, shared: Json, seconds: float) -> None:
        """Say what to run; nothing is started yet."""
        self._script = script
        self._shared = shared
        self._seconds = seconds
        self._process: subprocess.Popen[bytes] | None = None
        self._complaints: IO[bytes] | None = None

    def __enter__(self) -> Worker:
        """Return the worker, which ends with the block."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """End the process."""
        self._end()

    def answer(self, job: Json) -> Json:
        """Return what the script says to a job, or why it could not."""
        if pandoc.is_stopping():
            return {"error": "was stopped."}
        process = self._process or self._start()
        timer = Timer(self._seconds, process.kill)
        timer.start()
        line = self._ask(process, job)
        took_too_long = not timer.is_alive()
        timer.cancel()
        if line.endswith(b"\n"):
            return msgspec.json.decode(line, type=Json)
        said = self._end()
        if took_too_long:
            return {"error": f"it takes longer than {self._seconds:.0f} seconds"}
        return {"error": said or f"pandoc ended with code {process.returncode}"}

    @staticmethod
    def _ask(process: subprocess.Popen[bytes], job: Json) -> bytes:
        if process.stdin is None or process.stdout is None:
            return b""
        try:
            process.stdin.write(msgspec.json.encode(job) + b"\n")
            process.stdin.flush()
        except OSError:
            return b""  # it died; what it said tells why
        return process.stdout.readline()

    def _start(self) -> subprocess.Popen[bytes]:
        # Warnings go to a file: nobody reads a pipe while the answers come in.
        self._complaints = tempfile.TemporaryFile()  # noqa: SIM115 (closed in _end)
        self._process = pandoc.start(["lua", pandoc.HERE / self._script], stderr=self._complaints)
        self._ask_nothing(self._process)
        return self._process

    def _ask_nothing(self, process: subprocess.Popen[bytes]) -> None:
        if process.stdin is not None:
            process.stdin.write(msgspec.json.encode(self._shared) + b"\n")

    def _end(self) -> str:
        """End the process and return what it complained of."""
        process, complaints = self._process, self._complaints
        self._process = self._complaints = None
        if process is None or complaints is None:
            return ""
        pandoc.finish(process)
        with complaints:
            complaints.seek(0)
            return " ".join(complaints.read().decode("utf-8", "replace").split())
