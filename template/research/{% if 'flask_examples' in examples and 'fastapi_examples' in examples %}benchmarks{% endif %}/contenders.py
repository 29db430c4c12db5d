"""Who answers: a framework, a server, and how it is set up."""

import sys
from dataclasses import dataclass

from .cases import Case

# The kernel queues as many connections for either server, and either keeps
# an idle one for longer than a measurement lasts.
BACKLOG = 2048
KEEP_ALIVE = 75
# FastAPI runs `def` in 40 threads; a tuned Flask gets as many.
THREADS = 40


@dataclass(frozen=True)
class Contender:
    """An application under a server.

    Attributes:
        name: as it stands in the data.
        title: as it stands in tables.
        app: the module of the application.
        server: gunicorn or uvicorn.
        options: what is special about this set-up.
        only_waits: whether it answers only the cases that wait.
    """

    name: str
    title: str
    app: str
    server: str
    options: tuple[str, ...] = ()
    only_waits: bool = False

    @property
    def framework(self) -> str:
        """Flask or FastAPI."""
        return self.title.partition(",")[0]

    def answers(self, case: Case) -> bool:
        """Whether there is anything to measure."""
        return case.waits or not self.only_waits

    def command(self, port: int, workers: int) -> list[str]:
        """Return what starts the server with some worker processes."""
        make = _gunicorn if self.server == "gunicorn" else _uvicorn
        target = f"{__package__}.apps.{self.app}:app"
        common = [sys.executable, "-m", self.server, target]
        return [*common, *make(port, workers), *self.options]


# region: servers
def _gunicorn(port: int, workers: int) -> list[str]:
    return [
        f"--bind=127.0.0.1:{port}",
        f"--workers={workers}",
        f"--backlog={BACKLOG}",
        f"--keep-alive={KEEP_ALIVE}",
        "--no-control-socket",
        "--log-level=warning",
    ]


def _uvicorn(port: int, workers: int) -> list[str]:
    return [
        "--host=127.0.0.1",
        f"--port={port}",
        f"--workers={workers}",
        f"--backlog={BACKLOG}",
        f"--timeout-keep-alive={KEEP_ALIVE}",
        # The quickest that Uvicorn has.
        "--loop=uvloop",
        "--http=httptools",
        # Gunicorn writes no access log either, unless it is told to.
        "--no-access-log",
        "--log-level=warning",
    ]


# endregion


# region: contenders
def _flask(name: str, title: str, *options: str) -> Contender:
    return Contender(
        f"flask-{name}", f"Flask, {title}", "flask_app", "gunicorn", options
    )


CONTENDERS = (
    _flask("sync", "sync", "--worker-class=sync"),
    _flask(
        "gthread", "gthread, 1 thread", "--worker-class=gthread", "--threads=1"
    ),
    _flask(
        "gthread-tuned",
        f"gthread, {THREADS} threads",
        "--worker-class=gthread",
        f"--threads={THREADS}",
    ),
    _flask("gevent", "gevent", "--worker-class=gevent"),
    Contender(
        "fastapi-async", "FastAPI, async def", "fastapi_async", "uvicorn"
    ),
    Contender("fastapi-def", "FastAPI, def", "fastapi_def", "uvicorn"),
    Contender(
        "fastapi-blocking",
        "FastAPI, blocking",
        "fastapi_blocking",
        "uvicorn",
        only_waits=True,
    ),
)
# endregion
