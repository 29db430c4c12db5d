"""Programs that run beside this one, and never longer."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

# Until a program is told more firmly to stop.
PATIENCE = 5


class BenchmarkError(Exception):
    """Nothing can be measured; the message says why."""


@dataclass(frozen=True)
class Cores:
    """Which cores the servers have, and which are left to all the others.

    They are empty where processes cannot be bound to cores, or where there
    is one core only.
    """

    servers: tuple[int, ...] = ()
    others: tuple[int, ...] = ()


# region: cores
def share_cores() -> Cores:
    """Give half of the cores to the servers, so that load disturbs none."""
    if not hasattr(os, "sched_getaffinity"):
        return Cores()
    cores = sorted(os.sched_getaffinity(0))
    half = len(cores) // 2
    return Cores(tuple(cores[:half]), tuple(cores[half:])) if half else Cores()


# endregion


def bind(process: int, cores: Sequence[int]) -> None:
    """Bind a process, and what it will start, to some cores."""
    if cores:
        os.sched_setaffinity(process, cores)


# region: program
@contextmanager
def program(
    command: Sequence[str],
    log: Path,
    cores: Sequence[int] = (),
    variables: Mapping[str, str] | None = None,
    talks: bool = False,
) -> Iterator["subprocess.Popen[str]"]:
    """Run a program for as long as the block, in a group of its own.

    Args:
        command: the program and its arguments.
        log: what it writes to be read by people.
        cores: those that it may use; none means all.
        variables: what it finds in its environment besides the usual.
        talks: whether it is told something, and answers.

    Ctrl-C reaches this process only, which then ends the whole group: so
    no worker outlives the run.
    """
    with log.open("w", encoding="utf-8") as errors:
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE if talks else subprocess.DEVNULL,
            stdout=subprocess.PIPE if talks else errors,
            stderr=errors,
            text=True,
            env={**os.environ, **(variables or {})},
            start_new_session=True,
        )
        try:
            bind(process.pid, cores)
            yield process
        finally:
            _end(process)


def _end(process: "subprocess.Popen[str]") -> None:
    try:
        _signal(process, signal.SIGTERM)
        process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        print(f"{_name(process)} had to be killed.", file=sys.stderr)
    finally:
        # Also what a program that ended by itself has left in its group.
        _signal(process, signal.SIGKILL)
        process.communicate()


def _signal(process: "subprocess.Popen[str]", number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, number)


# endregion


def free_port() -> int:
    """Return a port on which nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def wait_for_port(
    port: int, process: "subprocess.Popen[str]", log: Path, seconds: float = 30
) -> None:
    """Return when a program listens.

    Raises:
        BenchmarkError: it has ended, or it does not listen in time.
    """
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            return
        if process.poll() is not None:
            break
        time.sleep(0.02)
    raise BenchmarkError(unstarted(process, log))


def unstarted(process: "subprocess.Popen[str]", log: Path) -> str:
    """Say that a program did not start, and the last that it wrote."""
    lines = log.read_text(encoding="utf-8").strip().splitlines()
    last = lines[-1] if lines else "it says nothing"
    return f"{_name(process)} does not start: {last}"


def _name(process: "subprocess.Popen[str]") -> str:
    arguments = process.args if isinstance(process.args, list) else []
    return " ".join(map(str, arguments[1:4]))


# region: usage
@dataclass(frozen=True)
class Usage:
    """What a server has used.

    Attributes:
        cpu: seconds of CPU time, of all its processes together.
        memory: bytes, of all its processes together.
    """

    cpu: float
    memory: int


def usage(process: int) -> Usage:
    """Return what a process and all that it started have used.

    A process counts the time of its children when they end, so nobody's is
    lost or counted twice.
    """
    cpu, memory = 0.0, 0
    top = psutil.Process(process)
    for one in (top, *top.children(recursive=True)):
        with suppress(psutil.NoSuchProcess):
            cpu += sum(one.cpu_times()[:4])
            memory += _memory(one)
    return Usage(cpu, memory)


def _memory(process: psutil.Process) -> int:
    """Return bytes, those that processes share being shared out."""
    if memory_is_shared_out():
        return int(process.memory_full_info().pss)
    return int(process.memory_info().rss)


# endregion


def memory_is_shared_out() -> bool:
    """Whether this machine tells how much of its memory a process shares."""
    return sys.platform == "linux"
