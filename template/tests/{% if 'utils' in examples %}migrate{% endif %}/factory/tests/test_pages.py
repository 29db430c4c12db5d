from flask import session, template_rendered, url_for


def test_home_counts(client):
    assert client.get("/").text == "<p>0</p>"
    for number in ("1", "2"):
        response = client.post("/count/")
        assert response.text == number
        assert response.mimetype == "text/html"
    assert client.get("/").text == "<p>2</p>"


def test_each_client_has_a_session(app):
    first, second = app.test_client(), app.test_client()
    first.post("/count/")
    assert second.get("/").text == "<p>0</p>"
    assert app.test_client(use_cookies=False).post("/count/").text == "1"


def test_a_session_of_before(client):
    with client.session_transaction() as before:
        before["count"] = 41
    assert client.post("/count/").text == "42"
    with client.session_transaction() as after:
        assert after["count"] == 42


def test_session_after_the_request(client):
    with client:
        client.post("/count/")
        assert session["count"] == 1
        client.get("/reset", follow_redirects=True)
        assert "count" not in session


def test_a_cookie_that_was_forged(client):
    client.set_cookie("session", "eyJjb3VudCI6OX0.forged.forged")
    assert client.get("/").text == "<p>0</p>"


def test_messages_are_told_once(client):
    client.post("/count/")
    assert client.get("/counted").json == {"messages": ["counted"]}
    assert client.get("/counted").json == {"messages": []}


def test_about(client):
    page = client.get("/about/").text
    assert "<h1>Corner, since 2024</h1>" in page
    assert '<a href="/about/2025">' in page
    assert "since 1999" in client.get("/about/1999").text
    assert client.get("/about").status_code == 308


def test_the_template_that_was_rendered(app, client):
    seen = []

    def note(sender, template, context, **more):
        seen.append((sender, template.name, context["year"], context["shop"]))

    with template_rendered.connected_to(note, app):
        client.get("/about/7")
    assert [each[1:] for each in seen] == [("about.html", 7, "Corner")]


def test_language(client):
    assert client.get("/").headers["Content-Language"] == "en"
    german = client.get("/nowhere", headers={"Accept-Language": "de-AT,de"})
    assert german.headers["Content-Language"] == "de"


def test_a_page_that_is_not_there(client):
    response = client.get("/nowhere")
    assert response.status_code == 404
    assert response.text == "<h1>404 Not Found</h1>"


def test_reset_leads_home(client):
    response = client.get("/reset")
    assert response.status_code == 302
    assert response.location == "/"


def test_addresses(app):
    with app.test_request_context("/about/5"):
        assert url_for("pages.about", year=6) == "/about/6"
        assert url_for("api.stock.level", name="a b", _external=True) == (
            "http://localhost/api/v1/stock/a%20b"
        )
        assert url_for("pages.home", page=2) == "/?page=2"
