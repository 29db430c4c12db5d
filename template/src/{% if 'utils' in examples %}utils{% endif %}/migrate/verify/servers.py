"""Start each side in a process of its own, and stop it whatever happens."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import IO, Any

from ..discovery import MigrateError
from .copies import Copy

CHILD = Path(__file__).parent / "child"
SERVER = CHILD / "migrate_verify_server.py"
# How many seconds a process may take that is to end.
GRACE = 2.0
LAST_LINES = 3
FROZEN = 'File "<frozen '
# How a traceback ends, whatever is printed beside it.
ERROR = re.compile(
    r"^(?:\s*\| )?((?:\w+\.)*\w*(?:Error|Exception)\b.*)$", re.MULTILINE
)
MOST_ERRORS = 10


@dataclass
class Side:
    """One of the two sides.

    Attributes:
        kind: "old" or "new".
        shown: what the user calls its directory.
        name: its application, such as "shop:create_app".
    """

    kind: str
    shown: str
    name: str

    @property
    def title(self) -> str:
        """Return how messages call it."""
        return f"{self.kind.upper()}, {self.name} in {self.shown},"


@dataclass(frozen=True)
class Running:
    """An application that answers requests.

    Attributes:
        port: where it listens on loopback.
        rules: the rules that Flask has now that it runs; none of NEW.
    """

    side: Side
    port: int
    rules: tuple[dict[str, Any], ...]
    process: subprocess.Popen[bytes]
    output: Path

    def check(self, asked: str, is_silent: bool) -> None:
        """Raise MigrateError if no more answers are to be expected.

        Args:
            asked: the last request, which had no answer.
            is_silent: whether those before it had none either.
        """
        with suppress(subprocess.TimeoutExpired):
            # One that is about to end closes its connections first.
            self.process.wait(0.5)
        if self.process.poll() is not None:
            message = f"{self.side.title} ended when it was asked {asked}"
            raise MigrateError(f"{message}{last_lines(self.output)}")
        if is_silent:
            message = f"{self.side.title} answers no more, last not {asked}"
            raise MigrateError(f"{message}{last_lines(self.output)}")


def environment(copy: Copy, last: Sequence[Path] = ()) -> dict[str, str]:
    """Return the environment that programs of a copy run in.

    It is the user's. Modules of the copy come first; sets have the same
    order everywhere; and `app.run()` in a module that is imported does
    nothing, as under the `flask` program.

    Args:
        copy: where the programs run.
        last: where modules are looked for after the others.
    """
    users = filter(None, [os.environ.get("PYTHONPATH")])
    paths = (*copy.paths, *users, *last)
    return {
        "PYTHONHASHSEED": "0",
        **os.environ,
        "PYTHONPATH": os.pathsep.join(map(str, paths)),
        "PYTHONDONTWRITEBYTECODE": "1",
        "FLASK_RUN_FROM_CLI": "true",
    }


@contextmanager
def serving(side: Side, copy: Copy, patience: float) -> Iterator[Running]:
    """Serve a copy of a side as long as the context lasts.

    Args:
        side: what is started.
        copy: where it is.
        patience: how many seconds it may take to start.

    Raises:
        MigrateError: it does not start.
    """
    ready = copy.root.parent / f".{copy.root.name}.ready"
    output = copy.root.parent / f".{copy.root.name}.output"
    command = [sys.executable, str(SERVER), side.kind, side.name, str(ready)]
    with output.open("wb") as written:
        process = started([*command, str(copy.root)], copy, written)
        try:
            told = _wait(side, process, ready, output, patience)
            yield Running(
                side, told["port"], tuple(told["rules"]), process, output
            )
        except BaseException:
            # Nobody waits for requests that are under way any more.
            _kill(process)
            raise
        finally:
            stop(process)


def started(
    command: list[str],
    copy: Copy,
    output: IO[bytes],
    more: Mapping[str, str] = MappingProxyType({}),
    last: Sequence[Path] = (),
) -> subprocess.Popen[bytes]:
    """Start a program in a copy.

    It is in a session of its own: Ctrl-C reaches this program alone, which
    then stops the others.

    Args:
        command: the program, and its arguments.
        copy: where it runs.
        output: what it writes goes here.
        more: variables of the environment.
        last: where modules are looked for after the others.
    """
    return subprocess.Popen(
        command,
        cwd=copy.root,
        env={**environment(copy, last), **more},
        stdin=subprocess.PIPE,
        stdout=output,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )


def stop(process: subprocess.Popen[bytes]) -> None:
    """End a process and what it has started."""
    if process.stdin is not None:
        process.stdin.close()
    try:
        process.wait(GRACE)
    except subprocess.TimeoutExpired:
        pass
    finally:
        _kill(process)
        process.wait()


def _kill(process: subprocess.Popen[bytes]) -> None:
    if hasattr(os, "killpg"):
        # What it started may be there still, though it has ended itself.
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()


def _wait(
    side: Side,
    process: subprocess.Popen[bytes],
    ready: Path,
    output: Path,
    patience: float,
) -> dict[str, Any]:
    end = time.monotonic() + patience
    while not ready.exists():
        if process.poll() is not None:
            why = last_lines(output)
            raise MigrateError(f"{side.title} cannot be started{why}")
        if time.monotonic() > end:
            why = last_lines(output)
            took = f"did not start within {patience:g} seconds"
            raise MigrateError(f"{side.title} {took}{why}")
        time.sleep(0.02)
    told: dict[str, Any] = json.loads(ready.read_text(encoding="utf-8"))
    return told


def errors(output: Path) -> tuple[str, ...]:
    """Return the last line of each traceback in an output, each once."""
    text = output.read_text(encoding="utf-8", errors="replace")
    found = dict.fromkeys(ERROR.findall(text))
    return tuple(found)[:MOST_ERRORS]


def last_lines(output: Path) -> str:
    """Return the last lines that a program wrote, to end a sentence."""
    text = output.read_text(encoding="utf-8", errors="replace")
    lines = [line.strip() for line in text.splitlines()]
    # Of a traceback not what only points into the line above, or at Python.
    told = [one for one in lines if one.strip("^~ ") and FROZEN not in one]
    last = " | ".join(told[-LAST_LINES:])
    return f": {last}" if last else ", and wrote nothing"
