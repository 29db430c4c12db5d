from pathlib import Path

import pytest
from notes import create_app
from notes.db import connection, prepare

PEOPLE = (Path(__file__).parent / "people.sql").read_text(encoding="utf-8")


@pytest.fixture
def app(tmp_path):
    app = create_app({"TESTING": True, "DATABASE": str(tmp_path / "diary.sqlite")})
    with app.app_context():
        prepare()
        connection().executescript(PEOPLE)
    return app


@pytest.fixture
def client(app):
    return app.test_client()


@pytest.fixture
def runner(app):
    return app.test_cli_runner()


class Account:
    def __init__(self, client):
        self._client = client

    def enter(self, name="ada", secret="engine"):
        return self._client.post("/accounts/enter", data={"name": name, "secret": secret})

    def leave(self):
        return self._client.get("/accounts/leave")


@pytest.fixture
def account(client):
    return Account(client)
