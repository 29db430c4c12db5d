import io

import pytest
from club.extensions import db
from club.models import Member
from flask import session
from flask_login import current_user


def test_index_for_strangers(client):
    page = client.get("/").text
    assert "<h1>The club</h1>" in page
    assert '<a href="/account/login">Login</a>' in page


def test_join(client, app):
    form = {"name": "grace", "secret": "cobol", "again": "cobol"}
    response = client.post("/account/join", data=form)
    assert response.status_code == 302
    assert response.location == "/account/login"
    assert client.get("/account/names").json == {"names": ["ada", "grace"]}
    with app.app_context():
        member = db.session.execute(db.select(Member).filter_by(name="grace")).scalar_one()
        assert member.knows("cobol")
        assert not member.knows("Cobol")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"name": ""}, "This field is required."),
        ({"name": "x" * 21}, "Field cannot be longer than 20 characters."),
        ({"name": "ada"}, "This name is taken."),
        ({"secret": "abc", "again": "abc"}, "Field must be at least 4 characters long."),
        ({"again": "other"}, "Both must be the same."),
    ],
)
def test_a_form_that_is_wrong(client, changes, message):
    form = {"name": "grace", "secret": "cobol", "again": "cobol"} | changes
    response = client.post("/account/join", data=form)
    assert response.status_code == 200
    assert f"<b>{message}</b>" in response.text
    assert client.get("/account/names").json == {"names": ["ada"]}


def test_login_and_logout(client):
    with client:
        client.post("/account/login", data={"name": "ada", "secret": "engine"})
        assert current_user.name == "ada"
        assert session["_user_id"] == "1"
        page = client.get("/account/profile").text
        assert "<h1>ada</h1>" in page
        assert '<p class="flash">Welcome back.</p>' in page
        client.get("/account/logout")
        assert current_user.is_anonymous
    assert client.get("/account/profile").status_code == 302


def test_a_wrong_secret(client):
    form = {"name": "ada", "secret": "wrong"}
    response = client.post("/account/login?next=/account/portrait", data=form)
    assert response.location == "http://localhost/account/login?next=/account/portrait"
    assert "That is not right." in client.get(response.location).text
    assert client.post("/account/login", data={"name": "bob", "secret": "x"}).status_code == 404


def test_what_needs_a_login_leads_there_and_back(client):
    response = client.get("/account/profile?tab=1")
    assert response.status_code == 302
    assert response.location == "/account/login?next=%2Faccount%2Fprofile%3Ftab%3D1"
    form = {"name": "ada", "secret": "engine"}
    back = client.post(response.location, data=form)
    assert back.location == "/account/profile?tab=1"


def test_nobody_is_led_elsewhere(client):
    form = {"name": "ada", "secret": "engine"}
    response = client.post("/account/login?next=https://evil.example/", data=form)
    assert response.location == "/account/profile"


def test_who_is_known_needs_no_login(ada):
    assert ada.get("/account/login").location == "/account/profile"
    assert "Leave, ada" in ada.get("/").text


def test_remember_me(client):
    form = {"name": "ada", "secret": "engine", "remember": "y"}
    response = client.post("/account/login", data=form)
    names = {cookie.partition("=")[0] for cookie in response.headers.getlist("Set-Cookie")}
    assert names == {"remember_token", "session"}
    client.delete_cookie("session")
    assert client.get("/account/profile").status_code == 200
    # Who comes back by that cookie alone must say the secret again for this:
    assert client.post("/account/close").status_code == 401
    assert client.get("/account/names").json == {"names": ["ada"]}


def test_close(ada):
    assert ada.post("/account/close").location == "/"
    assert ada.get("/account/names").json == {"names": []}


def test_portrait(ada):
    assert ada.get("/account/portrait").status_code == 404
    sent = ada.post("/account/portrait", data={"portrait": (io.BytesIO(b"\x89PNG"), "a.png")})
    assert sent.status_code == 302
    shown = ada.get("/account/portrait")
    assert shown.content_type == "image/png"
    assert shown.data == b"\x89PNG"


def test_files_that_are_not_welcome(ada):
    wrong = ada.post("/account/portrait", data={"portrait": (io.BytesIO(b"x"), "a.gif")})
    assert wrong.status_code == 422
    assert "Only PNG." in wrong.text
    large = {"portrait": (io.BytesIO(b"x" * 70_000), "a.png")}
    assert ada.post("/account/portrait", data=large).status_code == 413
    assert ada.post("/account/portrait", data={}).status_code == 422


def test_a_database_of_its_own(app):
    with app.test_request_context():
        assert db.session.scalar(db.select(db.func.count()).select_from(Member)) == 1
        assert app.config["SQLALCHEMY_DATABASE_URI"] == "sqlite://"


def test_make_tables(runner, app):
    with app.app_context():
        db.drop_all()
    result = runner.invoke(args=["make-tables"])
    assert result.exit_code == 0
    assert app.test_client().get("/account/names").json == {"names": []}
