"""JSON as Flask writes it, errors in one shape, and both in OpenAPI."""

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from .rendering import templates

PROBLEM = "application/problem+json"


# region: flask-json
class FlaskJSON(JSONResponse):
    """JSON to the byte as Flask writes it.

    Sorted keys, ASCII alone, and a new line at the end: somebody's cache
    or signature may depend on any of them.
    """

    def render(self, content: Any) -> bytes:
        """Return the bytes of the body."""
        text = json.dumps(content, sort_keys=True, separators=(",", ":"))
        return f"{text}\n".encode("ascii")


# endregion


# region: problem-model
class FieldError(BaseModel):
    """Why one field was refused."""

    field: str
    message: str


class Problem(BaseModel):
    """An error that a person can read and a program can parse."""

    title: str
    status: int
    detail: str
    errors: list[FieldError] | None = None


# endregion


# region: problem
def problem(
    request: Request,
    status: int,
    detail: str,
    *,
    errors: list[dict[str, str]] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Return an error: a page below /shop/, a document elsewhere."""
    title = HTTPStatus(status).phrase
    if request.url.path.startswith("/shop/"):
        return templates.TemplateResponse(
            request,
            "shop/error.html",
            {"title": title, "detail": detail},
            status_code=status,
            headers=headers,
        )
    body: dict[str, Any] = {"title": title, "status": status, "detail": detail}
    if errors is not None:
        body["errors"] = errors
    return FlaskJSON(body, status, headers, media_type=PROBLEM)


# endregion


# region: document-problems
def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return what OpenAPI is told of these errors."""
    schema = {"$ref": "#/components/schemas/Problem"}
    return {
        status: {
            "description": HTTPStatus(status).phrase,
            "content": {PROBLEM: {"schema": schema}},
        }
        for status in statuses
    }


# endregion
