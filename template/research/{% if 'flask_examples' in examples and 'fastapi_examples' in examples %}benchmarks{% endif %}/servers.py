"""The servers that are measured, and what stands behind them."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy.exc import SQLAlchemyError

from .apps import storage, work
from .contenders import Contender
from .load import Job, Outcome
from .processes import (
    BenchmarkError,
    Cores,
    Usage,
    free_port,
    program,
    unstarted,
    usage,
    wait_for_port,
)

STARTING = 60


@dataclass(frozen=True)
class Surroundings:
    """What every contender finds.

    Attributes:
        folder: of this run, and gone after it.
        variables: where the databases and the upstream are.
        cores: which are whose.
        workers: how many processes each server has.
    """

    folder: Path
    variables: Mapping[str, str]
    cores: Cores
    workers: int


@contextmanager
def surroundings(
    cores: Cores, workers: int, postgres: str | None
) -> Iterator[Surroundings]:
    """Run the upstream and fill the databases, for as long as the block."""
    with TemporaryDirectory(prefix="benchmark-") as name:
        folder = Path(name)
        urls = {"sqlite": f"sqlite:///{folder / 'books.sqlite3'}"}
        if postgres:
            urls["postgres"] = postgres
        port, log = free_port(), folder / "upstream.txt"
        command = [sys.executable, "-m", f"{__package__}.upstream", str(port)]
        with _filled(urls), program(command, log, cores.others) as process:
            wait_for_port(port, process, log)
            variables = {
                work.UPSTREAM: f"http://127.0.0.1:{port}",
                **{storage.VARIABLES[key]: url for key, url in urls.items()},
            }
            yield Surroundings(folder, variables, cores, workers)


@contextmanager
def _filled(urls: Mapping[str, str]) -> Iterator[None]:
    for name, url in urls.items():
        try:
            storage.fill(url)
        except SQLAlchemyError as error:
            reason = str(error).partition("\n")[0]
            message = f"{name} cannot be filled: {reason}"
            raise BenchmarkError(message) from error
    try:
        yield
    finally:
        for url in urls.values():
            storage.empty(url)


@dataclass(frozen=True)
class Server:
    """A contender that is up."""

    port: int
    process: int

    def usage(self) -> Usage:
        """Return what all its processes have used until now."""
        return usage(self.process)


# region: serving
@contextmanager
def serving(contender: Contender, around: Surroundings) -> Iterator[Server]:
    """Run a contender for as long as the block, from when all workers are up.

    Raises:
        BenchmarkError: it does not start.
    """
    log = around.folder / f"{contender.name}.txt"
    with TemporaryDirectory(dir=around.folder) as ready:
        port = free_port()
        command = contender.command(port, around.workers)
        variables = {**around.variables, work.READY: ready}
        cores = around.cores.servers
        with program(command, log, cores, variables) as process:
            _wait_for_workers(Path(ready), around.workers, process, log)
            wait_for_port(port, process, log)
            yield Server(port, process.pid)


# endregion


def _wait_for_workers(
    ready: Path, workers: int, process: "subprocess.Popen[str]", log: Path
) -> None:
    end = time.monotonic() + STARTING
    while len(list(ready.iterdir())) < workers:
        if process.poll() is not None or time.monotonic() > end:
            raise BenchmarkError(unstarted(process, log))
        time.sleep(0.02)


@dataclass(frozen=True)
class Generator:
    """The process that sends requests."""

    process: "subprocess.Popen[str]"

    def run(self, job: Job) -> Outcome:
        """Do a job.

        Raises:
            BenchmarkError: the process has ended.
        """
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        try:
            print(json.dumps(asdict(job)), file=self.process.stdin, flush=True)
        except BrokenPipeError as error:
            raise BenchmarkError("the load process has ended") from error
        line = self.process.stdout.readline()
        if not line:
            raise BenchmarkError("the load process has ended")
        return Outcome(**json.loads(line))


@contextmanager
def generator(around: Surroundings) -> Iterator[Generator]:
    """Run the process that sends requests, for as long as the block."""
    log = around.folder / "load.txt"
    command = [sys.executable, "-m", f"{__package__}.load"]
    cores = around.cores.others
    with program(command, log, cores, talks=True) as process:
        yield Generator(process)
