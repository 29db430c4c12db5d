"""Every error in one shape, whoever raised it."""

import logging

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.exceptions import HTTPException

from .flask_ways import allowed_methods, redirect_of
from .messages import errors_of, is_no_object
from .requests import is_json
from .responses import problem

log = logging.getLogger(__name__)

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
INVALID = "The data is not valid."


# region: shop-error
class ShopError(Exception):
    """Something that the shop refuses, and the status that says so."""

    def __init__(
        self,
        status: int,
        detail: str,
        field: str | None = None,
        message: str = "",
    ) -> None:
        """Remember what to answer, and which field is to blame."""
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.errors: list[dict[str, str]] | None = None
        if field is not None:
            self.errors = [{"field": field, "message": message}]


class LoginNeeded(Exception):
    """A page was asked for by somebody who must log in first."""


# endregion


# region: validation-handler
async def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError | ValidationError)
    reasons = list(error.errors())
    if any(map(is_no_object, reasons)):
        # Without a body of the right kind there is nothing to be valid.
        status = 400 if is_json(request) else 415
        return problem(request, status, DETAILS[status])
    return problem(request, 422, INVALID, errors=errors_of(reasons))


# endregion


# region: http-handler
async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    status = error.status_code
    headers = dict(error.headers or {})
    if status == 404 and (redirect := redirect_of(request)):
        return redirect
    if status == 405:
        headers["Allow"] = allowed_methods(request)
        if request.method == "OPTIONS":
            return Response(headers=headers, media_type="text/html")
    detail = DETAILS.get(status, str(error.detail))
    return problem(request, status, detail, headers=headers)


# endregion


# region: error-handlers
async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, ShopError)
    headers = {}
    if error.status == 401 and "Authorization" in request.headers:
        headers["WWW-Authenticate"] = "Bearer"
    return problem(
        request,
        error.status,
        error.detail,
        errors=error.errors,
        headers=headers,
    )


async def _login_needed(request: Request, _error: Exception) -> Response:
    query = f"next={request.url.path}".replace("/", "%2F")
    headers = {"Location": f"/shop/login?{query}"}
    return Response(status_code=302, headers=headers)


async def failed(request: Request, error: Exception) -> Response:
    """Answer what nobody expected, and tell nothing of it."""
    log.error("%s failed", request.url.path, exc_info=error)
    return problem(request, 500, DETAILS[500])


def register(app: FastAPI) -> None:
    """Let the application answer every error in this shape."""
    app.add_exception_handler(ShopError, _refused)
    app.add_exception_handler(LoginNeeded, _login_needed)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(ValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)


# endregion
