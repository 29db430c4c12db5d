"""What the tests do in the shop, said in the words of a customer."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import httpx2

from .target import NewClient, Settings, Target

ADMIN = {"email": "admin@shop.test", "password": "correct horse"}
PASSWORD = "battery staple"
# Passwords as cheap as they can be: what is tested is not how dear they are.
CHEAP = "scrypt:128:8:1"
# ISBNs whose check digits fit.
ISBNS = ("9780141439518", "9780141439471", "9782253096337", "9780141439563", "9780140449136")
BOOK = {
    "isbn": ISBNS[0],
    "title": "Pride and Prejudice",
    "price": "7.99",
    "stock": 12,
    "published": "1813-01-28",
    "authors": ["Jane Austen"],
    "tags": ["love", "novel"],
}
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(100))


def json_of(response: httpx2.Response, status: int = 200) -> Any:
    """Return the JSON of an answer of this status."""
    assert response.status_code == status, response.text
    return response.json()


def problem_of(response: httpx2.Response, status: int) -> Any:
    """Return the problem document of an answer, whose frame must be right."""
    body = json_of(response, status)
    assert response.headers["Content-Type"] == "application/problem+json"
    assert body["status"] == status
    assert set(body) <= {"title", "status", "detail", "errors"}
    return body


def prepare(
    target: Target, database_url: str, folder: Path, shipping_url: str, shipping_timeout: float
) -> Settings:
    """Make an application's tables and its admin, and return the settings to start it with.

    Args:
        target: the application.
        database_url: an empty database.
        folder: where covers are kept, in a folder of their own.
        shipping_url: the service that it asks what a parcel costs.
        shipping_timeout: how long it waits for that service, in seconds.
    """
    settings = {
        "DATABASE_URL": database_url,
        "MEDIA": str(folder / "media"),
        "SECRET_KEY": "a secret of the tests that is long enough",
        "PASSWORD_HASH": CHEAP,
        "SHIPPING_URL": shipping_url,
        "SHIPPING_TIMEOUT": shipping_timeout,
    }
    target.command(settings, ["init-db"])
    target.command(settings, ["create-admin", ADMIN["email"], "--password", ADMIN["password"]])
    return settings


@dataclass
class Shop:
    """An application with an empty catalogue and one admin."""

    new_client: NewClient
    _numbers: Any = field(default_factory=lambda: count(1))
    _admin: httpx2.Client | None = None

    def visitor(self) -> httpx2.Client:
        """Return somebody whom the shop does not know."""
        return self.new_client()

    def admin(self) -> httpx2.Client:
        """Return the admin, logged in."""
        if self._admin is None:
            self._admin = self._logged_in(ADMIN)
        return self._admin

    def customer(self, name: str = "Ada") -> httpx2.Client:
        """Return a new customer, logged in."""
        email = f"customer{next(self._numbers)}@shop.test"
        account = {"email": email, "password": PASSWORD}
        visitor = self.visitor()
        json_of(visitor.post("/auth/register", json={**account, "name": name}), 201)
        return self._logged_in(account)

    def _logged_in(self, account: dict[str, str]) -> httpx2.Client:
        client = self.visitor()
        json_of(client.post("/auth/login", json=account))
        return client

    def add_book(self, **changes: Any) -> dict[str, Any]:
        """Add a book and return it as the shop shows it."""
        added = self.admin().post("/books", json={**BOOK, **changes})
        book: dict[str, Any] = json_of(added, 201)
        return book

    def add_books(self) -> list[dict[str, Any]]:
        """Add some books that differ in all that can be asked for."""
        rows = [
            ("Pride and Prejudice", "7.99", 12, "1813-01-28", "Jane Austen", ["love", "novel"]),
            ("Frankenstein", "6.50", 5, "1818-01-01", "Mary Shelley", ["horror", "novel"]),
            ("Les Misérables", "14.20", 3, "1862-03-30", "Victor Hugo", ["novel"]),
            ("Great Expectations", "8.25", 0, "1861-08-01", "Charles Dickens", ["novel"]),
            ("100% Crime_", "6.50", 7, "1866-12-22", "Fyodor Dostoevsky", ["crime"]),
        ]
        return [
            self.add_book(
                isbn=isbn,
                title=title,
                price=price,
                stock=stock,
                published=published,
                authors=[author],
                tags=tags,
            )
            for isbn, (title, price, stock, published, author, tags) in zip(
                ISBNS, rows, strict=True
            )
        ]

    def stock(self, book: dict[str, Any]) -> Any:
        """Return how many copies are left."""
        return json_of(self.visitor().get(f"/books/{book['id']}"))["stock"]

    def outbox(self, letters: int) -> Any:
        """Return the letters in the outbox, once there are so many and all are sent."""
        admin = self.admin()
        deadline = time.monotonic() + 10
        while True:
            outbox = json_of(admin.get("/admin/outbox"))
            sent = [mail for mail in outbox if mail["sent"]]
            if len(sent) == letters == len(outbox) or time.monotonic() > deadline:
                return outbox


def order_of(*books: dict[str, Any], quantity: int = 1, country: str = "GB") -> dict[str, Any]:
    """Return the body that orders copies of each book."""
    lines = [{"book_id": book["id"], "quantity": quantity} for book in books]
    return {"country": country, "lines": lines}
