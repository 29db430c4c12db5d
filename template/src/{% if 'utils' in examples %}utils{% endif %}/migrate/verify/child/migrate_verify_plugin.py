"""A plugin of pytest: write down outcomes, and give ASGI a test client.

The environment says what to do: MIGRATE_VERIFY_OUTCOMES names the file that
gets a line of JSON for each thing that happens; MIGRATE_VERIFY_FOLDER is
where modules are looked for after all other places; MIGRATE_VERIFY_CLIENT
asks for the client.
"""

import json
import os
import sys
import threading
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from werkzeug.test import Client

OUTCOMES = Path(os.environ["MIGRATE_VERIFY_OUTCOMES"])
CLIENTS = ExitStack()
# Its other end is held by whoever started pytest, which then takes it over.
ASKED = os.dup(0)


def pytest_configure(config: pytest.Config) -> None:
    """Set up what the environment asks for."""
    threading.Thread(target=_end_when_let_go, daemon=True).start()
    sys.path.append(os.environ["MIGRATE_VERIFY_FOLDER"])
    if "MIGRATE_VERIFY_CLIENT" in os.environ:
        _give_clients()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Shut down the applications that clients have started."""
    CLIENTS.close()


def pytest_collectreport(report: pytest.CollectReport) -> None:
    """Write down what could not be collected."""
    if report.failed:
        _write("broken", report.nodeid, "error", _reason(report))


def pytest_itemcollected(item: pytest.Item) -> None:
    """Write down which tests there are."""
    _write("collected", item.nodeid)


def pytest_runtest_logstart(nodeid: str) -> None:
    """Write down what runs, in case it does not come back."""
    _write("started", nodeid)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Write down how a test, or what is around it, has ended."""
    if hasattr(report, "wasxfail"):
        outcome = "xfailed" if report.skipped else "xpassed"
    elif report.failed:
        outcome = "failed" if report.when == "call" else "error"
    elif report.skipped:
        outcome = "skipped"
    elif report.when == "call":
        outcome = "passed"
    else:
        return
    _write("ended", report.nodeid, outcome, _reason(report))


def _end_when_let_go() -> None:
    while os.read(ASKED, 1):
        pass
    os._exit(1)


def _write(*told: str) -> None:
    with OUTCOMES.open("a", encoding="utf-8") as file:
        file.write(f"{json.dumps(told)}\n")


def _reason(report: pytest.TestReport | pytest.CollectReport) -> str:
    """Return the first line of a failure."""
    crash = getattr(report.longrepr, "reprcrash", None)
    if crash is not None:
        return str(crash.message).partition("\n")[0]
    lines = str(report.longreprtext).splitlines()
    errors = [line[1:].strip() for line in lines if line.startswith("E ")]
    return next(iter((*errors[-1:], *lines[-1:])), "")


def _give_clients() -> None:
    """Give `test_client` to every application of Starlette or FastAPI."""
    from starlette.applications import Starlette

    if not hasattr(Starlette, "test_client"):
        setattr(Starlette, "test_client", _test_client)  # noqa: B010


def _test_client(application: Any, *_: Any, **__: Any) -> "Client":
    """Return a client with the semantics of Flask's, over ASGI."""
    host = vars(application).get("flask")
    if host is not None:
        client: Client = host.test_client()
        return client
    from flask.wrappers import Response
    from starlette.testclient import TestClient
    from werkzeug.test import Client as OfWerkzeug
    from werkzeug.wrappers import Request

    inner = CLIENTS.enter_context(
        TestClient(application, raise_server_exceptions=False)
    )

    def bridge(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        request = Request(environ)
        # Cookies are the business of the client outside.
        inner.cookies.clear()
        with inner.stream(
            request.method,
            request.url,
            headers=list(request.headers),
            content=request.get_data(),
            follow_redirects=False,
        ) as answer:
            body = b"".join(answer.iter_raw())
            headers = answer.headers.multi_items()
            response = Response(body, answer.status_code)
            response.headers.clear()
            response.headers.extend(headers)
            return response(environ, start)

    class Kept(OfWerkzeug):
        """A client that `with` works on, as on Flask's."""

        def __enter__(self) -> "Kept":
            return self

        def __exit__(self, *_: object) -> None:
            return None

    return Kept(bridge)
