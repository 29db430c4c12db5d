"""Serve the application on this machine: for good, or for a while."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread
from typing import Any

from flask import Flask
from waitress import wasyncore
from waitress.server import create_server

HOST = "127.0.0.1"


def serve(app: Flask, port: int) -> None:
    """Serve until the process is told to stop."""
    with running(app, port):
        print(f"Serving http://{HOST}:{port}/shop/", flush=True)
        wait()


def wait() -> None:
    """Do nothing until the process is told to stop."""
    # By the second: on Windows, a longer wait hears of no Ctrl-C.
    while not Event().wait(1):
        pass


# region: running
@contextmanager
def running(app: Flask, port: int = 0) -> Iterator[int]:
    """Serve for as long as the block, on the port that is returned.

    Port 0 means any that is free.
    """
    with socket.create_server((HOST, port)) as listener:
        # What the server waits on: its own sockets and its visitors'.
        sockets: dict[int, Any] = {}
        server = create_server(app, map=sockets, sockets=[listener])
        stopped = Event()
        thread = Thread(target=_wait_on, args=(sockets, stopped))
        thread.start()
        try:
            yield server.effective_port
        finally:
            stopped.set()
            server.pull_trigger()
            thread.join()
            server.task_dispatcher.shutdown()
            wasyncore.close_all(sockets)


def _wait_on(sockets: dict[int, Any], stopped: Event) -> None:
    while not stopped.is_set():
        wasyncore.loop(timeout=1, map=sockets, count=1)


# endregion
