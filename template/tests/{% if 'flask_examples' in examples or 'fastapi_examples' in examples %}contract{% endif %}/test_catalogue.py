"""The catalogue: found by anybody, changed by admins."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest

from .shop import BOOK, ISBNS, Shop, json_of, order_of, problem_of


def titles(response: httpx2.Response) -> list[str]:
    """Return the titles on a page of the catalogue."""
    return [book["title"] for book in json_of(response)["items"]]


def test_an_empty_catalogue_is_a_page(shop: Shop) -> None:
    page = json_of(shop.visitor().get("/books"))
    assert page == {"items": [], "page": 1, "pages": 0, "per_page": 10, "total": 0}


def test_a_book_is_added_and_found(shop: Shop) -> None:
    answer = shop.admin().post("/books", json=BOOK)
    book = json_of(answer, 201)
    assert answer.headers["Location"] == f"/books/{book['id']}"
    assert book == {**BOOK, "id": book["id"], "has_cover": False}
    assert json_of(shop.visitor().get(answer.headers["Location"])) == book
    assert json_of(shop.visitor().get("/books"))["items"] == [book]


def test_what_need_not_be_said(shop: Shop) -> None:
    short = {name: value for name, value in BOOK.items() if name not in {"stock", "tags"}}
    book = json_of(shop.admin().post("/books", json=short), 201)
    assert (book["stock"], book["tags"]) == (0, [])


def test_authors_and_tags_are_shared_and_in_order(shop: Shop) -> None:
    shop.add_book(authors=["Zoe", "Ada"], tags=["b", "a", "b"])
    book = shop.add_book(isbn=ISBNS[1], authors=["Ada", "Zoe"], tags=["a"])
    assert book["authors"] == ["Ada", "Zoe"]
    authors = json_of(shop.visitor().get("/authors/"))
    assert authors == [{"books": 2, "name": "Ada"}, {"books": 2, "name": "Zoe"}]
    assert json_of(shop.visitor().get("/books?tag=b"))["items"][0]["tags"] == ["a", "b"]


def test_an_isbn_is_sold_once(shop: Shop) -> None:
    shop.add_book()
    answer = shop.admin().post("/books", json=BOOK)
    assert problem_of(answer, 409)["detail"] == f"The ISBN {ISBNS[0]} is taken."
    assert json_of(shop.visitor().get("/books"))["total"] == 1


# A field, what is wrong in it, where that is told, and how.
WRONG_BOOKS: list[tuple[str, object, str, str]] = [
    ("isbn", None, "isbn", "Field may not be null."),
    ("isbn", 9780141439518, "isbn", "Not a valid string."),
    ("isbn", "0141439513", "isbn", "An ISBN is 13 digits, first 978 or 979."),
    ("isbn", "978014143951８", "isbn", "An ISBN is 13 digits, first 978 or 979."),  # noqa: RUF001
    ("isbn", "9780141439519", "isbn", "The check digit of the ISBN does not fit."),
    ("title", "", "title", "Shorter than minimum length 1."),
    ("title", "x" * 201, "title", "Longer than maximum length 200."),
    ("price", 7.99, "price", "Not a valid amount, such as 12.50."),
    ("price", "7.9", "price", "Not a valid amount, such as 12.50."),
    ("price", "-7.99", "price", "Not a valid amount, such as 12.50."),
    ("price", "7.99\n", "price", "Not a valid amount, such as 12.50."),
    ("price", "NaN", "price", "Not a valid amount, such as 12.50."),
    ("stock", -1, "stock", "Must be greater than or equal to 0."),
    ("stock", 100_001, "stock", "Must be less than or equal to 100000."),
    ("stock", "1", "stock", "Not a valid integer."),
    ("stock", 1.0, "stock", "Not a valid integer."),
    ("stock", True, "stock", "Not a valid integer."),
    ("published", "1813", "published", "Not a valid date."),
    ("published", "1813-02-30", "published", "Not a valid date."),
    ("published", "1813-01-28T00:00:00", "published", "Not a valid date."),
    ("published", 0, "published", "Not a valid date."),
    ("published", "", "published", "Not a valid date."),
    ("authors", [], "authors", "Shorter than minimum length 1."),
    ("authors", "Jane", "authors", "Not a valid list."),
    ("authors", ["x"] * 11, "authors", "Longer than maximum length 10."),
    ("authors", ["Jane", ""], "authors.1", "Shorter than minimum length 1."),
    ("authors", [None], "authors.0", "Field may not be null."),
    ("tags", ["x" * 41], "tags.0", "Longer than maximum length 40."),
    ("tags", {"a": 1}, "tags", "Not a valid list."),
    ("cover", "x", "cover", "Unknown field."),
]


def test_a_wrong_book_is_refused(shop: Shop) -> None:
    admin = shop.admin()
    for field, value, where, message in WRONG_BOOKS:
        answer = admin.post("/books", json={**BOOK, field: value})
        assert problem_of(answer, 422)["errors"] == [{"field": where, "message": message}]
    assert json_of(shop.visitor().get("/books"))["total"] == 0


@pytest.mark.parametrize(
    "change",
    [
        {"price": "0.00"},
        {"price": "99999.99"},
        {"stock": 100_000},
        {"title": "é" * 200},
        {"published": "0001-01-01"},
    ],
)
def test_the_last_value_allowed_is_allowed(shop: Shop, change: dict[str, Any]) -> None:
    book = shop.add_book(**change)
    assert book == {**BOOK, **change, "id": book["id"], "has_cover": False}


def test_a_change_changes_what_it_names(shop: Shop) -> None:
    book = shop.add_book()
    change = {"price": "5.00", "tags": ["sale"]}
    changed = json_of(shop.admin().patch(f"/books/{book['id']}", json=change))
    assert changed == {**book, **change}
    assert json_of(shop.visitor().get(f"/books/{book['id']}")) == changed


def test_a_change_of_nothing_is_one(shop: Shop) -> None:
    book = shop.add_book()
    assert json_of(shop.admin().patch(f"/books/{book['id']}", json={})) == book


def test_a_change_is_checked_as_a_book_is(shop: Shop) -> None:
    book = shop.add_book()
    other = shop.add_book(isbn=ISBNS[1])
    admin = shop.admin()
    url = f"/books/{book['id']}"
    wrong = admin.patch(url, json={"stock": -1, "title": None, "pages": 3})
    assert problem_of(wrong, 422)["errors"] == [
        {"field": "pages", "message": "Unknown field."},
        {"field": "stock", "message": "Must be greater than or equal to 0."},
        {"field": "title", "message": "Field may not be null."},
    ]
    problem_of(admin.patch(url, json={"isbn": other["isbn"]}), 409)
    assert json_of(admin.get(url)) == book


def test_a_book_is_taken_out_unless_it_was_ordered(shop: Shop) -> None:
    kept, gone = shop.add_book(), shop.add_book(isbn=ISBNS[1])
    json_of(shop.customer().post("/orders", json=order_of(kept)), 201)
    admin = shop.admin()
    deleted = admin.delete(f"/books/{gone['id']}")
    assert (deleted.status_code, deleted.content) == (204, b"")
    assert problem_of(admin.get(f"/books/{gone['id']}"), 404)
    assert problem_of(admin.delete(f"/books/{gone['id']}"), 404)
    refused = admin.delete(f"/books/{kept['id']}")
    assert problem_of(refused, 409)["detail"] == "The book is part of an order."
    assert json_of(admin.get(f"/books/{kept['id']}"))["stock"] == kept["stock"] - 1


# region: only-admins
# What only admins may do.
GUARDED = [
    ("POST", "/books"),
    ("PATCH", "/books/1"),
    ("DELETE", "/books/1"),
    ("PUT", "/books/1/cover"),
    ("GET", "/admin/outbox"),
    ("GET", "/admin/orders.csv"),
    ("GET", "/admin/report"),
    ("PUT", "/admin/users/1/role"),
]


def test_only_admins_pass(shop: Shop) -> None:
    shop.add_book()
    visitor, customer = shop.visitor(), shop.customer()
    for method, path in GUARDED:
        # Who may not, is told so before what was sent is looked at.
        answer = visitor.request(method, path, json={"bad": 1})
        assert problem_of(answer, 401)["detail"] == "Log in first."
        answer = customer.request(method, path, json={"bad": 1})
        assert problem_of(answer, 403)["detail"] == "This is for admins."
    assert json_of(visitor.get("/books"))["total"] == 1


# endregion


# What is asked for, and which of the books are found.
SEARCHES = {
    "": [4, 1, 3, 2, 0],
    "sort=title": [4, 1, 3, 2, 0],
    "sort=-title": [0, 2, 3, 1, 4],
    "sort=price": [1, 4, 0, 3, 2],
    "sort=-price": [2, 3, 0, 1, 4],
    "sort=published": [0, 1, 3, 2, 4],
    "sort=-published": [4, 2, 3, 1, 0],
    "sort=colour": [4, 1, 3, 2, 0],
    "q=PRIDE": [0],
    "q=dickens": [3],
    "q=e&sort=price": [1, 4, 0, 3, 2],
    "q=100%25": [4],
    "q=%25": [4],
    "q=_": [4],
    "q=nothing": [],
    "q=": [4, 1, 3, 2, 0],
    "tag=novel": [1, 3, 2, 0],
    "tag=nov": [],
    "tag=": [4, 1, 3, 2, 0],
    "in_stock=1": [4, 1, 2, 0],
    "in_stock=true": [4, 1, 2, 0],
    "in_stock=0": [4, 1, 3, 2, 0],
    "in_stock=maybe": [4, 1, 3, 2, 0],
    "tag=novel&in_stock=1&q=shelley": [1],
    "unknown=1": [4, 1, 3, 2, 0],
}
# What is asked for, and the page, the books on a page, and how many there are on this one.
PAGES = {
    "per_page=2": (1, 2, 2),
    "per_page=2&page=3": (3, 2, 1),
    "per_page=2&page=4": (4, 2, 0),
    "per_page=51": (1, 50, 5),
    "per_page=0": (1, 10, 5),
    "per_page=-1": (1, 10, 5),
    "per_page=many": (1, 10, 5),
    "page=0": (1, 10, 5),
    "page=-1": (1, 10, 5),
    "page=": (1, 10, 5),
    "page=1.5": (1, 10, 5),
    "page=999999999999999999999": (100_000, 10, 0),
    "page=2&page=1&per_page=3": (2, 3, 2),
}


def test_books_are_found(shop: Shop) -> None:
    names = [book["title"] for book in shop.add_books()]
    visitor = shop.visitor()
    found = {query: titles(visitor.get(f"/books?{query}")) for query in SEARCHES}
    assert found == {
        query: [names[index] for index in indices] for query, indices in SEARCHES.items()
    }


def test_pages_are_turned(shop: Shop) -> None:
    shop.add_books()
    visitor = shop.visitor()
    answers = {query: json_of(visitor.get(f"/books?{query}")) for query in PAGES}
    assert {
        query: (page["page"], page["per_page"], len(page["items"]))
        for query, page in answers.items()
    } == PAGES
    for page in answers.values():
        assert (page["total"], page["pages"]) == (5, -(-5 // page["per_page"]))


def test_no_book_is_on_two_pages(shop: Shop) -> None:
    shop.add_books()
    visitor = shop.visitor()
    found = [
        titles(visitor.get(f"/books?sort=price&per_page=1&page={page}"))[0] for page in range(1, 6)
    ]
    assert len(set(found)) == 5


@pytest.mark.parametrize("path", ["/books/999", "/books/999999999"])
def test_a_book_that_is_not_there(shop: Shop, path: str) -> None:
    number = path.rpartition("/")[2]
    answer = shop.visitor().get(path)
    assert problem_of(answer, 404) == {
        "title": "Not Found",
        "status": 404,
        "detail": f"There is no book {number}.",
    }


@pytest.mark.parametrize(
    "path",
    [
        "/books/one",
        "/books/-1",
        "/books/1.0",
        "/books/9999999999999999999999",
        "/books/",
        "/books/1/",
        "/books/1/pages",
        "/nothing",
    ],
)
def test_an_address_that_is_none(shop: Shop, path: str) -> None:
    shop.add_book()
    answer = shop.visitor().get(path)
    assert problem_of(answer, 404)["detail"] == "There is nothing at this address."
