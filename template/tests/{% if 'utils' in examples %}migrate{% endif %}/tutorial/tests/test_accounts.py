import pytest
from flask import g, session
from notes.db import connection


def test_new(client, app):
    assert client.get("/accounts/new").status_code == 200
    response = client.post("/accounts/new", data={"name": "a", "secret": "a"})
    assert response.headers["Location"] == "/accounts/enter"
    with app.app_context():
        query = "select * from person where name = 'a'"
        assert connection().execute(query).fetchone() is not None


@pytest.mark.parametrize(
    ("name", "secret", "message"),
    [
        ("", "", b"A name is needed."),
        ("a", "", b"A secret is needed."),
        ("ada", "x", b"is here already"),
    ],
)
def test_new_accounts_that_are_wrong(client, name, secret, message):
    response = client.post("/accounts/new", data={"name": name, "secret": secret})
    assert message in response.data


def test_a_form_without_a_field(client):
    assert client.post("/accounts/new", data={"name": "a"}).status_code == 400


def test_enter(client, account):
    assert client.get("/accounts/enter").status_code == 200
    response = account.enter()
    assert response.headers["Location"] == "/"
    with client:
        client.get("/")
        assert session["person"] == 1
        assert g.person["name"] == "ada"


@pytest.mark.parametrize(("name", "secret"), [("a", "engine"), ("ada", "a")])
def test_enter_with_what_is_wrong(account, name, secret):
    assert b"That is not right." in account.enter(name, secret).data


def test_leave(client, account):
    account.enter()
    with client:
        account.leave()
        assert "person" not in session
