import re

import pytest

pytestmark = pytest.mark.parametrize("app", ["club.config.Guarded"], indirect=True)
FORM = {"name": "ada", "secret": "engine"}


def token_of(page):
    return re.search(r'name="csrf_token" type="hidden" value="([^"]+)"', page)[1]


def test_a_form_without_a_token_is_refused(client):
    response = client.post("/account/login", data=FORM)
    assert response.status_code == 400
    assert "<p>The CSRF token is missing.</p>" in response.text


def test_a_form_with_its_token(client):
    token = token_of(client.get("/account/login").text)
    response = client.post("/account/login", data=FORM | {"csrf_token": token})
    assert response.location == "/account/profile"


def test_a_token_in_a_header(client):
    token = token_of(client.get("/account/login").text)
    response = client.post("/account/login", data=FORM, headers={"X-CSRFToken": token})
    assert response.status_code == 302


def test_the_token_of_another(client, app):
    token = token_of(app.test_client().get("/account/login").text)
    client.get("/account/login")
    response = client.post("/account/login", data=FORM | {"csrf_token": token})
    assert response.status_code == 400
    assert "The CSRF tokens do not match." in response.text


def test_a_view_that_is_exempt(client):
    assert client.post("/hook").json == {"taken": True}
