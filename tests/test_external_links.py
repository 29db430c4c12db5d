"""A book asks other hosts for what it links to when it is told to, and not before."""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from tests.support import render, run

VALIDATE = "tools/validation/validate_book.py"


class Host(ThreadingHTTPServer):
    """A host that counts what it is asked for."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answers)
        self.asked: Counter[str] = Counter()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Answers(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        host = self.server
        assert isinstance(host, Host)
        host.asked[self.path] += 1
        self.send_response(200 if self.path == "/there" else 404)
        self.end_headers()

    do_HEAD = do_GET

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def host() -> Iterator[Host]:
    with Host() as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def test_dead_links_to_other_hosts_are_told_on_request(
    template: Path, book_python: str, host: Host, tmp_path: Path
) -> None:
    book = render(template, tmp_path / "book", edition="own", chapters=["Links"])
    (book / "chapters" / "01_links" / "chapter.md").write_text(
        f"# Links\n\n[There]({host.address}/there), and\n[gone]({host.address}/gone).\n\n"
        f"```text\n{host.address}/code\n```\n",
        encoding="utf-8",
    )
    (book / "lychee.toml").write_text('exclude = ["^https://"]\n', encoding="utf-8")
    programs = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"

    quiet = run(book, book_python, VALIDATE, PATH=programs)
    asked_before = host.asked.total()
    only = (VALIDATE, "--only", "external-link", "--format", "json")
    first = run(book, book_python, *only, PATH=programs)
    asked = host.asked.copy()
    again = run(book, book_python, *only, PATH=programs)

    assert (quiet.returncode, asked_before) == (0, 0), quiet.stdout
    (dead,) = json.loads(first.stdout)["findings"]
    assert (dead["path"], dead["line"], dead["column"]) == ("chapters/01_links/chapter.md", 4, 1)
    assert f"{host.address}/gone" in dead["message"]
    assert first.returncode == again.returncode == 1
    assert set(asked) == {"/there", "/gone"}
    assert host.asked["/there"] == asked["/there"], "what answered is remembered"
