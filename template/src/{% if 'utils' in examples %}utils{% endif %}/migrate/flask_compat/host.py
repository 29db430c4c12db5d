"""The Flask application behind the FastAPI application."""

import re
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any, NoReturn
from urllib.parse import unquote, urlsplit

import flask
from fastapi.encoders import jsonable_encoder
from fastapi.responses import JSONResponse
from flask.sessions import NullSession, SessionInterface
from starlette.exceptions import HTTPException as StarletteHTTPException
from starlette.responses import Response as StarletteResponse
from starlette.types import ASGIApp
from werkzeug.exceptions import HTTPException, NotFound
from werkzeug.routing import Map, RequestRedirect, RoutingException, Rule
from werkzeug.routing.rules import RuleFactory
from werkzeug.wrappers import Response as WerkzeugResponse

from .answers import ARGUMENTS, RULE
from .blueprints import of_flask
from .environ import INPUT, Body, has_body
from .rules import Rules
from .threads import as_function
from .wsgi import call


class FlaskRule(Rule):
    """A rule with what FastAPI's documentation says of it.

    Attributes:
        shown: Options of FastAPI's routes. None for rules of extensions
            and files, which the documentation leaves out.
        asked: The methods, without those that Werkzeug adds.
    """

    def __init__(
        self,
        string: str,
        *args: Any,
        shown: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        self.asked = {*(kwargs.get("methods") or ())}
        super().__init__(string, *args, **kwargs)
        self.shown = shown


class FlaskMap(Map):
    """A map that tells which of its rules have no route in FastAPI yet."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._new: list[Rule] = []
        super().__init__(*args, **kwargs)

    def add(self, rulefactory: RuleFactory) -> None:
        """Add rules, whoever has them: views, blueprints, extensions."""
        for rule in rulefactory.get_rules(self):
            super().add(rule)
            self._new.append(rule)

    def take_new(self) -> list[Rule]:
        """Give the rules that were added since the last call."""
        new, self._new = self._new, []
        return new


class _NoSession(NullSession):
    def _fail(self, *_args: Any, **_kwargs: Any) -> Any:
        message = "The rule `sessions` is switched off: there is no session"
        raise RuntimeError(message)

    __setitem__ = __delitem__ = clear = pop = popitem = _fail
    update = setdefault = _fail


class _NoSessions(SessionInterface):
    null_session_class = _NoSession

    def open_session(self, *_args: Any) -> NullSession:
        return _NoSession()


class Host(flask.Flask):
    """Flask's application, as extensions and views know it.

    Arguments:
        asgi: The FastAPI application that it answers for.
        rules: Which of Flask's rules are followed.
        expose: Called when there are rules without a route in FastAPI.
        arguments: Those of `flask.Flask`.

    Attributes:
        guarded: The rules that have dependencies in FastAPI.
    """

    url_rule_class = FlaskRule
    url_map_class = FlaskMap

    def __init__(
        self,
        asgi: ASGIApp,
        rules: Rules,
        expose: Callable[["Host"], None],
        *args: Any,
        **kwargs: Any,
    ) -> None:
        self.rules = rules
        self.guarded: list[Rule] = []
        self._asgi = asgi
        self._expose = expose
        super().__init__(*args, **kwargs)
        if not rules.sessions:
            self.session_interface = _NoSessions()

    def add_url_rule(
        self,
        rule: str,
        endpoint: str | None = None,
        view_func: Any = None,
        provide_automatic_options: bool | None = None,
        **options: Any,
    ) -> None:
        """Add a rule to Flask's map, and its route to FastAPI.

        Arguments: those of Flask.
        """
        if not self.rules.methods:
            provide_automatic_options = False
        super().add_url_rule(
            rule, endpoint, view_func, provide_automatic_options, **options
        )
        self._expose(self)

    def new_rules(self) -> list[Rule]:
        """Give the rules that were added since the last call."""
        assert isinstance(self.url_map, FlaskMap)
        new = self.url_map.take_new()
        for rule in new:
            if not self.rules.methods and isinstance(rule, FlaskRule):
                rule.methods = rule.asked
        return new

    def register_blueprint(self, blueprint: Any, **options: Any) -> None:
        """Register a blueprint, of Flask or of this package."""
        super().register_blueprint(of_flask(blueprint), **options)

    def __call__(
        self, environ: dict[str, Any], start_response: Any
    ) -> Iterable[bytes]:
        """Answer a request of a WSGI server or a test client.

        It goes through FastAPI, and from there to `wsgi_app` with the
        middleware that was put around it.
        """
        return call(self._asgi, environ, start_response)

    def async_to_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Await async views and functions in the server's event loop."""
        function = as_function(func)

        @wraps(func)
        def with_body(*args: Any, **kwargs: Any) -> Any:
            if flask.has_request_context():
                _read_ahead(flask.request)
            return function(*args, **kwargs)

        return with_body

    def dispatch_request(self) -> Any:
        """Call the view with what the path, or FastAPI, gives it."""
        request = flask.request
        given = request.environ.get(ARGUMENTS)
        rule, values = request.url_rule, request.view_args
        if rule is not request.environ.get(RULE):
            self._refuse_guarded(rule)
        if given and rule is not None and values is not None:
            # Flask's functions before the view may have taken some away.
            request.view_args = values | {
                name: value
                for name, value in given.items()
                if name in values or name not in rule.arguments
            }
        answer = super().dispatch_request()
        return answer if self.rules.answers else self._as_fastapi(answer)

    def _refuse_guarded(self, rule: Rule | None) -> None:
        """Call no view whose dependencies FastAPI could not ask.

        It found another rule, or none: a converter needs the request, or
        WSGI middleware changed the path.
        """
        automatic = getattr(rule, "provide_automatic_options", False)
        if automatic and flask.request.method == "OPTIONS":
            return
        if any(rule is one for one in self.guarded):
            message = f"FastAPI did not ask the dependencies of {rule}"
            raise RuntimeError(message)

    def _as_fastapi(self, answer: Any) -> Any:
        if isinstance(answer, WerkzeugResponse):
            return answer
        if not isinstance(answer, StarletteResponse):
            answer = JSONResponse(jsonable_encoder(answer))
        if not hasattr(answer, "body"):
            message = "A view in Flask's context returns no stream of FastAPI"
            raise TypeError(message)
        headers = [
            (name.decode("latin-1"), value.decode("latin-1"))
            for name, value in answer.raw_headers
        ]
        body = bytes(answer.body)
        return self.response_class(body, answer.status_code, headers)

    def handle_user_exception(self, e: Exception) -> Any:
        """Let error handlers answer an error, Flask's or FastAPI's."""
        if self.rules.errors or _is_answer(e):
            return super().handle_user_exception(e)
        raise of_fastapi(e) if isinstance(e, HTTPException) else e

    def handle_exception(self, e: Exception) -> Any:
        """Answer what no handler answered, or leave it to FastAPI."""
        if self.rules.errors:
            return super().handle_exception(e)
        raise e

    def raise_routing_exception(self, request: Any) -> NoReturn:
        """Redirect to the path of a rule, but where FastAPI would not."""
        if not self.rules.slashes and is_about_slashes(request):
            raise NotFound
        super().raise_routing_exception(request)

    def preprocess_request(self) -> Any:
        """Call the functions before a request."""
        if self.rules.hooks:
            return super().preprocess_request()
        return None

    def process_response(self, response: Any) -> Any:
        """Call the functions after a request and save the session."""
        if self.rules.hooks:
            return super().process_response(response)
        session = flask.session._get_current_object()  # type: ignore[attr-defined]
        if not self.session_interface.is_null_session(session):
            self.session_interface.save_session(self, session, response)
        return response

    def do_teardown_request(self, *args: Any) -> None:
        """Call the functions at the end of a request."""
        if self.rules.hooks:
            super().do_teardown_request(*args)


def is_about_slashes(request: Any) -> bool:
    """Tell whether Werkzeug redirects to the same path with other slashes."""
    redirect = request.routing_exception
    if not isinstance(redirect, RequestRedirect):
        return False
    target = urlsplit(redirect.new_url).path
    return _plain(target) == _plain(f"{request.root_path}{request.path}")


def _plain(path: str) -> str:
    return re.sub("/+", "/", unquote(path)).strip("/")


def _read_ahead(request: flask.Request) -> None:
    """Read the body for a coroutine, unless reading is to be refused."""
    body: Body | None = request.environ.get(INPUT)
    if body is None or not has_body(request.environ):
        return
    limit, length = request.max_content_length, request.content_length
    if limit is None or length is None or length <= limit:
        body.read_ahead(limit)


def _is_answer(error: Exception) -> bool:
    """Tell redirects and `abort(response)` from errors."""
    if not isinstance(error, HTTPException):
        return False
    return isinstance(error, RoutingException) or error.response is not None


def of_fastapi(error: HTTPException) -> StarletteHTTPException:
    """Make FastAPI's error of one of Werkzeug's.

    Arguments:
        error: What `abort` raises.

    Returns:
        The error with its status, its headers and what the view says.
    """
    # The sentence that Werkzeug has for a status is none of the view's.
    given = error.description != type(error).description
    headers = dict(error.get_headers())
    headers.pop("Content-Type", None)
    return StarletteHTTPException(
        status_code=error.code or 500,
        detail=error.description if given else None,
        headers=headers or None,
    )
