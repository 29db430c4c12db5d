"""One connection for each request."""

import sqlite3

import click
from flask import current_app, g

TABLES = """
create table if not exists person (id integer primary key, name text unique, secret text);
create table if not exists entry (id integer primary key, person integer, title text, body text);
"""


def connection():
    if "connection" not in g:
        g.connection = sqlite3.connect(current_app.config["DATABASE"])
        g.connection.row_factory = sqlite3.Row
    return g.connection


def close(error=None):
    opened = g.pop("connection", None)
    if opened is not None:
        opened.close()


@click.command("make-tables")
def make_tables():
    connection().executescript(TABLES)
    click.echo("The tables are there.")


def init_app(app):
    app.teardown_appcontext(close)
    app.cli.add_command(make_tables)
