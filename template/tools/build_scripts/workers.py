"""Long-lived pandoc processes that read and write chapters, one for every core."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Callable, Iterable
from contextlib import suppress
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


class Pool:
    """Processes of a Lua script of this directory, which jobs are shared out among.

    The script reads what all jobs need from the first line of its input and a job from every
    line after it, each a JSON document, and answers every job with a line of JSON. A process
    takes one job after another, because starting pandoc and loading its highlighter costs more
    than a chapter; it gets ready while the jobs are still being made. One that dies or hangs
    costs the job that it had, and is started again.
    """

    def __init__(
        self, script: str, shared: Json, count: int, seconds: float = SECONDS_FOR_A_JOB
    ) -> None:
        """Say what to run; nothing is started yet.

        Args:
            script: the file name of the script.
            shared: what every job needs.
            count: the number of processes.
            seconds: how long a job may take.
        """
        self._workers = [_Worker(script, shared, seconds) for _ in range(max(1, count))]

    def __enter__(self) -> Pool:
        """Start the processes, which end with the block.

        Raises:
            BuildError: pandoc is not installed.
        """
        for worker in self._workers:
            worker.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """End the processes."""
        for worker in self._workers:
            worker.dismiss()
        for worker in self._workers:
            worker.end()

    def run(self, jobs: Iterable[Json], tick: Callable[[], None] = lambda: None) -> list[Json]:
        """Have jobs done, the first while others are still being made.

        Args:
            jobs: one JSON object for every job.
            tick: called after every job, from several threads.

        Returns:
            One answer for every job, in the order of the jobs: the script's, or `{"error": …}`.
        """
        waiting: SimpleQueue[Numbered | None] = SimpleQueue()
        answers: list[Json] = []

        def work(worker: _Worker) -> None:
            while (numbered := waiting.get()) is not None:
                place, job = numbered
                answers[place] = worker.answer(job)
                tick()

        threads = [Thread(target=work, args=(worker,), daemon=True) for worker in self._workers]
        for thread in threads:
            thread.start()
        try:
            for numbered in enumerate(jobs):
                answers.append({"error": "was stopped."})
                waiting.put(numbered)
        except BaseException:
            _empty(waiting)
            raise
        finally:
            for _ in threads:
                waiting.put(None)
        for thread in threads:
            thread.join()
        return answers


def _empty(queue: SimpleQueue[Numbered | None]) -> None:
    with suppress(Empty):
        while True:
            queue.get_nowait()


class _Worker:
    """A process that answers jobs, started again after each job that it died of."""

    def __init__(self, script: str, shared: Json, seconds: float) -> None:
        self._script = script
        self._shared = shared
        self._seconds = seconds
        self._process: subprocess.Popen[bytes] | None = None
        self._complaints: IO[bytes] | None = None

    def start(self) -> subprocess.Popen[bytes]:
        """Start the process, and give it what all jobs need."""
        # Warnings go to a file: nobody reads a pipe while the answers come in.
        self._complaints = tempfile.TemporaryFile()  # noqa: SIM115 (closed in end)
        self._process = pandoc.start(["lua", pandoc.HERE / self._script], stderr=self._complaints)
        self._send(self._process, self._shared)
        return self._process

    def answer(self, job: Json) -> Json:
        """Return what the script says to a job, or why it could not."""
        if pandoc.is_stopping():
            return {"error": "was stopped."}
        process = self._process or self.start()
        timer = Timer(self._seconds, process.kill)
        timer.start()
        line = self._ask(process, job)
        took_too_long = not timer.is_alive()
        timer.cancel()
        if line.endswith(b"\n"):
            return msgspec.json.decode(line, type=Json)
        said = self.end()
        if took_too_long:
            return {"error": f"it takes longer than {self._seconds:.0f} seconds"}
        return {"error": said or f"pandoc ended with code {process.returncode}"}

    def dismiss(self) -> None:
        """Let the process go: all that it was asked is answered."""
        if self._process is not None:
            self._process.kill()

    def end(self) -> str:
        """End the process and return what it complained of."""
        process, complaints = self._process, self._complaints
        self._process = self._complaints = None
        if process is None or complaints is None:
            return ""
        pandoc.finish(process)
        with complaints:
            complaints.seek(0)
            return " ".join(complaints.read().decode("utf-8", "replace").split())

    def _ask(self, process: subprocess.Popen[bytes], job: Json) -> bytes:
        self._send(process, job)
        return process.stdout.readline() if process.stdout is not None else b""

    @staticmethod
    def _send(process: subprocess.Popen[bytes], message: Json) -> None:
        if process.stdin is None:
            return
        try:
            process.stdin.write(msgspec.json.encode(message) + b"\n")
            process.stdin.flush()
        except OSError:
            return  # it died; what it said tells why
