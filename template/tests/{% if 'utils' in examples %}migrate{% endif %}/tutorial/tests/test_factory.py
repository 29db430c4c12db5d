from notes import create_app


def test_settings():
    assert not create_app().testing
    assert create_app({"TESTING": True}).testing


def test_ping(client):
    assert client.get("/ping").data == b"pong"


def test_static_file(client):
    with client.get("/static/style.css") as response:
        assert response.mimetype == "text/css"
