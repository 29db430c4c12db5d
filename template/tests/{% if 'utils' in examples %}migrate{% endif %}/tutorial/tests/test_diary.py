import pytest
from notes.db import connection


def test_index(client, account):
    page = client.get("/").data
    assert b"New here?" in page
    assert b"Enter" in page
    account.enter()
    page = client.get("/").data
    assert b"Leave" in page
    assert b"A first day" in page
    assert b"ada, 2024-01-01" in page
    assert b"It rained\nall day." in page
    assert b'href="/1/change"' in page


@pytest.mark.parametrize("path", ["/write", "/1/change", "/1/remove"])
def test_only_for_those_who_are_known(client, path):
    response = client.post(path)
    assert response.headers["Location"] == "/accounts/enter"


def test_only_for_who_wrote_it(app, client, account):
    with app.app_context():
        connection().execute("update entry set person = 2 where id = 1")
        connection().commit()
    account.enter()
    assert client.post("/1/change").status_code == 403
    assert client.post("/1/remove").status_code == 403
    assert b'href="/1/change"' not in client.get("/").data


@pytest.mark.parametrize("path", ["/2/change", "/2/remove"])
def test_an_entry_that_is_not_there(client, account, path):
    account.enter()
    response = client.post(path)
    assert response.status_code == 404
    assert b"There is no entry 2." in response.data


def test_write(client, account, app):
    account.enter()
    assert client.get("/write").status_code == 200
    client.post("/write", data={"title": "made", "body": ""})
    with app.app_context():
        count = connection().execute("select count(id) from entry").fetchone()[0]
        assert count == 2


def test_change(client, account, app):
    account.enter()
    assert client.get("/1/change").status_code == 200
    client.post("/1/change", data={"title": "changed", "body": ""})
    with app.app_context():
        entry = connection().execute("select * from entry where id = 1").fetchone()
        assert entry["title"] == "changed"


@pytest.mark.parametrize("path", ["/write", "/1/change"])
def test_a_title_is_needed(client, account, path):
    account.enter()
    response = client.post(path, data={"title": "", "body": ""})
    assert b"A title is needed." in response.data


def test_remove(client, account, app):
    account.enter()
    response = client.post("/1/remove")
    assert response.headers["Location"] == "/"
    with app.app_context():
        entry = connection().execute("select * from entry where id = 1").fetchone()
        assert entry is None


def test_methods(client, account):
    account.enter()
    assert client.get("/1/remove").status_code == 405
    assert client.options("/1/remove").allow.as_set() == {"options", "post"}
