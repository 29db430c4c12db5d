"""A conversation with the server, and what it must answer."""

import json
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPConnection, HTTPResponse

BOOK = {"isbn": "9780141439518", "title": "Pride and Prejudice", "year": 1813}
OTHER = {"isbn": "9782253096337", "title": "Les Misérables", "year": 1862}


# region: step
@dataclass(frozen=True)
class Step:
    """One request and the answer that it must get."""

    request: str
    status: int
    answer: object = ""
    body: str | None = None
    content_type: str = "application/json"
    location: str | None = None


# endregion


def _problem(status: int, detail: str, **more: object) -> dict[str, object]:
    title = HTTPStatus(status).phrase
    return {"title": title, "status": status, "detail": detail, **more}


# region: conversation
CONVERSATION = (
    Step("GET /books", 200, []),
    Step(
        "POST /books",
        201,
        BOOK,
        body=json.dumps({**BOOK, "isbn": "978-0-14-143951-8"}),
        location="/books/9780141439518",
    ),
    Step("GET /books/9780141439518", 200, BOOK),
    Step(
        "POST /books",
        409,
        _problem(409, "A book with the ISBN 9780141439518 is already here."),
        body=json.dumps(BOOK),
    ),
    Step(
        "POST /books",
        422,
        _problem(
            422,
            "The book is not valid.",
            errors=[
                {
                    "field": "isbn",
                    "message": "The check digit of the ISBN does not fit",
                },
                {"field": "title", "message": "Field required"},
                {
                    "field": "year",
                    "message": "Input should be a valid integer",
                },
            ],
        ),
        body='{"isbn": "9780141439519", "year": "1813"}',
    ),
    Step(
        "POST /books",
        400,
        _problem(400, "Send a JSON object."),
        body='{"isbn": ',
    ),
    Step(
        "POST /books",
        415,
        _problem(415, "Send the body as application/json."),
        body="isbn=9780141439518",
        content_type="application/x-www-form-urlencoded",
    ),
    Step(
        "POST /books",
        201,
        OTHER,
        body=json.dumps(OTHER),
        location="/books/9782253096337",
    ),
    Step("GET /books", 200, [OTHER, BOOK]),
    Step("DELETE /books/9780141439518", 204),
    Step(
        "GET /books/9780141439518",
        404,
        _problem(404, "No book has the ISBN 9780141439518."),
    ),
    Step(
        "PUT /books",
        405,
        _problem(405, "This address does not take this method."),
    ),
    Step(
        "GET /authors",
        404,
        _problem(404, "There is nothing at this address."),
    ),
)
# endregion


def _differences(step: Step, response: HTTPResponse, text: str) -> list[str]:
    media_type = response.headers.get_content_type()
    is_json = bool(text) and media_type.endswith("json")
    expected_type = "application/json"
    if step.status >= 400:
        expected_type = "application/problem+json"
    comparisons = [
        ("status", response.status, step.status),
        ("answer", json.loads(text) if is_json else text, step.answer),
        ("Location", response.headers["Location"], step.location),
    ]
    if text:
        comparisons.append(("media type", media_type, expected_type))
    return [
        f"{step.request}: the {name} is {actual!r}, not {expected!r}."
        for name, actual, expected in comparisons
        if actual != expected
    ]


# region: make-step
def _make(step: Step, port: int) -> list[str]:
    """Make a request, print both sides, return what is not as expected."""
    method, path = step.request.split()
    headers = {"Content-Type": step.content_type} if step.body else {}
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    with closing(connection):
        connection.request(method, path, step.body, headers)
        response = connection.getresponse()
        text = response.read().decode()
    print(f"> {step.request} {step.body or ''}".rstrip())
    print(f"< {response.status} {text}".rstrip())
    return _differences(step, response, text)


# endregion


# region: check
def check(port: int, conversation: Sequence[Step] = CONVERSATION) -> list[str]:
    """Hold the conversation and return every difference."""
    differences: list[str] = []
    for step in conversation:
        differences.extend(_make(step, port))
    return differences


# endregion
