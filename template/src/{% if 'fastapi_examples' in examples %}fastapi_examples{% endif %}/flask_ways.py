"""What Flask does unasked and FastAPI does otherwise: methods, slashes."""

import re

from fastapi import Request
from fastapi.responses import RedirectResponse
from starlette.convertors import Convertor, register_url_convertor
from starlette.routing import BaseRoute, Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send


# region: id-convertor
class IdConvertor(Convertor[int]):
    """The number of a row; what is none matches no route, and is a 404."""

    regex = "[0-9]{1,9}"

    def convert(self, value: str) -> int:
        """Return the number in a path."""
        return int(value)

    def to_string(self, value: int) -> str:
        """Return the path of a number."""
        return str(value)


register_url_convertor("id", IdConvertor())
# endregion


# region: head-as-get
class HeadAsGet:
    """Answers HEAD as GET is answered, without the body."""

    def __init__(self, app: ASGIApp) -> None:
        """Stand before an application."""
        self.app = app

    async def __call__(
        self,
        scope: Scope,
        receive: Receive,
        send: Send,
    ) -> None:
        """Call the application, and keep the body of its answer."""
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self.app(scope, receive, send)
            return

        async def send_head(message: Message) -> None:
            if message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        await self.app({**scope, "method": "GET"}, receive, send_head)


# endregion


# region: allowed-methods
def _methods(request: Request, path: str) -> set[str]:
    """Return the methods of all routes with this path."""
    scope = {**request.scope, "path": path, "type": "http"}
    found: set[str] = set()
    for route in request.app.state.routes:
        if _matches(route, scope):
            found |= getattr(route, "methods", None) or set()
    return found


def _matches(route: BaseRoute, scope: Scope) -> bool:
    return route.matches(scope)[0] is not Match.NONE


def allowed_methods(request: Request) -> str:
    """Return the value of Allow: Starlette names the first route's only."""
    methods = _methods(request, request.url.path) | {"OPTIONS"}
    if "GET" in methods:
        methods.add("HEAD")
    return ", ".join(sorted(methods))


# endregion


# region: redirect
def redirect_of(request: Request) -> RedirectResponse | None:
    """Return where Flask would send an address that is almost one.

    A slash that is missing is added, doubled ones are made one; 308 keeps
    the method and the body.
    """
    path = re.sub("/{2,}", "/", request.url.path)
    for candidate in (path, f"{path}/"):
        if candidate != request.url.path and _methods(request, candidate):
            url = request.url.replace(path=candidate)
            return RedirectResponse(url, status_code=308)
    return None


# endregion
