"""Every error as a problem document (RFC 9457), whoever raised it."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from .models import FieldError, Problem
from .store import BookExists, BookNotFound

DETAILS = {
    400: "Send a JSON object.",
    404: "There is nothing at this address.",
    405: "This address does not take this method.",
    415: "Send the body as application/json.",
    500: "The server failed. The request may not be at fault.",
}


# region: problem
def problem(
    status: int,
    detail: str,
    *,
    errors: list[FieldError] | None = None,
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    """Return an error that a person can read and a program can parse."""
    title = HTTPStatus(status).phrase
    body = Problem(title=title, status=status, detail=detail, errors=errors)
    return JSONResponse(
        body.model_dump(exclude_none=True),
        status_code=status,
        headers=headers,
        media_type="application/problem+json",
    )


# endregion


def _is_no_object(reason: dict[str, object]) -> bool:
    return reason["type"] == "json_invalid" or reason["loc"] == ("body",)


def _field_error(reason: dict[str, Any]) -> FieldError:
    return FieldError(field=reason["loc"][-1], message=reason["msg"])


def register(app: FastAPI) -> None:
    """Let the application answer every error with a problem document."""

    # region: error-handlers
    @app.exception_handler(BookNotFound)
    async def not_found(_: Request, error: BookNotFound) -> JSONResponse:
        return problem(404, f"No book has the ISBN {error}.")

    @app.exception_handler(BookExists)
    async def exists(_: Request, error: BookExists) -> JSONResponse:
        return problem(409, f"A book with the ISBN {error} is already here.")

    @app.exception_handler(RequestValidationError)
    async def invalid(
        _: Request,
        error: RequestValidationError,
    ) -> JSONResponse:
        reasons = error.errors()
        if any(map(_is_no_object, reasons)):
            return problem(400, DETAILS[400])
        errors = [_field_error(reason) for reason in reasons]
        return problem(422, "The book is not valid.", errors=errors)

    @app.exception_handler(HTTPException)
    async def http(_: Request, error: HTTPException) -> JSONResponse:
        status = error.status_code
        detail = DETAILS.get(status, str(error.detail))
        return problem(status, detail, headers=error.headers)

    @app.exception_handler(Exception)
    async def failed(_: Request, _error: Exception) -> JSONResponse:
        return problem(500, DETAILS[500])

    # endregion
