import json

import pytest


def test_home_leads_to_the_list(client):
    response = client.get("/")
    assert response.status_code == 302
    assert response.location == "/tasks/"
    followed = client.get("/", follow_redirects=True)
    assert followed.request.path == "/tasks/"
    assert len(followed.history) == 1


def test_list_and_search(client):
    assert client.get("/tasks/").json == [{"done": False, "title": "Water the plants"}]
    assert client.get("/tasks/?q=plants").json
    assert client.get("/tasks/", query_string={"q": "nothing"}).json == []


def test_add(client, tasks):
    response = client.post("/tasks/", json={"title": "Buy milk & bread"})
    assert response.status_code == 201
    assert response.headers["Location"] == "/tasks/2"
    assert response.get_json() == {"title": "Buy milk & bread", "done": False}
    assert tasks[2]["title"] == "Buy milk & bread"


def test_the_slash_that_was_forgotten(client):
    response = client.get("/tasks?q=a b")
    assert response.status_code == 308
    assert response.location == "http://localhost/tasks/?q=a%20b"
    assert client.get("/tasks", follow_redirects=True).status_code == 200


def test_a_slash_too_many(client):
    assert client.get("/tasks/1/").status_code == 404


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        ('{"title": ', "application/json", 400),
        ("title=x", "application/x-www-form-urlencoded", 415),
        ('{"name": "x"}', "application/json", 422),
        (json.dumps({"title": "x" * 2000}), "application/json", 413),
    ],
)
def test_bad_bodies(client, tasks, body, content_type, status):
    response = client.post("/tasks/", data=body, content_type=content_type)
    assert response.status_code == status
    assert list(tasks) == [1]


def test_what_is_missing_is_named(client):
    assert client.post("/tasks/", json={}).json == {"error": "title is missing"}


def test_show_and_delete(client, tasks):
    assert client.get("/tasks/1").json["title"] == "Water the plants"
    gone = client.delete("/tasks/1")
    assert gone.status_code == 204
    assert gone.data == b""
    assert client.get("/tasks/1").status_code == 404
    assert tasks == {}


@pytest.mark.parametrize("path", ["/tasks/9", "/tasks/x", "/tasks/-1", "/nowhere", "/tasks/9/done"])
def test_nothing_here(client, path):
    response = client.put(path) if path.endswith("done") else client.get(path)
    assert response.status_code == 404
    assert response.json == {"error": "nothing here"}


def test_head_and_options(client):
    head = client.head("/tasks/1")
    assert head.status_code == 200
    assert head.data == b""
    assert int(head.headers["Content-Length"]) == len(client.get("/tasks/1").data)
    options = client.options("/tasks/1")
    assert options.status_code == 200
    assert options.allow.as_set() == {"delete", "get", "head", "options"}
    assert client.options("/tasks/").allow.as_set() == {"get", "head", "options", "post"}


def test_a_method_that_is_not_allowed(client):
    response = client.patch("/tasks/1")
    assert response.status_code == 405
    assert response.allow.as_set() == {"delete", "get", "head", "options"}
    assert b"Method Not Allowed" in response.data


def test_finish(client):
    assert client.put("/tasks/1/done").json["done"] is True
    assert client.put("/tasks/1/done?value=no").json["done"] is False


def test_board_and_theme(client):
    assert b'<body class="light">' in client.get("/board").data
    chosen = client.get("/theme/dark")
    assert chosen.status_code == 303
    assert "HttpOnly" in chosen.headers["Set-Cookie"]
    assert client.get_cookie("theme").value == "dark"
    page = client.get("/board").text
    assert '<body class="dark">' in page
    assert '<a href="/tasks/1">[ ] Water the plants</a>' in page
    client.set_cookie("theme", "<b>")
    assert "&lt;b&gt;" in client.get("/board").text
    assert client.get("/theme/blue").status_code == 404


def test_static_file(client):
    response = client.get("/static/board.css")
    assert response.mimetype == "text/css"
    assert b".dark" in response.data
    again = client.get("/static/board.css", headers={"If-None-Match": response.headers["ETag"]})
    assert again.status_code == 304
    assert client.get("/static/none.css").status_code == 404


def test_export_streams(client, tasks):
    tasks[2] = {"title": 'Say "hi"', "done": True}
    response = client.get("/tasks.csv")
    assert response.content_type == "text/csv; charset=utf-8"
    assert response.text.splitlines() == ["1,Water the plants,False", '2,"Say ""hi""",True']


def test_a_view_that_is_asynchronous(client):
    assert client.get("/slow").text == "done"
