"""Serve the application on this machine: for good, or for a while."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

from flask import Flask
from werkzeug.serving import make_server

HOST = "127.0.0.1"


def serve(app: Flask, port: int) -> None:
    """Serve until the process is told to stop."""
    server = make_server(HOST, port, app, threaded=True)
    print(f"Serving http://{HOST}:{port}/books", flush=True)
    server.serve_forever()


# region: running
@contextmanager
def running(app: Flask) -> Iterator[int]:
    """Serve on a free port, which is returned, for as long as the block."""
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    server = make_server(HOST, 0, app, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()


# endregion
