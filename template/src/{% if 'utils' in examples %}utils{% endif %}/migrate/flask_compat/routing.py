"""Rules of Flask as routes of FastAPI, matched by Werkzeug."""

import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from inspect import Parameter, Signature
from typing import Annotated, Any

from anyio import to_thread
from fastapi import APIRouter
from fastapi.routing import APIRoute
from pydantic import SkipValidation
from starlette.datastructures import URLPath
from starlette.responses import Response
from starlette.routing import BaseRoute, Match, NoMatchFound
from starlette.types import ASGIApp, Receive, Scope, Send
from werkzeug import routing as werkzeug
from werkzeug.exceptions import HTTPException, NotFound

from .answers import BODY, FlaskAnswer
from .environ import Recorded, build
from .host import FlaskRule, Host, is_about_slashes
from .paths import CONVERTERS, RULE_VARIABLE, shown_path

_FOUND = "flask_compat.found"
_ROUTE = "flask_compat.route"
_AUTOMATIC = "provide_automatic_options"


@dataclass(frozen=True)
class Found:
    """What Werkzeug finds for a request.

    Attributes:
        path: The path that was looked for.
        rule: The rule; None without one.
        values: The values of its path.
        answered: Flask has an answer, although there is no rule: a
            redirect, or that the method is not allowed.
    """

    path: str
    rule: werkzeug.Rule | None = None
    values: dict[str, Any] = field(default_factory=dict)
    answered: bool = False


def find(host: Host, scope: Scope) -> Found:
    """Find the rule of a request.

    Arguments:
        host: The Flask application with its map.
        scope: The request.

    Returns:
        What was found. Flask looks again when it answers, in its context.
    """
    path = scope["path"]
    request = host.request_class(build(scope))
    try:
        adapter = host.create_url_adapter(request)
        # There is none only outside of a request.
        assert adapter is not None
        rule, values = adapter.match(return_rule=True)
    except NotFound:
        return Found(path)
    except HTTPException as error:
        request.routing_exception = error
        if not host.rules.slashes and is_about_slashes(request):
            return Found(path)
        return Found(path, answered=True)
    except Exception:  # A converter that needs the request: Flask's matter.
        return Found(path, answered=True)
    return Found(path, rule, dict(values))


class Matching:
    """Middleware that finds the rule before the router asks for it.

    Converters of the application may look into a database: where there
    are such, a thread matches, so that the event loop does not wait.
    """

    def __init__(self, app: ASGIApp, host: Host) -> None:
        self._app = app
        self._host = host

    async def __call__(
        self, scope: Scope, receive: Receive, send: Send
    ) -> None:
        if scope["type"] == "http":
            scope[_FOUND] = await self._find(scope)
        await self._app(scope, receive, send)

    async def _find(self, scope: Scope) -> Found:
        known = werkzeug.Map.default_converters.values()
        used = self._host.url_map.converters.values()
        if set(used) <= set(known):
            return find(self._host, scope)
        return await to_thread.run_sync(find, self._host, scope)


class FlaskRoute(APIRoute):
    """A rule as FastAPI shows it. Only `FlaskRoutes` matches."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Match nothing: the order of rules is Werkzeug's."""
        return Match.NONE, {}


class FlaskRoutes(BaseRoute):
    """Every rule of Flask, as the first route of a router.

    Attributes:
        host: The Flask application that answers.
    """

    host: Host

    def __init__(self, router: APIRouter) -> None:
        self._router = router
        self._routes: dict[int, dict[str, FlaskRoute]] = {}
        self._not_found = router.default
        router.default = self._default
        router.routes.insert(0, self)

    def expose(self, host: Host) -> None:
        """Make routes of the rules that are new in Flask's map.

        Arguments:
            host: The Flask application, which may not be complete yet.
        """
        for rule in host.new_rules():
            if not rule.build_only and not rule.websocket:
                self._routes[id(rule)] = dict(self._make(host, rule))

    def _make(
        self, host: Host, rule: werkzeug.Rule
    ) -> Iterator[tuple[str, FlaskRoute]]:
        shown = rule.shown if isinstance(rule, FlaskRule) else None
        methods = rule.methods or {"GET"}
        # One route for each method: FastAPI names operations by the route.
        for method in sorted(methods - {"HEAD", "OPTIONS"} or methods):
            self._router.add_api_route(
                shown_path(rule.rule),
                _endpoint(host, rule),
                methods=[method],
                name=rule.endpoint,
                route_class_override=FlaskRoute,
                **{"include_in_schema": shown is not None, **(shown or {})},
            )
            route = self._router.routes[-1]
            assert isinstance(route, FlaskRoute)
            if route.dependencies:
                host.guarded.append(rule)
            yield method, route

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Match what Werkzeug found.

        Where Flask has an answer but no rule, the match is partial: the
        full match of another route goes before it.
        """
        if scope["type"] != "http":
            return Match.NONE, {}
        found: Found = scope[_FOUND]
        if found.path != scope["path"]:
            # The router tries the path with a slash more or less.
            if self.host.rules.slashes:
                return Match.NONE, {}
            found = find(self.host, scope)
        if found.rule is None:
            return Match.PARTIAL if found.answered else Match.NONE, {}
        values = {**scope.get("path_params", {}), **found.values}
        route = self._route(found.rule, scope["method"])
        return Match.FULL, {"path_params": values, _ROUTE: route}

    def url_path_for(self, name: str, /, **path_params: Any) -> URLPath:
        """Leave it to the routes of the rules."""
        raise NoMatchFound(name, path_params)

    def _route(self, rule: werkzeug.Rule, method: str) -> FlaskRoute | None:
        """Find the route that FastAPI has for a rule, if it is to run."""
        if id(rule) not in self._routes:
            self.expose(self.host)
        if method == "OPTIONS" and getattr(rule, _AUTOMATIC, False):
            return None
        routes = self._routes.get(id(rule), {})
        return routes.get(method) or next(iter(routes.values()), None)

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with the route of FastAPI, or without one."""
        route: FlaskRoute | None = scope.get(_ROUTE)
        if route is None:
            await FlaskAnswer(self.host)(scope, receive, send)
            return
        scope["route"], scope["endpoint"] = route, route.endpoint
        # What FastAPI reads of the body, Flask reads again.
        limit = self.host.config["MAX_CONTENT_LENGTH"]
        scope[BODY] = recorded = Recorded(receive, limit)
        await route.app(scope, recorded, send)

    async def _default(
        self, scope: Scope, receive: Receive, send: Send
    ) -> None:
        if scope["type"] != "http":
            await self._not_found(scope, receive, send)
            return
        await FlaskAnswer(self.host)(scope, receive, send)


def _endpoint(host: Host, rule: werkzeug.Rule) -> Callable[..., Any]:
    """Make the function that FastAPI reads and calls for a rule."""
    view = host.view_functions.get(rule.endpoint)

    async def endpoint(**arguments: Any) -> Response:
        given = {} if host.rules.arguments else arguments
        return FlaskAnswer(host, rule, given)

    signature = None
    if not host.rules.arguments:
        signature = _signature_of(view, rule.defaults or {})
    endpoint.__signature__ = signature or _signature_of_path(rule)  # type: ignore[attr-defined]
    endpoint.__name__ = getattr(view, "__name__", rule.endpoint)
    endpoint.__doc__ = getattr(view, "__doc__", None)
    return endpoint


def _signature_of(view: Any, given: Mapping[str, Any]) -> Signature | None:
    """Read what a view asks of FastAPI; None if it takes just anything."""
    try:
        found = inspect.signature(view, eval_str=True)
    except (NameError, TypeError, ValueError):
        return None
    open_kinds = (Parameter.VAR_POSITIONAL, Parameter.VAR_KEYWORD)
    parameters = found.parameters.values()
    if any(parameter.kind in open_kinds for parameter in parameters):
        return None
    return Signature(
        [
            parameter.replace(kind=Parameter.KEYWORD_ONLY)
            for parameter in parameters
            if parameter.name not in given
        ]
    )


def _signature_of_path(rule: werkzeug.Rule) -> Signature:
    return Signature(
        [
            Parameter(
                variable["name"],
                Parameter.KEYWORD_ONLY,
                annotation=_type_of(rule, variable["converter"]),
            )
            for variable in RULE_VARIABLE.finditer(rule.rule)
        ]
    )


def _type_of(rule: werkzeug.Rule, name: str | None) -> Any:
    """Find the type of a value; of an unknown converter it may be any.

    FastAPI shows it, and does not check what Werkzeug has made already.
    """
    converter = rule.map.converters[name or "default"]
    known = werkzeug.Map.default_converters.get(name or "default")
    if converter is not known:
        return Any
    return Annotated[CONVERTERS.get(name or "default", str), SkipValidation]
