"""Running a program that can be stopped in order, together with all that it started."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType, TracebackType

from tools.updating.errors import Interrupted

# How often a running program is left to look for signals, and how long it may take to stop.
PATIENCE_SECONDS = 0.1
GRACE_SECONDS = 10.0
# SIGHUP, a closed terminal, is unknown to Windows.
STOPPING = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
)


class Signals:
    """Notes the signals that ask to stop, where raising an exception could leave things half done.

    While it is entered, nothing is interrupted; whoever does the work asks `check`.
    """

    def __init__(self) -> None:
        """Begin with no signal noted."""
        self.received: int | None = None
        self._before: dict[int, object] = {}

    def __enter__(self) -> Signals:
        """Note signals from here on; one that is ignored, as under nohup, stays ignored."""
        for number in STOPPING:
            if signal.getsignal(number) is not signal.SIG_IGN:
                self._before[number] = signal.signal(number, self._note)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Leave signals to whoever had them before."""
        for number, handler in self._before.items():
            signal.signal(number, handler)  # type: ignore[arg-type]

    def check(self) -> None:
        """Stop here if a signal asked for it.

        Raises:
            Interrupted: one did.
        """
        if self.received is not None:
            raise Interrupted(self.received)

    def _note(self, number: int, frame: FrameType | None) -> None:
        self.received = number


@dataclass(frozen=True)
class Ended:
    """How a program ended and what it printed.

    Attributes:
        code: its exit code.
        output: its standard output.
        errors: its standard error.
    """

    code: int
    output: str
    errors: str


def run(
    command: Sequence[str], directory: Path, environment: Mapping[str, str], signals: Signals
) -> Ended:
    """Run a program to its end, and return what it printed.

    It gets a session of its own: a Ctrl-C reaches it only through here, where it is known what
    is to be done afterwards, and all that it started can be ended with it.

    Args:
        command: the program and its arguments.
        directory: where it runs.
        environment: its environment.
        signals: the signals that stop it.

    Raises:
        Interrupted: a signal asked to stop; nothing that the program started runs any more.
    """
    signals.check()
    process = subprocess.Popen(
        command,
        cwd=directory,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        errors="replace",
        start_new_session=True,
    )
    while True:
        try:
            output, errors = process.communicate(timeout=PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            if signals.received is not None:
                _stop(process)
            continue
        signals.check()
        return Ended(process.returncode, output, errors)


def _stop(process: subprocess.Popen[str]) -> None:
    """Ask the program to end, give it time to clean up, and end what is left."""
    _signal(process, signal.SIGINT)
    with suppress(subprocess.TimeoutExpired):
        process.wait(GRACE_SECONDS)
    _kill(process)


def _signal(process: subprocess.Popen[str], number: signal.Signals) -> None:
    if sys.platform == "win32":
        process.terminate()
    else:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, number)


def _kill(process: subprocess.Popen[str]) -> None:
    if sys.platform == "win32":
        process.kill()
    else:
        _signal(process, signal.SIGKILL)
