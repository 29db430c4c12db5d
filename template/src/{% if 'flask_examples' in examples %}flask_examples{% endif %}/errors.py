"""Every error in one shape, whoever raised it.

Programs get a problem document (RFC 9457), readers of /shop/ a page.
"""

from http import HTTPStatus
from typing import Any

from flask import Flask, Response, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError
from werkzeug.exceptions import HTTPException, InternalServerError

DETAILS = {
    400: "Send a JSON object.",
    401: "Log in first.",
    403: "This is for admins.",
    404: "There is nothing at this address.",
    405: "This address does not take this method.",
    413: "The body is too large.",
    415: "Send the body as application/json.",
    500: "The server failed. The request may not be at fault.",
}


# region: shop-error
class ShopError(Exception):
    """Something that the shop refuses, and the status that says so."""

    def __init__(self, status: int, detail: str) -> None:
        """Remember what to answer."""
        super().__init__(detail)
        self.status = status
        self.detail = detail


# endregion


# region: problem
def problem(status: int, detail: str, **more: Any) -> Response:
    """Return an error that a person can read and a program can parse."""
    title = HTTPStatus(status).phrase
    if request.path.startswith("/shop/"):
        page = render_template(
            "shop/error.html",
            title=title,
            detail=detail,
        )
        return Response(page, status, mimetype="text/html")
    response = jsonify(title=title, status=status, detail=detail, **more)
    response.status_code = status
    response.content_type = "application/problem+json"
    return response


# endregion


# region: flatten
def flatten(messages: Any, path: str = "") -> list[dict[str, str]]:
    """Return Marshmallow's nested messages as a list of fields.

    `{"lines": {0: {"quantity": ["…"]}}}` becomes the field
    `lines.0.quantity`.
    """
    if isinstance(messages, list):
        return [{"field": path, "message": text} for text in messages]
    errors = []
    for key, inner in sorted(messages.items()):
        # Marshmallow's name for the object as a whole.
        here = path if key == "_schema" else f"{path}.{key}".lstrip(".")
        errors.extend(flatten(inner, here))
    return errors


# endregion


# region: error-handlers
def _refused(error: ShopError) -> Response:
    return problem(error.status, error.detail)


def _invalid(error: ValidationError) -> Response:
    errors = flatten(error.messages)
    return problem(422, "The data is not valid.", errors=errors)


def _http(error: HTTPException) -> ResponseReturnValue:
    status = error.code or 500
    if error.response is not None or status < 400:
        # A redirect is an exception too, but no error.
        return error
    answer = problem(status, DETAILS.get(status, error.name))
    # A 405 must say in Allow which methods the address does take.
    for name, value in error.get_headers():
        if name != "Content-Type":
            answer.headers[name] = value
    return answer


def _failed(_error: InternalServerError) -> Response:
    return problem(500, DETAILS[500])


def register(app: Flask) -> None:
    """Let the application answer every error in this shape."""
    app.register_error_handler(ShopError, _refused)
    app.register_error_handler(ValidationError, _invalid)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(InternalServerError, _failed)


# endregion
