"""HTTP itself: methods, redirects, headers, bodies that are none, pages."""

from __future__ import annotations

import re

import httpx2
import pytest

from .shop import ADMIN, BOOK, PASSWORD, Shop, json_of, order_of, problem_of


def methods(response: httpx2.Response) -> set[str]:
    """Return the methods that an answer allows."""
    return set(re.split(", *", response.headers["Allow"]))


def test_the_shop_says_that_it_is_up(shop: Shop) -> None:
    answer = json_of(shop.visitor().get("/health"))
    assert answer.pop("time").endswith(" GMT")
    assert answer == {"status": "ok", "database": "up"}


def test_a_ping_is_text(shop: Shop) -> None:
    answer = shop.visitor().get("/ping")
    assert (answer.status_code, answer.text) == (200, "pong")
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"


@pytest.mark.parametrize("path", ["/books", "/health", "/shop/", "/authors/"])
def test_a_head_is_a_get_without_its_body(shop: Shop, path: str) -> None:
    visitor = shop.visitor()
    head, get = visitor.head(path), visitor.get(path)
    assert head.status_code == 200
    assert head.content == b""
    for name in ("Content-Type", "Content-Length"):
        assert head.headers[name] == get.headers[name]


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/books", {"GET", "HEAD", "OPTIONS", "POST"}),
        ("/books/1", {"DELETE", "GET", "HEAD", "OPTIONS", "PATCH"}),
        ("/books/1/cover", {"GET", "HEAD", "OPTIONS", "PUT"}),
        ("/auth/logout", {"OPTIONS", "POST"}),
        ("/shop/login", {"GET", "HEAD", "OPTIONS", "POST"}),
    ],
)
def test_every_address_says_what_it_takes(shop: Shop, path: str, allowed: set[str]) -> None:
    visitor = shop.visitor()
    options = visitor.options(path)
    assert (options.status_code, options.content) == (200, b"")
    assert methods(options) == allowed
    refused = visitor.request("TRACE", path)
    assert refused.status_code == 405
    assert methods(refused) == allowed


def test_a_refused_method_is_a_problem(shop: Shop) -> None:
    answer = shop.visitor().put("/books", json=BOOK)
    assert problem_of(answer, 405)["detail"] == "This address does not take this method."


def test_a_missing_slash_is_added(shop: Shop) -> None:
    answer = shop.visitor().get("/authors?x=1")
    assert answer.status_code == 308
    location = httpx2.URL(answer.headers["Location"])
    assert (location.path, location.query) == ("/authors/", b"x=1")


def test_the_root_leads_to_the_pages(shop: Shop) -> None:
    answer = shop.visitor().get("/")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/shop/")


@pytest.mark.parametrize("body", ["", "{", "null", "[]", "1", '"text"', "\xff"])
def test_a_body_that_is_no_object_is_refused(shop: Shop, body: str) -> None:
    answer = shop.visitor().post(
        "/auth/register",
        content=body.encode("latin-1"),
        headers={"Content-Type": "application/json"},
    )
    assert problem_of(answer, 400)["detail"] == "Send a JSON object."


@pytest.mark.parametrize("kind", [None, "text/plain", "application/x-www-form-urlencoded"])
def test_a_body_of_another_kind_is_refused(shop: Shop, kind: str | None) -> None:
    headers = {} if kind is None else {"Content-Type": kind}
    answer = shop.visitor().post("/auth/register", content=b"{}", headers=headers)
    assert problem_of(answer, 415)["detail"] == "Send the body as application/json."


def test_kinds_of_json_are_json(shop: Shop) -> None:
    for kind in ("application/json; charset=utf-8", "application/merge-patch+json"):
        answer = shop.visitor().post(
            "/auth/login",
            content=f'{{"email": "{ADMIN["email"]}", "password": "{ADMIN["password"]}"}}',
            headers={"Content-Type": kind},
        )
        assert answer.status_code == 200


def test_a_body_may_not_be_too_large(shop: Shop) -> None:
    answer = shop.visitor().post("/auth/register", json={"name": "x" * 300 * 1024})
    assert problem_of(answer, 413)["detail"] == "The body is too large."


def test_json_is_written_in_one_way(shop: Shop) -> None:
    shop.add_book(title="Les Misérables", tags=[])
    answer = shop.visitor().get("/books/1")
    assert answer.headers["Content-Type"] == "application/json"
    text = answer.text
    assert text.endswith("}\n")
    assert '"title":"Les Mis\\u00e9rables"' in text
    assert list(answer.json()) == sorted(answer.json())


def test_a_request_has_a_name(shop: Shop) -> None:
    visitor = shop.visitor()
    given = visitor.get("/ping", headers={"X-Request-ID": "abc-123"})
    assert given.headers["X-Request-ID"] == "abc-123"
    for name in ("", "x" * 65, "a b", "a;b"):
        made = visitor.get("/nothing", headers={"X-Request-ID": name})
        assert re.fullmatch("[0-9a-f]{32}", made.headers["X-Request-ID"])


def test_browsers_are_told_not_to_guess(shop: Shop) -> None:
    for path in ("/ping", "/nothing", "/shop/", "/auth/me"):
        assert shop.visitor().get(path).headers["X-Content-Type-Options"] == "nosniff"


def test_every_answer_varies_by_the_cookie(shop: Shop) -> None:
    # Flask-Login looks into the session after every request.
    for path in ("/books", "/ping", "/nothing", "/auth/me", "/shop/"):
        assert shop.visitor().get(path).headers["Vary"] == "Cookie"


def page_of(response: httpx2.Response, status: int = 200) -> str:
    """Return a page, whose frame must be right."""
    assert response.status_code == status, response.text
    assert response.headers["Content-Type"] == "text/html; charset=utf-8"
    assert response.text.startswith("<!doctype html>")
    return response.text


def test_the_catalogue_is_a_page(shop: Shop) -> None:
    shop.add_books()
    page = page_of(shop.visitor().get("/shop/"))
    assert "<p>5 books</p>" in page
    assert "<cite>Les Misérables</cite>" in page
    assert page.count("(sold out)") == 1
    found = page_of(shop.visitor().get("/shop/?q=shelley"))
    assert "<p>1 books</p>" in found
    assert "Frankenstein" in found


def test_a_page_shows_text_as_text(shop: Shop) -> None:
    shop.add_book(title="<script>alert()</script>")
    page = page_of(shop.visitor().get("/shop/?q=<script>"))
    assert "<script>" not in page
    assert "&lt;script&gt;alert()" in page


def test_a_customer_logs_in_and_orders_by_forms(shop: Shop) -> None:
    book = shop.add_book(price="7.99")
    email = json_of(shop.customer().get("/auth/me"))["email"]
    visitor = shop.visitor()
    assert "<form" in page_of(visitor.get("/shop/login"))
    login = visitor.post("/shop/login", data={"email": email, "password": PASSWORD})
    assert (login.status_code, login.headers["Location"]) == (302, "/shop/")
    form = {"book_id": str(book["id"]), "quantity": "2", "country": "GB"}
    ordered = visitor.post("/shop/orders", data=form)
    assert ordered.status_code == 302
    page = page_of(visitor.get(ordered.headers["Location"]))
    assert "Total: 19.98" in page
    assert "<td>Pride and Prejudice</td>" in page
    logout = visitor.post("/shop/logout")
    assert (logout.status_code, logout.headers["Location"]) == (302, "/shop/")
    assert visitor.get("/auth/me").status_code == 401


def test_a_wrong_password_is_told_on_the_page(shop: Shop) -> None:
    answer = shop.visitor().post("/shop/login", data={**ADMIN, "password": "wrong"})
    assert 'role="alert"' in page_of(answer, 401)


def test_who_must_log_in_comes_back_to_where_they_were(shop: Shop) -> None:
    book = shop.add_book()
    order = json_of(shop.admin().post("/orders", json=order_of(book)), 201)
    url = f"/shop/orders/{order['id']}"
    visitor = shop.visitor()
    asked = visitor.get(url)
    assert asked.status_code == 302
    assert httpx2.URL(asked.headers["Location"]).params["next"] == url
    back = visitor.post(asked.headers["Location"], data=ADMIN)
    assert (back.status_code, back.headers["Location"]) == (302, url)


@pytest.mark.parametrize("path", ["https://evil.test/", "//evil.test", "/admin/outbox", ""])
def test_a_login_leads_to_no_other_site(shop: Shop, path: str) -> None:
    answer = shop.visitor().post("/shop/login", params={"next": path}, data=ADMIN)
    assert answer.headers["Location"] == "/shop/"


def test_errors_on_pages_are_pages(shop: Shop) -> None:
    customer = shop.customer()
    assert "There is no order 999." in page_of(customer.get("/shop/orders/999"), 404)
    assert "There is nothing" in page_of(customer.get("/shop/nothing"), 404)
    refused = customer.post("/shop/orders", data={"book_id": "1", "quantity": "0"})
    assert "The data is not valid." in page_of(refused, 422)
    assert "This address does not take" in page_of(customer.delete("/shop/"), 405)
