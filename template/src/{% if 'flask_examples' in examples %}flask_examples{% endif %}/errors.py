"""Every error as a problem document (RFC 9457), whoever raised it."""

import json
from http import HTTPStatus

from flask import Flask, Response
from werkzeug.exceptions import HTTPException

from .store import BookExists, BookNotFound
from .validation import InvalidBook

DETAILS = {
    400: "Send a JSON object.",
    404: "There is nothing at this address.",
    405: "This address does not take this method.",
    415: "Send the body as application/json.",
    500: "The server failed. The request may not be at fault.",
}


# region: problem
def problem(status: int, detail: str, **more: object) -> Response:
    """Return an error that a person can read and a program can parse."""
    title = HTTPStatus(status).phrase
    body = {"title": title, "status": status, "detail": detail, **more}
    return Response(
        json.dumps(body),
        status=status,
        content_type="application/problem+json",
    )


# endregion


# region: error-handlers
def _not_found(error: BookNotFound) -> Response:
    return problem(404, f"No book has the ISBN {error}.")


def _exists(error: BookExists) -> Response:
    return problem(409, f"A book with the ISBN {error} is already here.")


def _invalid(error: InvalidBook) -> Response:
    return problem(422, str(error), errors=error.errors)


def _http(error: HTTPException) -> Response:
    status = error.code or 500
    answer = problem(status, DETAILS.get(status, error.name))
    # A 405 must say in Allow which methods the address does take.
    for name, value in error.get_headers():
        if name != "Content-Type":
            answer.headers[name] = value
    return answer


def register(app: Flask) -> None:
    """Let the application answer every error with a problem document."""
    app.register_error_handler(BookNotFound, _not_found)
    app.register_error_handler(BookExists, _exists)
    app.register_error_handler(InvalidBook, _invalid)
    app.register_error_handler(HTTPException, _http)


# endregion
