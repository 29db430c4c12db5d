"""Accounts, sessions and what they are remembered by."""

from __future__ import annotations

import hashlib
from http.cookies import Morsel, SimpleCookie
from typing import Any

import httpx2
import pytest

from .conftest import Case
from .shop import ADMIN, PASSWORD, Shop, json_of, problem_of

ACCOUNT = {"email": "Ada@Shop.test", "name": "Ada", "password": PASSWORD}


def cookies_of(response: httpx2.Response) -> dict[str, Morsel[str]]:
    """Return the cookies that an answer sets, with their attributes."""
    jar: SimpleCookie = SimpleCookie()
    for line in response.headers.get_list("Set-Cookie"):
        jar.load(line)
    return dict(jar)


def test_an_account_is_opened_and_shows_no_password(shop: Shop) -> None:
    user = json_of(shop.visitor().post("/auth/register", json=ACCOUNT), 201)
    assert isinstance(user.pop("id"), int)
    assert user == {"email": "ada@shop.test", "name": "Ada", "role": "customer"}


def test_an_address_has_one_account(shop: Shop) -> None:
    visitor = shop.visitor()
    json_of(visitor.post("/auth/register", json=ACCOUNT), 201)
    again = visitor.post("/auth/register", json={**ACCOUNT, "email": "ada@SHOP.test"})
    assert problem_of(again, 409)["detail"] == "This e-mail address has an account."


# A field, what is wrong in it, and how that is told.
WRONG_ACCOUNTS: list[tuple[str, object, str]] = [
    ("email", None, "Field may not be null."),
    ("email", 1, "Not a valid string."),
    ("email", "ada", "Not a valid email address."),
    ("email", "ada@shop.test\n", "Not a valid email address."),
    ("email", "a" * 250 + "@b.cd", "Longer than maximum length 254."),
    ("name", "", "Shorter than minimum length 1."),
    ("name", "x" * 101, "Longer than maximum length 100."),
    ("name", ["Ada"], "Not a valid string."),
    ("password", "short", "Shorter than minimum length 8."),
    ("password", "x" * 129, "Longer than maximum length 128."),
    ("role", "admin", "Unknown field."),
]


def test_a_wrong_account_is_refused(shop: Shop) -> None:
    visitor = shop.visitor()
    for field, value, message in WRONG_ACCOUNTS:
        answer = visitor.post("/auth/register", json={**ACCOUNT, field: value})
        body = problem_of(answer, 422)
        assert body["detail"] == "The data is not valid."
        assert body["errors"] == [{"field": field, "message": message}]


def test_every_wrong_field_is_named_at_once(shop: Shop) -> None:
    answer = shop.visitor().post("/auth/register", json={"name": "", "age": 7})
    assert problem_of(answer, 422)["errors"] == [
        {"field": "age", "message": "Unknown field."},
        {"field": "email", "message": "Missing data for required field."},
        {"field": "name", "message": "Shorter than minimum length 1."},
        {"field": "password", "message": "Missing data for required field."},
    ]


def test_a_session_is_a_cookie_that_scripts_and_other_sites_cannot_use(shop: Shop) -> None:
    answer = shop.visitor().post("/auth/login", json=ADMIN)
    assert json_of(answer)["role"] == "admin"
    cookies = cookies_of(answer)
    assert set(cookies) == {"session"}
    session = cookies["session"]
    assert session["httponly"] is True
    assert session["samesite"] == "Lax"
    assert session["path"] == "/"
    assert session["secure"] == session["expires"] == session["max-age"] == session["domain"] == ""
    assert answer.headers["Vary"] == "Cookie"


def test_a_form_logs_in_as_json_does(shop: Shop) -> None:
    visitor = shop.visitor()
    assert json_of(visitor.post("/auth/login", data=ADMIN))["email"] == ADMIN["email"]
    assert json_of(visitor.get("/auth/me"))["email"] == ADMIN["email"]


@pytest.mark.parametrize(
    "account",
    [
        {**ADMIN, "password": "wrong"},
        {**ADMIN, "email": "nobody@shop.test"},
        {**ADMIN, "email": ""},
    ],
)
@pytest.mark.parametrize("kind", ["json", "data"])
def test_a_wrong_password_and_an_unknown_address_are_one(
    shop: Shop, account: dict[str, str], kind: str
) -> None:
    how: dict[str, Any] = {kind: account}
    answer = shop.visitor().post("/auth/login", **how)
    assert problem_of(answer, 401)["detail"] == "The e-mail address or the password is wrong."
    assert cookies_of(answer) == {}


def test_an_unknown_address_costs_as_much_as_a_wrong_password(
    shop: Shop, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    if case[0].is_apart:
        pytest.skip("Its hashing cannot be counted from here.")
    hashed: list[str] = []
    scrypt = hashlib.scrypt

    def counted(password: bytes, **costs: Any) -> bytes:
        hashed.append(password.decode())
        return scrypt(password, **costs)

    shop.admin()
    monkeypatch.setattr(hashlib, "scrypt", counted)
    for email in (ADMIN["email"], "nobody@shop.test"):
        hashed.clear()
        answer = shop.visitor().post("/auth/login", json={"email": email, "password": "guess"})
        assert (answer.status_code, hashed) == (401, ["guess"])


def test_the_case_of_an_address_is_no_difference(shop: Shop) -> None:
    account = {**ADMIN, "email": ADMIN["email"].upper()}
    json_of(shop.visitor().post("/auth/login", json=account))


def test_a_form_that_lacks_a_field_is_refused(shop: Shop) -> None:
    answer = shop.visitor().post("/auth/login", data={"email": "ada@shop.test"})
    assert problem_of(answer, 422)["errors"] == [
        {"field": "password", "message": "Missing data for required field."}
    ]


def test_a_visitor_is_told_to_log_in(shop: Shop) -> None:
    answer = shop.visitor().get("/auth/me")
    assert problem_of(answer, 401)["detail"] == "Log in first."
    assert answer.headers["Vary"] == "Cookie"


def test_logging_out_ends_the_session(shop: Shop) -> None:
    customer = shop.customer()
    answer = customer.post("/auth/logout")
    assert answer.status_code == 204
    assert answer.content == b""
    assert cookies_of(answer)["session"].value == ""
    assert cookies_of(answer)["session"]["max-age"] == "0"
    assert customer.get("/auth/me").status_code == 401


def test_logging_out_twice_is_no_error(shop: Shop) -> None:
    answer = shop.visitor().post("/auth/logout")
    assert answer.status_code == 204
    assert cookies_of(answer) == {}


def test_a_changed_cookie_is_no_session(shop: Shop) -> None:
    customer = shop.customer()
    value = customer.cookies["session"]
    forged = shop.visitor()
    forged.headers["Cookie"] = "session=" + value[:-2] + ("aa" if value[-2:] != "aa" else "bb")
    assert forged.get("/auth/me").status_code == 401


def test_who_asks_to_be_remembered_outlives_the_session(shop: Shop) -> None:
    visitor = shop.visitor()
    answer = visitor.post("/auth/login", json={**ADMIN, "remember": True})
    remember = cookies_of(answer)["remember_token"]
    assert remember["httponly"] is True
    assert remember["samesite"].lower() == "lax"
    assert remember["path"] == "/"
    assert remember["expires"].endswith("GMT")
    visitor.cookies.delete("session")
    back = visitor.get("/auth/me")
    assert json_of(back)["email"] == ADMIN["email"]
    # The next request needs the session alone.
    assert set(cookies_of(back)) == {"session"}


def test_a_forged_memory_is_nobody(shop: Shop) -> None:
    visitor = shop.visitor()
    for token in ("1", "1|", "1|" + "0" * 128, "|"):
        visitor.headers["Cookie"] = f"remember_token={token}"
        assert visitor.get("/auth/me").status_code == 401


def test_logging_out_forgets_who_was_remembered(shop: Shop) -> None:
    visitor = shop.visitor()
    visitor.post("/auth/login", data={**ADMIN, "remember": "on"})
    assert "remember_token" in visitor.cookies
    answer = visitor.post("/auth/logout")
    assert cookies_of(answer)["remember_token"].value == ""
    assert visitor.get("/auth/me").status_code == 401


@pytest.mark.parametrize(
    ("value", "remembered"),
    [(True, True), (False, False), ("yes", True), ("off", False), (1, True), (0.0, False)],
)
def test_yes_and_no_have_many_words(shop: Shop, value: object, remembered: bool) -> None:
    answer = shop.visitor().post("/auth/login", json={**ADMIN, "remember": value})
    assert answer.status_code == 200
    assert ("remember_token" in cookies_of(answer)) is remembered


@pytest.mark.parametrize("value", ["maybe", "tRUE", 2, [], {}])
def test_other_words_are_neither(shop: Shop, value: object) -> None:
    answer = shop.visitor().post("/auth/login", json={**ADMIN, "remember": value})
    assert problem_of(answer, 422)["errors"] == [
        {"field": "remember", "message": "Not a valid boolean."}
    ]
