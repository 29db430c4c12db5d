import io
import logging

import pytest
from shop import create_app


def test_level(client):
    response = client.get("/api/v1/stock/pears")
    assert response.json == {"name": "pears", "level": 5}
    assert response.headers["X-Api"] == "1"
    assert client.get("/api/v1/stock/a%20b").json["name"] == "a b"


def test_fill_is_logged(app, client, caplog):
    with caplog.at_level(logging.INFO):
        assert client.put("/api/v1/stock/pears").json == {"name": "pears"}
    assert "filled pears" in caplog.messages


def test_a_mistake_of_the_blueprint(client):
    response = client.delete("/api/v1/stock/pears")
    assert response.status_code == 409
    assert response.json == {"error": "no pears"}


def test_lines_stream(client):
    response = client.get("/api/v1/lines?last=three")
    assert response.content_type == "text/plain; charset=utf-8"
    assert response.text == "one\nthree\n"
    assert response.headers["X-Api"] == "1"


@pytest.mark.parametrize(
    ("path", "sum_"),
    [("/sum", 0), ("/sum/1,2.345", 3.35), ("/sum/1.26?digits=1", 1.3), ("/sum/2?digits=x", 2)],
)
def test_sum(client, path, sum_):
    assert client.get(f"/api/v1{path}").json == {"sum": sum_}


def test_a_default_that_is_written_out(client):
    response = client.get("/api/v1/sum/0?digits=1")
    assert response.status_code == 308
    assert response.location == "http://localhost/api/v1/sum?digits=1"


def test_problems_of_programs_are_json(client):
    wrong = client.get("/api/v1/sum/a")
    assert wrong.status_code == 400
    assert wrong.json["text"].startswith("could not convert string to float")
    missing = client.get("/api/v1/nowhere")
    assert missing.json["code"] == 404
    other = client.post("/api/v1/lines")
    assert other.status_code == 405
    assert other.json["name"] == "Method Not Allowed"


def test_a_hook_that_closes(client):
    response = client.get("/api/v1/lines", headers={"X-Closed": "1"})
    assert response.status_code == 503
    assert response.json["name"] == "Service Unavailable"
    assert client.get("/", headers={"X-Closed": "1"}).text == "<h1>503 Service Unavailable</h1>"


def test_errors_reach_a_test(client):
    with pytest.raises(RuntimeError, match="the till is stuck"):
        client.get("/api/v1/fault")


def test_errors_are_hidden_in_production(tmp_path):
    client = create_app({"PHOTOS": tmp_path}).test_client()
    response = client.get("/api/v1/fault")
    assert response.status_code == 500
    assert response.text == "Something broke."


def test_photo(client, tmp_path):
    photo = (io.BytesIO(b"\x89PNG"), "../my cat.png")
    response = client.post("/photos/", data={"photo": photo, "title": "Cät"})
    assert response.status_code == 201
    assert response.json == {"title": "Cät"}
    assert response.location == "/photos/my_cat.png"
    assert (tmp_path / "my_cat.png").read_bytes() == b"\x89PNG"
    with client.get(response.location) as shown:
        assert shown.mimetype == "image/png"
        assert shown.headers["Content-Disposition"] == "attachment; filename=my_cat.png"
        assert shown.data == b"\x89PNG"
    with client.get(response.location, headers={"Range": "bytes=1-3"}) as part:
        assert part.status_code == 206
        assert part.data == b"PNG"


def test_files_that_are_not_welcome(client):
    bad = client.post("/photos/", data={"photo": (io.BytesIO(b""), "a.exe")})
    assert bad.status_code == 415
    assert client.post("/photos/", data={"title": "x"}).status_code == 400
    assert client.get("/photos/../shop/api.py").status_code == 404


def test_a_factory_that_is_configured():
    assert not create_app().testing
    app = create_app({"TESTING": True, "GREETING": "hello"})
    assert app.testing
    assert app.config["GREETING"] == "hello"
    assert app.config["SECRET_KEY"] == "dev"
