"""The errors of the old application, answered by the new one.

`register` is all that an application needs. Where your Flask application has
another body, change `problem`; where it has other words, change `MESSAGES`.
"""

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

log = logging.getLogger(__name__)

# Pydantic's kinds of mistakes, in the words that clients have always read.
MESSAGES = {
    "missing": "Missing data for required field.",
    "extra_forbidden": "Unknown field.",
    "int_type": "Not a valid integer.",
    "string_type": "Not a valid string.",
}


# region: refused
class Refused(Exception):
    """Something that the application refuses, and the status for it."""

    def __init__(self, status: int, detail: str) -> None:
        """Remember what to answer."""
        super().__init__(detail)
        self.status = status
        self.detail = detail


# endregion


# region: problem
def problem(
    status: int,
    detail: str,
    errors: list[dict[str, str]] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Return the one body that every error has."""
    title = HTTPStatus(status).phrase
    body: dict[str, Any] = {"title": title, "status": status, "detail": detail}
    if errors is not None:
        body["errors"] = errors
    kind = "application/problem+json"
    return JSONResponse(body, status, headers, media_type=kind)


# endregion


def _field_error(reason: Mapping[str, Any]) -> dict[str, str]:
    # The first part says where the field was: body, query, path, header.
    path = ".".join(map(str, reason["loc"][1:]))
    message = MESSAGES.get(reason["type"], str(reason["msg"]))
    return {"field": path, "message": message}


# region: handlers
async def _refused(_request: Request, error: Exception) -> Response:
    assert isinstance(error, Refused)
    return problem(error.status, error.detail)


async def _invalid(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    errors = sorted(map(_field_error, error.errors()), key=str)
    return problem(422, "The data is not valid.", errors)


async def _http(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    # The headers go along: a 405 must say in Allow what it does take.
    return problem(error.status_code, str(error.detail), None, error.headers)


async def failed(request: Request, error: Exception) -> Response:
    """Answer what nobody expected, tell nothing of it, and log it."""
    log.error("%s failed", request.url.path, exc_info=error)
    return problem(500, "The server failed.")


def register(app: FastAPI) -> None:
    """Let the application answer every error in this shape."""
    app.add_exception_handler(Refused, _refused)
    app.add_exception_handler(RequestValidationError, _invalid)
    # Starlette's, for it is the parent of FastAPI's and raised by routing.
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, failed)


# endregion
