"""The connections that a shop holds after its customers have gone."""

from __future__ import annotations

import time

import psutil
from sqlalchemy import Connection, text

from .shops import Running

# SQLAlchemy's pool keeps so many open unless it is told otherwise.
POOL_SIZE = 5
# How long a connection may take to be closed once nobody needs it, in seconds.
PATIENCE = 10


def leaks(shop: Running, connection: Connection) -> list[str]:
    """Return what the shop holds on to without need.

    Args:
        shop: the shop; it serves on, and its customers have gone.
        connection: a connection to its database.
    """
    deadline = time.monotonic() + PATIENCE
    while found := [*_to_the_database(connection), *_of_customers(shop)]:
        if time.monotonic() > deadline:
            break
    return found


def _to_the_database(connection: Connection) -> list[str]:
    query = (
        "select state from pg_stat_activity"
        " where backend_type = 'client backend' and pid <> pg_backend_pid()"
    )
    states = list(connection.execute(text(query)).scalars())
    # Within one transaction, the answer would stay the same.
    connection.rollback()
    busy = [f"A connection to the database is {state}." for state in states if state != "idle"]
    if len(states) > POOL_SIZE:
        busy.append(f"{len(states)} connections to the database are open, not {POOL_SIZE}.")
    return busy


def _of_customers(shop: Running) -> list[str]:
    return [
        f"A connection from port {one.raddr.port} is {one.status}."
        for one in psutil.Process(shop.pid).net_connections(kind="tcp")
        if one.laddr.port == shop.port and one.status != psutil.CONN_LISTEN
    ]
