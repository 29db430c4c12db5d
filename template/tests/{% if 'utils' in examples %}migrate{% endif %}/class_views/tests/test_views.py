import uuid

import pytest

KEY = uuid.UUID("12345678-1234-5678-1234-567812345678")
OPEN = {"X-Key": "open"}


def test_list(client):
    assert client.get("/site/items/").json == {"key": None}


def test_post_a_form(client):
    response = client.post("/site/items/", data={"name": "Ä&B", "size": 3})
    assert response.status_code == 201
    assert response.json == {"posted": {"name": "Ä&B", "size": "3"}}


def test_one_item(client):
    assert client.get(f"/site/items/{KEY}").json == {"key": str(KEY)}
    assert client.delete(f"/site/items/{KEY}").status_code == 204


@pytest.mark.parametrize("path", ["/site/items/7", "/site/safe/0", "/site/safe/10", "/site"])
def test_what_no_converter_takes(client, path):
    assert client.get(path, headers=OPEN).status_code == 404


def test_methods_are_those_of_the_class(client):
    assert client.options("/site/items/").allow.as_set() == {"get", "head", "options", "post"}
    item = client.put(f"/site/items/{KEY}")
    assert item.status_code == 405
    assert item.allow.as_set() == {"delete", "get", "head", "options"}
    assert client.delete("/about").status_code == 405


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_about(client, method):
    assert client.open("/about", method=method).text == "About us"


def test_a_decorator_guards_every_method(client):
    for method in ("GET", "PUT", "HEAD"):
        assert client.open("/site/safe/3", method=method).status_code == 401
    assert client.get("/site/safe/3", headers=OPEN).json == {"drawer": 3}
    assert client.options("/site/safe/3").status_code == 200


def test_put_a_body(client):
    response = client.put("/site/safe/4", data="gold", headers=OPEN)
    assert response.json == {"drawer": 4, "content": "gold"}


def test_a_method_for_head(client):
    response = client.head("/site/safe/5", headers=OPEN)
    assert response.headers["X-Drawer"] == "5"
    assert "X-Drawer" not in client.get("/site/safe/5", headers=OPEN).headers


def test_one_object_for_all_requests(client):
    assert [client.get("/count").json["count"] for _ in range(3)] == [1, 2, 3]


def test_each_application_counts_for_itself(app, client):
    client.get("/count")
    from app import create_app

    assert create_app().test_client().get("/count").json == {"count": 1}


def test_a_page_with_arguments_of_its_class(client):
    assert client.get("/pages/a/b").text == "<title>A page</title>a/b"
    assert client.get("/pages").text == "<title>A page</title>start"


def test_a_default_has_one_address(client):
    response = client.get("/pages/start")
    assert response.status_code == 308
    assert response.location == "http://localhost/pages"


def test_addresses(app):
    with app.test_request_context():
        assert app.url_for("site.item", key=KEY) == f"/site/items/{KEY}"
        assert app.url_for("page", place="x/y z") == "/pages/x/y%20z"
        assert app.url_for("page", place="start") == "/pages"
