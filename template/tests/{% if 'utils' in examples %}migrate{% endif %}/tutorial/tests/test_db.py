import sqlite3

import pytest
from notes.db import connection


def test_one_connection_that_is_closed(app):
    with app.app_context():
        opened = connection()
        assert opened is connection()
    with pytest.raises(sqlite3.ProgrammingError) as caught:
        opened.execute("select 1")
    assert "closed" in str(caught.value)


def test_make_tables(runner, monkeypatch):
    class Recorder:
        called = False

    def prepare():
        Recorder.called = True

    monkeypatch.setattr("notes.db.prepare", prepare)
    result = runner.invoke(args=["make-tables"])
    assert "are there" in result.output
    assert Recorder.called


def test_make_tables_makes_them_empty(runner, client):
    assert runner.invoke(args=["make-tables"]).exit_code == 0
    assert b"A first day" not in client.get("/").data
