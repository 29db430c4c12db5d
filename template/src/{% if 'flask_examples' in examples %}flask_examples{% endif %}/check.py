"""A visit to the shop, and what it must answer."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx2

ADA = {"email": "ada@example.org", "password": "analytical engine"}
ORDER = {"country": "GB", "lines": [{"book_id": 1, "quantity": 2}]}
PLACED = {"id": 1, "status": "placed", "shipping": "4.00", "total": "19.98"}
TOO_MANY = {"country": "GB", "lines": [{"book_id": 2, "quantity": 9}]}
KEY = {"Idempotency-Key": "the-first-order"}


# region: step
@dataclass(frozen=True)
class Step:
    """One request and the answer that it must get."""

    request: str
    status: int
    # What the answer must hold; it may hold more.
    answer: Mapping[str, object] = field(default_factory=dict)
    body: Mapping[str, object] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


# endregion


# region: visit
VISIT = (
    Step("GET /ping", 200),
    Step("GET /books?q=austen", 200, {"total": 1, "page": 1}),
    Step("GET /books/1", 200, {"title": "Pride and Prejudice", "stock": 12}),
    Step("GET /books/99", 404, {"detail": "There is no book 99."}),
    Step("GET /books/one", 404, {"status": 404}),
    Step("GET /auth/me", 401, {"detail": "Log in first."}),
    Step("POST /auth/register", 201, body={**ADA, "name": "Ada"}),
    Step("POST /auth/login", 401, body={**ADA, "password": "wrong"}),
    Step("POST /auth/login", 200, {"name": "Ada"}, body=ADA),
    Step("POST /orders", 201, PLACED, ORDER, KEY),
    Step("POST /orders", 201, PLACED, ORDER, KEY),
    Step("GET /books/1", 200, {"stock": 10}),
    Step("POST /orders", 409, body=TOO_MANY),
    Step("POST /orders/1/cancel", 200, {"status": "cancelled"}),
    Step("GET /books/1", 200, {"stock": 12}),
    Step("GET /admin/outbox", 403, {"detail": "This is for admins."}),
    Step("GET /shop/", 200),
    Step("POST /auth/logout", 204),
)
# endregion


class NoAnswer(Exception):
    """The shop does not answer; the message says what it was asked."""


def _differences(step: Step, response: httpx2.Response) -> list[str]:
    wrong: list[tuple[str, object, object]] = []
    if response.status_code != step.status:
        wrong.append(("status", response.status_code, step.status))
    answer = _object(response) if step.answer else {}
    for name, expected in step.answer.items():
        if answer.get(name) != expected:
            wrong.append((name, answer.get(name), expected))
    return [
        f"{step.request}: the {name} is {actual!r}, not {expected!r}."
        for name, actual, expected in wrong
    ]


def _object(response: httpx2.Response) -> dict[str, Any]:
    """Return the object that an answer is, an empty one if it is none."""
    try:
        answer = response.json()
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}


def _shown(response: httpx2.Response) -> str:
    """Return the answer as one short line."""
    if "json" in response.headers.get("Content-Type", ""):
        return response.text.strip()
    return " ".join(response.text.split())[:60]


# region: make-step
def send(client: httpx2.Client, step: Step) -> httpx2.Response:
    """Make the request of a step.

    Raises:
        NoAnswer: whoever is asked hangs up, or takes too long.
    """
    method, path = step.request.split()
    try:
        return client.request(
            method,
            path,
            json=step.body,
            headers=step.headers,
        )
    except httpx2.TransportError as error:
        address = str(client.base_url).rstrip("/")
        reason = (str(error) or type(error).__name__).rstrip(".")
        message = f"{address} did not answer {step.request}: {reason}."
        raise NoAnswer(message) from error


def _make(step: Step, client: httpx2.Client) -> list[str]:
    """Make a request, print both sides, return what is not as expected."""
    response = send(client, step)
    body = json.dumps(step.body) if step.body else ""
    print(f"> {step.request} {body}".rstrip())
    print(f"< {response.status_code} {_shown(response)}".rstrip())
    return _differences(step, response)


# endregion


# region: check
def check(port: int, visit: Sequence[Step] = VISIT) -> list[str]:
    """Visit the shop and return every difference."""
    differences: list[str] = []
    address = f"http://127.0.0.1:{port}"
    with httpx2.Client(base_url=address, trust_env=False) as client:
        for step in visit:
            differences.extend(_make(step, client))
    return differences


# endregion
