"""The shops as they run in production: a process of their own, with their server."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import httpx2

from tests.contract.target import Settings, Target, client
from tests.contract.targets import targets
from tests.support import ROOT, free_port

SERVERS = {
    "flask": ("waitress", "--threads=8", "--call", "src.flask_examples:create_app"),
    "fastapi": ("uvicorn", "--log-level=critical", "--factory", "src.fastapi_examples:create_app"),
}
ADDRESS = {"flask": "--listen=127.0.0.1:{}", "fastapi": "--port={}"}


@dataclass(frozen=True)
class Running:
    """A shop that is served.

    Attributes:
        url: its address.
        pid: the number of its process.
        port: the port that it listens on.
    """

    url: str
    pid: int
    port: int


def shops() -> list[Target]:
    """Return the shops of this book, each once."""
    return [target for target in targets() if target.name in SERVERS]


def _variables(settings: Settings) -> Mapping[str, str]:
    return {f"SHOP_{name}": str(value) for name, value in settings.items()}


@contextmanager
def served(name: str, settings: Settings) -> Iterator[Running]:
    """Serve a shop for as long as the block; it must not end by itself.

    Args:
        name: `flask` or `fastapi`.
        settings: what its process finds as SHOP_… variables.
    """
    port = free_port()
    module, *options = SERVERS[name]
    command = [sys.executable, "-m", module, ADDRESS[name].format(port), *options]
    environment = {**os.environ, **_variables(settings)}
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            running = Running(f"http://127.0.0.1:{port}", process.pid, port)
            _wait(process, running.url)
            yield running
            if process.poll() is not None:
                raise RuntimeError(f"The shop in {name} ended with code {process.returncode}.")
        finally:
            process.terminate()


def _wait(process: subprocess.Popen[bytes], url: str) -> None:
    """Return when the shop answers."""
    with client(url) as visitor:
        while process.poll() is None:
            try:
                visitor.get("/ping")
            except httpx2.ConnectError:
                continue
            return
    raise RuntimeError(f"{process.args!r} ended with code {process.returncode}.")
