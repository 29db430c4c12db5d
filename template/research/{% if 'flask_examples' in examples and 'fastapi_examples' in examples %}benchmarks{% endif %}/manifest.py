"""On what a run was made: without it, its numbers say nothing."""

import os
import platform
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timezone
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import psutil
from sqlalchemy import create_engine, text
from sqlalchemy.exc import SQLAlchemyError

from .apps.storage import POOL, with_driver
from .contenders import CONTENDERS
from .plan import Plan
from .processes import BenchmarkError, Cores, memory_is_shared_out

PACKAGES = (
    "flask",
    "werkzeug",
    "gunicorn",
    "gevent",
    "fastapi",
    "starlette",
    "uvicorn",
    "uvloop",
    "httptools",
    "pydantic",
    "sqlalchemy",
    "aiosqlite",
    "psycopg",
    "httpx2",
)
# The share of the cores that others may use on a quiet machine.
QUIET = 0.1
GIGA = 1e9


# region: manifest
def before(plan: Plan, cores: Cores, postgres: str | None) -> dict[str, Any]:
    """Return what can be told of a run before it begins."""
    return {
        "made": datetime.now(timezone.utc).isoformat(timespec="seconds"),
        "machine": {
            "cpu": _cpu(),
            "cores": os.cpu_count(),
            "memory_gb": round(psutil.virtual_memory().total / GIGA, 1),
            "system": platform.system(),
            "kernel": platform.release(),
            "load_before": [round(load, 2) for load in os.getloadavg()],
        },
        "python": f"{platform.python_implementation()} "
        f"{platform.python_version()}",
        "packages": _versions(PACKAGES),
        "databases": _databases(postgres),
        "terms": {
            "workers": plan.workers,
            "server_cores": list(cores.servers),
            "other_cores": list(cores.others),
            "pool": POOL,
            "memory": "PSS" if memory_is_shared_out() else "RSS",
        },
        "commands": {
            contender.name: _command(contender.command(0, plan.workers))
            for contender in CONTENDERS
        },
        "plan": asdict(plan),
    }


def after(
    begun: Mapping[str, Any], seconds: float, busy: Sequence[float]
) -> dict[str, Any]:
    """Return all that there is to tell of a run.

    Args:
        begun: what was told before.
        seconds: how long it took.
        busy: the share of all cores that others used before each round.
    """
    return {
        **begun,
        "seconds": round(seconds),
        "busy_before_rounds": [round(share, 2) for share in busy],
        "is_quiet": max(busy) <= QUIET,
    }


# endregion


def _cpu() -> str:
    """Return the name of the processor."""
    if sys.platform == "linux":
        for line in Path("/proc/cpuinfo").read_text("utf-8").splitlines():
            name, _, value = line.partition(":")
            if name.strip() == "model name":
                return value.strip()
    return platform.processor() or platform.machine()


def _versions(packages: Sequence[str]) -> dict[str, str]:
    found = {}
    for package in packages:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


def _databases(postgres: str | None) -> dict[str, str]:
    """Return the versions of the databases, which they tell themselves."""
    found = {"sqlite": _asked("sqlite://", "select sqlite_version()")}
    if postgres:
        found["postgres"] = _asked(postgres, "show server_version")
    return found


def _asked(url: str, query: str) -> str:
    engine = create_engine(with_driver(url))
    try:
        with engine.connect() as connection:
            return str(connection.execute(text(query)).scalar_one())
    except SQLAlchemyError as error:
        reason = str(error).partition("\n")[0]
        message = f"the database cannot be used: {reason}"
        raise BenchmarkError(message) from error
    finally:
        engine.dispose()


def _command(command: Sequence[str]) -> str:
    """Return a command as it can be typed, with PORT for the port."""
    text = " ".join(["python", *command[1:]])
    text = text.replace("--bind=127.0.0.1:0", "--bind=127.0.0.1:PORT")
    return text.replace("--port=0", "--port=PORT")
