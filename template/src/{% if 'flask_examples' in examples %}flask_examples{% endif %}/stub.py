"""A shipping service for a machine that has none: it charges by weight."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs, urlsplit


class _Quotes(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        """Answer with 3.00, and 0.50 for each item."""
        query = parse_qs(urlsplit(self.path).query)
        cents = 300 + 50 * int(query["items"][0])
        price = f"{cents // 100}.{cents % 100:02}"
        body = json.dumps({"price": price}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing: the shop's own log is enough."""


# region: stub
@contextmanager
def shipping_stub() -> Iterator[str]:
    """Serve quotes for as long as the block, at the address returned."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Quotes) as server:
        thread = Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


# endregion
