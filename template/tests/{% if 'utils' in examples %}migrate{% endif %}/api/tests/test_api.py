import datetime

import pytest
from conftest import SETTINGS
from flask_jwt_extended import create_access_token, decode_token
from service import create_app, mail


def test_a_token_is_given_and_audited(app, client, audited):
    response = client.post("/token", data={"name": "ada"})
    assert response.status_code == 200
    with app.app_context():
        assert decode_token(response.json["token"])["sub"] == "ada"
    assert audited == [{"name": "ada"}]


def test_a_token_without_a_name(client):
    assert client.post("/token", data={}).status_code == 400
    assert client.get("/token").status_code == 405


def test_no_token(client):
    response = client.get("/notes")
    assert response.status_code == 401
    assert response.json == {"error": "Missing Authorization Header"}


@pytest.mark.parametrize("token", ["x", "a.b.c", ""])
def test_no_real_token(client, token):
    response = client.get("/notes", headers={"Authorization": f"Bearer {token}"})
    assert response.status_code == 422
    assert "msg" in response.json


def test_a_token_that_is_too_old(app, client):
    with app.app_context():
        token = create_access_token("ada", expires_delta=datetime.timedelta(seconds=-1))
    response = client.get("/notes", headers={"Authorization": f"Bearer {token}"})
    assert response.status_code == 401
    assert response.json == {"msg": "Token has expired"}


def test_a_token_that_left(client, headers):
    assert client.post("/token/leave", headers=headers).json == {"left": True}
    response = client.get("/notes", headers=headers)
    assert response.status_code == 401
    assert response.json == {"msg": "Token has been revoked"}


def test_refresh(client):
    tokens = client.post("/token", data={"name": "ada"}).json
    wrong = client.post("/token/refresh", headers={"Authorization": f"Bearer {tokens['token']}"})
    assert wrong.status_code == 422
    again = client.post("/token/refresh", headers={"Authorization": f"Bearer {tokens['refresh']}"})
    later = {"Authorization": f"Bearer {again.json['token']}"}
    assert client.get("/notes", headers=later).json == []
    stale = client.delete("/notes/0", headers=later)
    assert stale.status_code == 401
    assert stale.json == {"msg": "Fresh token required"}


def test_notes_of_a_person(client, headers):
    added = client.post("/notes", json={"text": "Cat", "tags": ["b", "a"]}, headers=headers)
    assert added.status_code == 201
    assert added.json == {"text": "Cat", "tags": ["a", "b"]}
    assert client.get("/notes", headers=headers).json == [added.json]
    assert client.get("/notes/count").json == {"count": 1}


def test_dates(client, headers):
    note = {"text": "x", "due": "2024-05-01T10:00:00+00:00"}
    added = client.post("/notes", json=note, headers=headers)
    # Flask's own encoder writes dates as HTTP does; Marshmallow does not.
    assert added.json["due"] == "Wed, 01 May 2024 10:00:00 GMT"
    assert client.get("/notes/pages", headers=headers).json[0]["due"] == note["due"]


@pytest.mark.parametrize(
    ("note", "errors"),
    [
        ({}, {"text": ["Missing data for required field."]}),
        ({"text": ""}, {"text": ["Length must be between 1 and 100."]}),
        ({"text": "x", "tags": ["a", 1]}, {"tags": {"1": ["Not a valid string."]}}),
        ({"text": "x", "more": 1}, {"more": ["Unknown field."]}),
        ([], {"_schema": ["Invalid input type."]}),
    ],
)
def test_notes_that_are_wrong(client, headers, note, errors):
    response = client.post("/notes", json=note, headers=headers)
    assert response.status_code == 422
    assert response.json == {"errors": errors}


def test_pages(client, headers):
    for text in "abc":
        client.post("/notes", json={"text": text}, headers=headers)
    second = client.get("/notes/pages?page=2&size=2", headers=headers)
    assert [note["text"] for note in second.json] == ["c"]
    assert client.get("/notes/pages").json == []
    wrong = client.get("/notes/pages?page=0&size=many")
    assert wrong.json["errors"].keys() == {"page", "size"}


def test_remove(client, headers):
    client.post("/notes", json={"text": "Cat"}, headers=headers)
    assert client.delete("/notes/0", headers=headers).json["text"] == "Cat"
    assert client.delete("/notes/0", headers=headers).status_code == 404


def test_mail(app, client, headers):
    client.post("/notes", json={"text": "Cat"}, headers=headers)
    with app.app_context(), mail.record_messages() as outbox:
        assert client.post("/notes/mail", headers=headers).status_code == 202
    assert [message.recipients for message in outbox] == [["ada@example.org"]]
    assert outbox[0].body == "Cat"


def test_cors(client):
    allowed = client.get("/notes/count", headers={"Origin": "https://example.org"})
    assert allowed.headers["Access-Control-Allow-Origin"] == "https://example.org"
    other = client.get("/notes/count", headers={"Origin": "https://evil.example"})
    assert "Access-Control-Allow-Origin" not in other.headers
    asking = {"Origin": "https://example.org", "Access-Control-Request-Method": "POST"}
    preflight = client.options("/notes", headers=asking)
    assert preflight.status_code == 200
    assert "POST" in preflight.headers["Access-Control-Allow-Methods"]


def test_a_limit(audited):
    client = create_app(SETTINGS | {"RATELIMIT_ENABLED": True}).test_client()
    answers = [client.post("/token", data={"name": "ada"}) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert answers[-1].json == {"error": "Later, please.", "limit": "3 per 1 minute"}


def test_settings_of_the_environment(monkeypatch):
    monkeypatch.setenv("FLASK_JWT_SECRET_KEY", "from outside")
    monkeypatch.setenv("FLASK_MAIL_PORT", "2525")
    app = create_app()
    assert app.config["JWT_SECRET_KEY"] == "from outside"
    assert app.config["MAIL_PORT"] == 2525
