"""Covers, exports, reports, roles and commands."""

from __future__ import annotations

import csv
from email.utils import parsedate_to_datetime

import pytest

from .conftest import Case
from .shop import ADMIN, ISBNS, PNG, Shop, json_of, order_of, problem_of
from .target import Failed

JPEG = b"\xff\xd8\xff\xe0" + bytes(100)


@pytest.mark.parametrize(("image", "kind"), [(PNG, "image/png"), (JPEG, "image/jpeg")])
def test_a_cover_is_uploaded_and_shown(shop: Shop, image: bytes, kind: str) -> None:
    book = shop.add_book()
    url = f"/books/{book['id']}/cover"
    # Neither the name nor the type that the client states decides anything.
    upload = {"file": ("../../evil.html", image, "text/html")}
    answer = shop.admin().put(url, files=upload)
    assert (answer.status_code, answer.content) == (204, b"")
    shown = shop.visitor().get(url)
    assert shown.status_code == 200
    assert shown.content == image
    assert shown.headers["Content-Type"] == kind
    assert shown.headers["Content-Length"] == str(len(image))
    assert json_of(shop.visitor().get(f"/books/{book['id']}"))["has_cover"] is True


def test_a_cover_that_is_there_is_not_sent_again(shop: Shop) -> None:
    book = shop.add_book()
    url = f"/books/{book['id']}/cover"
    shop.admin().put(url, files={"file": PNG})
    visitor = shop.visitor()
    first = visitor.get(url)
    assert first.headers["Cache-Control"] == "public, max-age=3600"
    again = visitor.get(url, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    other = visitor.get(url, headers={"If-None-Match": '"other"'})
    assert other.status_code == 200
    any_of = f'"other", W/{first.headers["ETag"]}'
    assert visitor.get(url, headers={"If-None-Match": any_of}).status_code == 304
    part = visitor.get(url, headers={"Range": "bytes=1-3"})
    assert (part.status_code, part.content) == (206, b"PNG")
    assert part.headers["Content-Range"] == f"bytes 1-3/{len(PNG)}"


def test_a_new_cover_replaces_the_old_one(shop: Shop) -> None:
    book = shop.add_book()
    url = f"/books/{book['id']}/cover"
    for image in (PNG, JPEG):
        assert shop.admin().put(url, files={"file": image}).status_code == 204
    assert shop.visitor().get(url).content == JPEG


def test_what_is_no_image_is_no_cover(shop: Shop) -> None:
    book = shop.add_book()
    admin = shop.admin()
    url = f"/books/{book['id']}/cover"
    for content in (b"", b"GIF89a", b"<svg onload='alert()'/>"):
        answer = admin.put(url, files={"file": ("cover.png", content, "image/png")})
        assert problem_of(answer, 415)["detail"] == "A cover is a PNG or a JPEG image."
    large = admin.put(url, files={"file": PNG + bytes(300 * 1024)})
    assert problem_of(large, 413)["detail"] == "The body is too large."
    missing = [{"field": "file", "message": "Missing data for required field."}]
    assert problem_of(admin.put(url, files={"image": PNG}), 422)["errors"] == missing
    assert problem_of(admin.put(url), 422)["errors"] == missing
    assert problem_of(shop.visitor().get(url), 404)["detail"].endswith("has no cover.")
    assert problem_of(shop.visitor().get("/books/999/cover"), 404)
    assert problem_of(admin.put("/books/999/cover", files={"file": PNG}), 404)


def test_orders_are_exported_as_a_table(shop: Shop) -> None:
    book = shop.add_book(price="7.99", stock=9)
    shop.customer('=HYPERLINK("x")').post("/orders", json=order_of(book, quantity=2))
    customer = shop.customer("Bob, Jr.")
    order = json_of(customer.post("/orders", json=order_of(book)), 201)
    customer.post(f"/orders/{order['id']}/cancel")
    answer = shop.admin().get("/admin/orders.csv")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"] == "attachment; filename=orders.csv"
    assert "Content-Length" not in answer.headers
    assert answer.text.endswith("\r\n")
    head, first, second = csv.reader(answer.text.splitlines())
    assert head == ["order", "placed", "customer", "status", "books", "total"]
    # A spreadsheet would take the name for a formula.
    assert first[2:] == ['\'=HYPERLINK("x")', "placed", "2", "19.98"]
    assert second == [
        str(order["id"]),
        order["created_at"],
        "Bob, Jr.",
        "cancelled",
        "1",
        "11.49",
    ]


def test_an_export_of_many_orders_lacks_none(shop: Shop, case: Case) -> None:
    book = shop.add_book()
    json_of(shop.customer().post("/orders", json=order_of(book)), 201)
    # Ordered one by one, this many would take most of the time of all tests.
    case[1].repeat_order(250)
    lines = shop.admin().get("/admin/orders.csv").text.splitlines()
    numbers = [int(line.split(",")[0]) for line in lines[1:]]
    assert len(numbers) == 251
    assert numbers == sorted(set(numbers))


def test_a_report_counts_what_was_sold(shop: Shop) -> None:
    admin = shop.admin()
    assert json_of(admin.get("/admin/report"))["revenue"] == "0.00"
    book = shop.add_book(price="7.99")
    customer = shop.customer()
    kept, cancelled = (
        json_of(customer.post("/orders", json=order_of(book)), 201) for _ in range(2)
    )
    customer.post(f"/orders/{cancelled['id']}/cancel")
    report = json_of(admin.get("/admin/report"))
    assert parsedate_to_datetime(report.pop("day")).hour == 0
    assert report == {"orders": 1, "revenue": kept["total"]}


def test_a_customer_becomes_an_admin(shop: Shop) -> None:
    customer = shop.customer()
    user = json_of(customer.get("/auth/me"))
    url = f"/admin/users/{user['id']}/role"
    admin = shop.admin()
    assert json_of(admin.put(url, json={"role": "admin"})) == {**user, "role": "admin"}
    assert json_of(customer.get("/admin/outbox")) == []
    assert json_of(admin.put(url, json={"role": "customer"})) == user
    problem_of(customer.get("/admin/outbox"), 403)


def test_there_are_two_roles(shop: Shop) -> None:
    admin = shop.admin()
    answer = admin.put("/admin/users/1/role", json={"role": "king"})
    assert problem_of(answer, 422)["errors"] == [
        {"field": "role", "message": "Must be one of: customer, admin."}
    ]
    missing = admin.put("/admin/users/999999/role", json={"role": "admin"})
    assert problem_of(missing, 404)["detail"] == "There is no user 999999."


def test_an_empty_shop_is_seeded_once(shop: Shop, case: Case) -> None:
    target, _, settings = case
    assert target.command(settings, ["seed"]) == "Added 5 books.\n"
    assert target.command(settings, ["seed"]) == "There are books already; none was added.\n"
    page = json_of(shop.visitor().get("/books"))
    assert page["total"] == 5
    assert {book["isbn"] for book in page["items"]} == set(ISBNS)


def test_tables_that_are_there_stay(shop: Shop, case: Case) -> None:
    target, _, settings = case
    book = shop.add_book()
    assert target.command(settings, ["init-db"]) == "The tables are there.\n"
    assert shop.stock(book) == book["stock"]


def test_an_admin_is_made_by_a_command(shop: Shop, case: Case) -> None:
    target, _, settings = case
    account = {"email": "boss@shop.test", "password": "a long password"}
    arguments = ["create-admin", "Boss@Shop.test", "--password", account["password"]]
    assert target.command(settings, arguments) == "boss@shop.test is an admin.\n"
    with pytest.raises(Failed, match="has an account"):
        target.command(settings, ["create-admin", ADMIN["email"], "--password", "x"])
    assert json_of(shop.visitor().post("/auth/login", json=account))["role"] == "admin"
