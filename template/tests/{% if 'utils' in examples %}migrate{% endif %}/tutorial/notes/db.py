"""One connection for each request."""

import sqlite3
from datetime import datetime
from pathlib import Path

import click
from flask import current_app, g
from flask.cli import with_appcontext

sqlite3.register_converter("timestamp", lambda value: datetime.fromisoformat(value.decode()))


def connection():
    if "connection" not in g:
        g.connection = sqlite3.connect(
            current_app.config["DATABASE"], detect_types=sqlite3.PARSE_DECLTYPES
        )
        g.connection.row_factory = sqlite3.Row
    return g.connection


def close(error=None):
    opened = g.pop("connection", None)
    if opened is not None:
        opened.close()


def prepare():
    Path(current_app.config["DATABASE"]).parent.mkdir(exist_ok=True)
    with current_app.open_resource("tables.sql") as file:
        connection().executescript(file.read().decode())


@click.command("make-tables")
@with_appcontext
def make_tables():
    """Drop what is there, and make the tables."""
    prepare()
    click.echo("The tables are there.")


def init_app(app):
    app.teardown_appcontext(close)
    app.cli.add_command(make_tables)
