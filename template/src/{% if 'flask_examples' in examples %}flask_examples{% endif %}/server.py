"""Serve the application on this machine: for good, or for a while."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

from flask import Flask
from waitress.server import create_server

HOST = "127.0.0.1"


def serve(app: Flask, port: int) -> None:
    """Serve until the process is told to stop."""
    server = create_server(app, host=HOST, port=port)
    print(f"Serving http://{HOST}:{port}/shop/", flush=True)
    try:
        server.run()
    finally:
        server.close()


# region: running
@contextmanager
def running(app: Flask) -> Iterator[int]:
    """Serve on a free port, which is returned, for as long as the block."""
    server = create_server(app, host=HOST, port=0, threads=8)
    thread = Thread(target=server.run)
    thread.start()
    try:
        yield server.effective_port
    finally:
        # Closed by the thread that waits on the sockets, at its next turn.
        server.trigger.pull_trigger(server.close)
        thread.join()


# endregion
