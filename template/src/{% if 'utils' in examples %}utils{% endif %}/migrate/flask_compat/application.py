"""A FastAPI application that answers as Flask does."""

import inspect
import os
from typing import Any

import flask
import uvicorn
from fastapi import FastAPI, Request, Response
from fastapi.exception_handlers import http_exception_handler
from starlette.middleware import Middleware
from werkzeug.exceptions import HTTPException

from .blueprints import Blueprint, registered
from .host import Host, of_fastapi
from .routing import FlaskRoutes, Matching
from .rules import Rules
from .signals import forward
from .verbs import Verbs

_OF_FLASK = frozenset(inspect.signature(flask.Flask).parameters)
# What Flask's development server takes and uvicorn does not have.
_OF_WERKZEUG = frozenset(
    {"load_dotenv", "threaded", "use_debugger", "use_evalex", "use_reloader"}
)


class _Directory(str):
    """Flask's root path: a folder, where FastAPI has a part of the URL.

    FastAPI takes its own for unset, since this one counts as false.
    """

    __slots__ = ()

    def __bool__(self) -> bool:
        return False


class Application(Verbs, FastAPI):
    """A FastAPI application whose views are answered as Flask answers them.

    What FastAPI does not know is Flask's, to read and to set: `config`,
    `errorhandler`, `before_request`, `test_client`, `cli` ...

    Arguments:
        import_name: The module, `__name__`.
        args: Those of `flask.Flask`.
        rules: Which of Flask's rules are followed.
        debug: Flask's debug mode, and FastAPI's.
        kwargs: Those of `flask.Flask` and of `fastapi.FastAPI`. A
            `root_path` is Flask's.

    Attributes:
        flask: The Flask application that extensions get.
    """

    flask: Host

    def __init__(
        self,
        import_name: str,
        *args: Any,
        rules: Rules = Rules(),  # noqa: B008
        debug: bool | None = None,
        **kwargs: Any,
    ) -> None:
        of_flask = {
            name: kwargs.pop(name) for name in _OF_FLASK & kwargs.keys()
        }
        FastAPI.__init__(self, **{"title": import_name, **kwargs})
        routes = FlaskRoutes(self.router)
        host = Host(self, rules, routes.expose, import_name, *args, **of_flask)
        vars(self)["flask"] = routes.host = host
        vars(self)["_forwarders"] = forward(host, self)
        self.user_middleware.append(Middleware(Matching, host=host))
        if debug is not None:
            host.debug = debug
        # What FastAPI's own views call may still raise Werkzeug's errors.
        self.exception_handlers.setdefault(HTTPException, _answer_error)

    def include_router(self, router: Any, **options: Any) -> None:
        """Register a blueprint, or include a router of FastAPI.

        Arguments:
            router: A blueprint, of Flask or of this package, or a
                `fastapi.APIRouter`.
            options: For a blueprint `prefix`, which replaces its own as
                in Flask, `name` and Flask's other options; for a router
                FastAPI's.
        """
        if isinstance(router, Blueprint | flask.Blueprint):
            self.flask.register_blueprint(router, **registered(**options))
        else:
            super().include_router(router, **options)

    def run(
        self,
        host: str | None = None,
        port: int | None = None,
        debug: bool | None = None,
        **options: Any,
    ) -> None:
        """Serve the application with uvicorn.

        Arguments:
            host: Without it 127.0.0.1.
            port: Without it 5000, as in Flask.
            debug: Flask's debug mode.
            options: Those of `uvicorn.run`. What only Flask's development
                server has is passed over.
        """
        # The command `run` imports the application and serves it itself.
        if os.environ.get("FLASK_RUN_FROM_CLI") == "true":
            return
        if debug is not None:
            self.debug = debug
        known = {
            name: value
            for name, value in options.items()
            if name not in _OF_WERKZEUG
        }
        address = host or "127.0.0.1"
        uvicorn.run(self, host=address, port=port or 5000, **known)

    @property
    def debug(self) -> bool:
        """Flask's debug mode."""
        return self.flask.debug

    @debug.setter
    def debug(self, value: bool) -> None:
        # FastAPI sets its own before there is a Flask application.
        if "flask" in vars(self):
            self.flask.debug = value

    @property
    def root_path(self) -> str:
        """The folder of the application, as in Flask."""
        return _Directory(self.flask.root_path)

    @root_path.setter
    def root_path(self, value: str) -> None:
        if "flask" in vars(self):
            self.flask.root_path = value

    # An extension that was given this application looks for `current_app`
    # among those that it knows.
    def __eq__(self, other: object) -> bool:
        return other is self or other is self.flask

    def __hash__(self) -> int:
        return hash(self.flask)

    def __getattr__(self, name: str) -> Any:
        if "flask" not in vars(self):
            raise AttributeError(name)
        return getattr(self.flask, name)

    def __setattr__(self, name: str, value: Any) -> None:
        of_fastapi = name in vars(self) or hasattr(type(self), name)
        if of_fastapi or "flask" not in vars(self):
            super().__setattr__(name, value)
        # A name of FastAPI's may be the owner's own on `current_app`.
        if "flask" in vars(self) and not hasattr(type(self), name):
            setattr(self.flask, name, value)


async def _answer_error(request: Request, error: Any) -> Response:
    return await http_exception_handler(request, of_fastapi(error))
