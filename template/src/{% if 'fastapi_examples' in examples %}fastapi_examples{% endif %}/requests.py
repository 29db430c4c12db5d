"""Reading what a client sent as Flask would."""

import json
from collections.abc import Callable, Coroutine, Sequence
from typing import Annotated, Any

from fastapi import Query, Request, Response
from fastapi.routing import APIRoute

LARGEST_PAGE = 100_000

# A query may name a field more than once; Flask takes the first.
Texts = Annotated[
    list[str] | None,
    Query(description="If it is given more than once, the first counts."),
]


# region: first-value
def first(values: Sequence[str] | None) -> str | None:
    """Return the first value of a field of the query."""
    return values[0] if values else None


def whole_number(
    values: Sequence[str] | None,
    default: int,
    largest: int,
) -> int:
    """Return a number of the query; what is none counts as the default."""
    try:
        number = int(first(values) or default)
    except ValueError:
        return default
    return min(number, largest) if number >= 1 else default


# endregion


# region: is-json
def is_json(request: Request) -> bool:
    """Return whether the body says that it is JSON of any kind."""
    kind = request.headers.get("Content-Type", "").partition(";")[0].strip()
    if kind == "application/json":
        return True
    return kind.startswith("application/") and kind.endswith("+json")


# endregion


# region: late-json
class LateJSON(Request):
    """A request whose broken JSON is no error until it is looked at.

    FastAPI reads the body before it asks who sends it. A visitor would
    learn that their JSON is broken before they learn that they may not
    send any; in Flask, the guard stands before the view.
    """

    async def json(self) -> Any:
        """Return the body; None, which is no object, when it is broken."""
        try:
            return await super().json()
        except (json.JSONDecodeError, UnicodeDecodeError):
            return None


class ShopRoute(APIRoute):
    """A route whose requests are read like that."""

    def get_route_handler(
        self,
    ) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the handler, given another kind of request."""
        handle = super().get_route_handler()

        async def handle_late(request: Request) -> Response:
            return await handle(LateJSON(request.scope, request.receive))

        return handle_late


# endregion


# region: form
async def form_of(request: Request) -> dict[str, str]:
    """Return the text fields of a form; an empty one is there, and empty."""
    form = await request.form()
    return {
        name: value
        for name in form
        if isinstance(value := form.getlist(name)[0], str)
    }


# endregion
