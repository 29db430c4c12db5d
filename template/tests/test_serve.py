"""The website that is served while it is written follows what is written."""

from __future__ import annotations

import http.client
import json
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest

from tests.support import BUILD, make_book, write

SERVE = BUILD.with_name("serve.py")
THIRD = "chapters/03_third/chapter.md"


@pytest.fixture
def book(tmp_path: Path) -> Path:
    return make_book(tmp_path / "book")


@pytest.fixture
def address(book: Path) -> Iterator[str]:
    """Serve the book, and return where."""
    command = [sys.executable, "-u", str(SERVE), "--book", str(book), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        line = next(line for line in process.stdout if "http" in line)
        found = re.search(r"http://([^/]+)/", line)
        assert found
        yield found[1]
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 0


class Events:
    """What a browser is told."""

    def __init__(self, address: str) -> None:
        self.connection = http.client.HTTPConnection(address, timeout=30)
        self.connection.request("GET", "/_serve/events")
        self.answer = self.connection.getresponse()

    def next(self) -> dict[str, Any]:
        while True:
            line = self.answer.readline().decode("utf-8")
            if line.startswith("data: "):
                event: dict[str, Any] = json.loads(line.removeprefix("data: "))
                return event


def page(address: str, name: str) -> str:
    with urlopen(f"http://{address}/{name}", timeout=10) as answer:
        text: str = answer.read().decode("utf-8")
        return text


def test_browsers_are_told_what_changed_and_what_is_wrong(book: Path, address: str) -> None:
    assert "/_serve/live.js" in page(address, "third.html")
    assert "EventSource" in page(address, "_serve/live.js")
    events = Events(address)

    write(book / THIRD, "# Third\n\nSomething new.\n")
    told = events.next()
    assert "third.html" in told["changed"]
    assert "first.html" not in told["changed"]
    assert "Something new." in page(address, "third.html")

    write(book / THIRD, "# Third\n\n[nowhere](#nowhere)\n")
    (problem,) = events.next()["problems"]
    assert problem.startswith(f"{THIRD}:3: the link '#nowhere' leads to no heading")
    assert "Something new." in page(address, "third.html")
    # Who comes later is told too.
    assert Events(address).next()["problems"] == [problem]

    write(book / THIRD, "# Third\n\nMended.\n")
    assert events.next()["problems"] == []
    assert "Mended." in page(address, "third.html")


def test_a_book_that_never_was_built_must_be_right(book: Path) -> None:
    write(book / THIRD, "# Third\n\n[nowhere](#nowhere)\n")

    done = subprocess.run(
        [sys.executable, str(SERVE), "--book", str(book), "--port", "0"],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert done.returncode == 1
    assert done.stderr.startswith(f"{THIRD}:3: ")
