"""Serve the application on this machine: for good, or for a while."""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

import uvicorn
from starlette.types import ASGIApp

HOST = "127.0.0.1"


def _config(app: ASGIApp) -> uvicorn.Config:
    return uvicorn.Config(app, log_level="warning", ws="websockets-sansio")


# region: listen
def _listen(port: int) -> socket.socket:
    """Return a socket that listens; port 0 means any that is free.

    It says that it speaks TCP, which `socket.create_server` leaves open:
    asyncio sends small packets at once only on sockets that say so, and
    on others many an answer is 40 ms late.
    """
    tcp = socket.IPPROTO_TCP
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, tcp)
    try:
        if os.name != "nt":
            # Not to wait for the connections of the server before this.
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((HOST, port))
        listener.listen(100)
    except OSError:
        listener.close()
        raise
    return listener


# endregion


def serve(app: ASGIApp, port: int) -> None:
    """Serve until the process is told to stop."""
    # Opened here, so that a port that is taken is an error like any other.
    with _listen(port) as listener:
        print(f"Serving http://{HOST}:{port}/shop/", flush=True)
        uvicorn.Server(_config(app)).run([listener])


# region: running
@contextmanager
def running(app: ASGIApp, port: int = 0) -> Iterator[int]:
    """Serve for as long as the block, on the port that is returned.

    Port 0 means any that is free.
    """
    server = uvicorn.Server(_config(app))
    # The socket listens from here on, so nobody has to wait for the server:
    # whoever is early is answered when it is up.
    with _listen(port) as listener:
        thread = Thread(target=server.run, args=([listener],))
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            server.should_exit = True
            thread.join()


# endregion
