"""A shipping service of our own, good and bad, by the country that is asked for."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from urllib.parse import parse_qs, urlsplit

NOWHERE = "XX"
SLOW = "SL"
BROKEN = "BR"
GARBLED = "GA"
SILENT = "SI"


class Handler(BaseHTTPRequestHandler):
    """Quotes 3.00, and 0.50 for each item."""

    server: Service
    # Head and body in one packet: the second of two would wait for the other side's thanks.
    wbufsize = -1

    def do_GET(self) -> None:
        query = parse_qs(urlsplit(self.path).query)
        [country], [items] = query["country"], query["items"]
        if country == SLOW or self.server.hanging.is_set():
            # Nothing is said until the other side has had enough and hangs up.
            self.rfile.read(1)
        elif country == NOWHERE:
            self._answer(404, "{}")
        elif country == BROKEN:
            self._answer(503, "{}")
        elif country == GARBLED:
            self._answer(200, '{"price": "much"}')
        elif country != SILENT:
            cents = 300 + 50 * int(items)
            price = f"{cents // 100}.{cents % 100:02}"
            self._answer(200, json.dumps({"price": price}))

    def _answer(self, status: int, body: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_: object) -> None:
        """Keep the output of the tests clean."""


class Service(ThreadingHTTPServer):
    """Listens on a free port.

    Attributes:
        hanging: while it is set, nobody is answered.
    """

    request_queue_size = 100

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.hanging = Event()

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.server_port}"


@contextmanager
def serving() -> Iterator[Service]:
    """Run the service for as long as the block."""
    with Service() as service:
        thread = Thread(target=service.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield service
        finally:
            service.shutdown()
            thread.join()


@contextmanager
def shipping_service() -> Iterator[str]:
    """Run the service and give its address."""
    with serving() as service:
        yield service.url
