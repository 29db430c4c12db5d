"""Orders: nothing is sold twice, nothing is lost, nobody sees another's."""

from __future__ import annotations

import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import httpx2
import pytest

from .shop import ISBNS, Shop, json_of, order_of, problem_of

MOMENT = re.compile(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00")


def test_an_order_takes_books_off_the_shelf(shop: Shop) -> None:
    one = shop.add_book(price="7.99", stock=3)
    two = shop.add_book(isbn=ISBNS[1], title="Frankenstein", price="6.50", stock=2)
    answer = shop.customer().post("/orders", json=order_of(two, one, quantity=2))
    order = json_of(answer, 201)
    assert answer.headers["Location"] == f"/orders/{order['id']}"
    assert MOMENT.fullmatch(order.pop("created_at"))
    assert order == {
        "id": order["id"],
        "status": "placed",
        "country": "GB",
        "lines": [
            {
                "book_id": one["id"],
                "title": "Pride and Prejudice",
                "quantity": 2,
                "unit_price": "7.99",
            },
            {"book_id": two["id"], "title": "Frankenstein", "quantity": 2, "unit_price": "6.50"},
        ],
        # 3.00 for the parcel and 0.50 for each of the four books.
        "shipping": "5.00",
        "total": "33.98",
    }
    assert (shop.stock(one), shop.stock(two)) == (1, 0)


def test_an_order_keeps_the_price_of_its_day(shop: Shop) -> None:
    book = shop.add_book(price="7.99")
    customer = shop.customer()
    order = json_of(customer.post("/orders", json=order_of(book)), 201)
    json_of(shop.admin().patch(f"/books/{book['id']}", json={"price": "9.99"}))
    assert json_of(customer.get(f"/orders/{order['id']}")) == order


def test_what_is_not_there_is_not_sold(shop: Shop) -> None:
    plenty = shop.add_book(stock=5)
    few = shop.add_book(isbn=ISBNS[1], title="Frankenstein", stock=1)
    customer = shop.customer()
    answer = customer.post("/orders", json=order_of(plenty, few, quantity=2))
    assert problem_of(answer, 409)["detail"] == "Not enough copies left: Frankenstein."
    # All of an order, or none of it.
    assert (shop.stock(plenty), shop.stock(few)) == (5, 1)
    assert json_of(customer.get("/orders")) == []


def test_a_book_that_is_not_there_is_not_sold(shop: Shop) -> None:
    book = shop.add_book()
    answer = shop.customer().post("/orders", json=order_of(book, {"id": 999}))
    assert problem_of(answer, 422)["detail"] == "There is no book 999."
    assert shop.stock(book) == book["stock"]


# region: last-copies
def test_the_last_copies_are_sold_once(shop: Shop) -> None:
    book = shop.add_book(stock=3)
    customers = [shop.customer() for _ in range(8)]

    def buy(customer: httpx2.Client) -> int:
        return customer.post("/orders", json=order_of(book)).status_code

    with ThreadPoolExecutor(8) as threads:
        statuses = Counter(threads.map(buy, customers))
    assert statuses == {201: 3, 409: 5}
    assert shop.stock(book) == 0


# endregion


def test_orders_of_the_same_books_do_not_block_each_other(shop: Shop) -> None:
    one, two = shop.add_book(stock=50), shop.add_book(isbn=ISBNS[1], stock=50)
    customers = [shop.customer() for _ in range(6)]
    orders = [order_of(one, two), order_of(two, one)] * 3

    def buy(customer: httpx2.Client, order: dict[str, object]) -> int:
        return customer.post("/orders", json=order).status_code

    with ThreadPoolExecutor(6) as threads:
        assert set(threads.map(buy, customers, orders)) == {201}
    assert (shop.stock(one), shop.stock(two)) == (44, 44)


def test_a_repeated_request_is_one_order(shop: Shop) -> None:
    book = shop.add_book(stock=5)
    customer = shop.customer()
    key = {"Idempotency-Key": "key-1"}
    first = customer.post("/orders", json=order_of(book), headers=key)
    again = customer.post("/orders", json=order_of(book), headers=key)
    assert json_of(again, 201) == json_of(first, 201)
    assert again.headers["Location"] == first.headers["Location"]
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"
    assert shop.stock(book) == 4
    assert len(shop.outbox(1)) == 1


def test_repeated_requests_at_once_are_one_order(shop: Shop) -> None:
    book = shop.add_book(stock=50)
    customer = shop.customer()
    session = customer.headers["Cookie"] = f"session={customer.cookies['session']}"
    key = {"Idempotency-Key": "key-1", "Cookie": session}
    visitors = [shop.visitor() for _ in range(6)]

    def buy(visitor: httpx2.Client) -> int:
        return int(json_of(visitor.post("/orders", json=order_of(book), headers=key), 201)["id"])

    with ThreadPoolExecutor(6) as threads:
        assert len(set(threads.map(buy, visitors))) == 1
    assert shop.stock(book) == 49


def test_a_key_belongs_to_one_order_of_one_customer(shop: Shop) -> None:
    book = shop.add_book(stock=5)
    customer, other = shop.customer(), shop.customer()
    key = {"Idempotency-Key": "key-1"}
    first = json_of(customer.post("/orders", json=order_of(book), headers=key), 201)
    for changed in (order_of(book, quantity=2), order_of(book, country="FR")):
        answer = customer.post("/orders", json=changed, headers=key)
        assert problem_of(answer, 422)["detail"] == "The key was used for another order."
    second = json_of(other.post("/orders", json=order_of(book), headers=key), 201)
    assert second["id"] != first["id"]
    assert shop.stock(book) == 3


@pytest.mark.parametrize("key", ["", "two words", "x" * 65])
def test_a_key_is_short_and_visible(shop: Shop, key: str) -> None:
    book = shop.add_book()
    answer = shop.customer().post("/orders", json=order_of(book), headers={"Idempotency-Key": key})
    assert problem_of(answer, 422)["errors"] == [
        {"field": "Idempotency-Key", "message": "Send 1 to 64 visible characters."}
    ]


def test_without_a_key_every_request_is_an_order(shop: Shop) -> None:
    book = shop.add_book(stock=5)
    customer = shop.customer()
    for _ in range(2):
        json_of(customer.post("/orders", json=order_of(book)), 201)
    assert shop.stock(book) == 3


def test_a_cancelled_order_puts_its_books_back_once(shop: Shop) -> None:
    book = shop.add_book(stock=5)
    customer = shop.customer()
    order = json_of(customer.post("/orders", json=order_of(book, quantity=2)), 201)
    url = f"/orders/{order['id']}"
    cancelled = json_of(customer.post(f"{url}/cancel"))
    assert cancelled == {**order, "status": "cancelled"}
    assert json_of(customer.get(url)) == cancelled
    again = customer.post(f"{url}/cancel")
    assert problem_of(again, 409)["detail"] == "The order is cancelled already."
    assert shop.stock(book) == 5


def test_an_order_cancelled_at_once_is_cancelled_once(shop: Shop) -> None:
    book = shop.add_book(stock=5)
    customer = shop.customer()
    order = json_of(customer.post("/orders", json=order_of(book)), 201)
    session = f"session={customer.cookies['session']}"
    visitors = [shop.visitor() for _ in range(6)]

    def cancel(visitor: httpx2.Client) -> int:
        url = f"/orders/{order['id']}/cancel"
        return visitor.post(url, headers={"Cookie": session}).status_code

    with ThreadPoolExecutor(6) as threads:
        assert Counter(threads.map(cancel, visitors)) == {200: 1, 409: 5}
    assert shop.stock(book) == 5


# region: own-orders
def test_orders_are_their_customers_own(shop: Shop) -> None:
    book = shop.add_book()
    customer, other = shop.customer(), shop.customer()
    order = json_of(customer.post("/orders", json=order_of(book)), 201)
    url = f"/orders/{order['id']}"
    # 403 would say that the order is there.
    problem_of(other.get(url), 404)
    problem_of(other.post(f"{url}/cancel"), 404)
    assert json_of(other.get("/orders")) == []
    assert json_of(shop.admin().get(url)) == order
    assert json_of(customer.get(url))["status"] == "placed"
    assert problem_of(customer.get("/orders/999"), 404)["detail"] == "There is no order 999."


# endregion


def test_the_newest_order_is_first(shop: Shop) -> None:
    book = shop.add_book()
    customer = shop.customer()
    orders = [json_of(customer.post("/orders", json=order_of(book)), 201) for _ in range(3)]
    assert json_of(customer.get("/orders")) == orders[::-1]


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("path", ["/orders", "/orders/1", "/orders/1/cancel"])
def test_who_orders_must_log_in(shop: Shop, method: str, path: str) -> None:
    answer = shop.visitor().request(method, path, json={})
    assert answer.status_code in {401, 405}


# What is wrong, where that is told, and how.
WRONG_ORDERS: list[tuple[dict[str, object], str, str]] = [
    ({"country": "gb"}, "country", "String does not match expected pattern."),
    ({"country": "GBR"}, "country", "String does not match expected pattern."),
    ({"country": "GB\n"}, "country", "String does not match expected pattern."),
    ({"country": None}, "country", "Field may not be null."),
    ({"lines": []}, "lines", "Shorter than minimum length 1."),
    ({"lines": {}}, "lines", "Not a valid list."),
    ({"lines": [1]}, "lines.0", "Invalid input type."),
    ({"lines": [None]}, "lines.0", "Field may not be null."),
    ({"lines": [{"book_id": 1}]}, "lines.0.quantity", "Missing data for required field."),
    (
        {"lines": [{"book_id": 1, "quantity": 0}]},
        "lines.0.quantity",
        "Must be greater than or equal to 1.",
    ),
    (
        {"lines": [{"book_id": 1, "quantity": 100}]},
        "lines.0.quantity",
        "Must be less than or equal to 99.",
    ),
    (
        {"lines": [{"book_id": 10**12, "quantity": 1}]},
        "lines.0.book_id",
        "Must be less than or equal to 999999999.",
    ),
    (
        {"lines": [{"book_id": "1", "quantity": 1}]},
        "lines.0.book_id",
        "Not a valid integer.",
    ),
    (
        {"lines": [{"book_id": 1, "quantity": 1, "gift": True}]},
        "lines.0.gift",
        "Unknown field.",
    ),
    ({"lines": [{"book_id": 1, "quantity": 1}] * 2}, "lines", "Name each book once."),
    (
        {"lines": [{"book_id": n, "quantity": 1} for n in range(1, 22)]},
        "lines",
        "Longer than maximum length 20.",
    ),
    ({"total": "1.00"}, "total", "Unknown field."),
]


def test_a_wrong_order_is_refused(shop: Shop) -> None:
    book = shop.add_book()
    customer = shop.customer()
    for change, field, message in WRONG_ORDERS:
        answer = customer.post("/orders", json={**order_of(book), **change})
        assert problem_of(answer, 422)["errors"] == [{"field": field, "message": message}]
    assert shop.stock(book) == book["stock"]
