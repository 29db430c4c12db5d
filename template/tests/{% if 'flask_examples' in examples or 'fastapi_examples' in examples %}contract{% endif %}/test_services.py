"""What the shop asks of others, and what it leaves for later."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from .conftest import Case
from .shipping import BROKEN, GARBLED, NOWHERE, SILENT, SLOW
from .shop import Shop, json_of, order_of, problem_of
from .target import clients

FAILED = "The shipping service failed."


def test_a_quote_is_passed_on(shop: Shop) -> None:
    answer = json_of(shop.visitor().get("/shipping/quote?country=GB&items=3"))
    assert answer == {"country": "GB", "items": 3, "price": "4.50"}


@pytest.mark.parametrize("query", ["", "&items=0", "&items=some", "&items=1&items=2"])
def test_a_quote_is_for_one_item_unless_it_is_said(shop: Shop, query: str) -> None:
    assert json_of(shop.visitor().get(f"/shipping/quote?country=GB{query}"))["items"] == 1


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("", "Missing data for required field."),
        ("country=", "String does not match expected pattern."),
        ("country=Wales", "String does not match expected pattern."),
    ],
)
def test_a_quote_is_for_a_country(shop: Shop, query: str, message: str) -> None:
    answer = shop.visitor().get(f"/shipping/quote?{query}")
    assert problem_of(answer, 422)["errors"] == [{"field": "country", "message": message}]


@pytest.mark.parametrize(
    ("country", "status", "detail"),
    [
        (NOWHERE, 422, "Nothing is sent to XX."),
        (BROKEN, 502, FAILED),
        (GARBLED, 502, FAILED),
        (SILENT, 502, FAILED),
    ],
)
def test_a_failing_service_is_told_from_a_wrong_request(
    shop: Shop, country: str, status: int, detail: str
) -> None:
    book = shop.add_book()
    customer = shop.customer()
    quote = customer.get(f"/shipping/quote?country={country}")
    assert problem_of(quote, status)["detail"] == detail
    order = customer.post("/orders", json=order_of(book, country=country))
    assert problem_of(order, status)["detail"] == detail
    assert shop.stock(book) == book["stock"]
    assert json_of(customer.get("/orders")) == []


@pytest.fixture
def impatient(shop: Shop, case: Case) -> Iterator[Shop]:
    """The same shop, started again with next to no patience."""
    target, _, settings = case
    with target.start({**settings, "SHIPPING_TIMEOUT": 0.05}) as new, clients(new) as make:
        yield Shop(make)


def test_a_slow_service_is_not_waited_for(impatient: Shop) -> None:
    answer = impatient.visitor().get(f"/shipping/quote?country={SLOW}")
    assert problem_of(answer, 504)["detail"] == "The shipping service is too slow."


def test_an_order_is_confirmed_by_a_letter(shop: Shop) -> None:
    book = shop.add_book(price="7.99")
    customer = shop.customer("Ada")
    order = json_of(customer.post("/orders", json=order_of(book, quantity=2)), 201)
    [mail] = shop.outbox(1)
    assert mail == {
        "order_id": order["id"],
        "recipient": json_of(customer.get("/auth/me"))["email"],
        "subject": f"Your order {order['id']}",
        "body": (
            "Dear Ada,\n\n2 x Pride and Prejudice: 7.99\nShipping to GB: 4.00\nTotal: 19.98\n"
        ),
        "sent": True,
    }


def test_what_was_not_ordered_is_not_confirmed(shop: Shop) -> None:
    book = shop.add_book(stock=0)
    problem_of(shop.customer().post("/orders", json=order_of(book)), 409)
    assert shop.outbox(0) == []
