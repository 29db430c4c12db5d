"""FastAPI's way to add views, for applications and blueprints."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from .paths import to_rule

View = TypeVar("View", bound=Callable[..., Any])

# What FastAPI's documentation says of a route, and what runs before it.
_SHOWN = frozenset(
    {
        "dependencies",
        "deprecated",
        "description",
        "include_in_schema",
        "openapi_extra",
        "operation_id",
        "response_description",
        "responses",
        "summary",
        "tags",
    }
)


class Verbs:
    """What adds views to the Flask object in `flask`.

    Attributes:
        flask: A `flask.Flask` or a `flask.Blueprint`.
    """

    flask: Any

    def add_api_route(
        self,
        path: str,
        endpoint: Callable[..., Any],
        *,
        methods: Iterable[str] | None = None,
        name: str | None = None,
        rule: str | None = None,
        **options: Any,
    ) -> None:
        """Add a view.

        Arguments:
            path: The path as FastAPI writes it, `/notes/{note_id:int}`.
            endpoint: The view.
            methods: Its methods. Without them those of the view, or GET.
            name: Flask's endpoint. Without it the name of the view.
            rule: The rule as Werkzeug writes it, if FastAPI cannot.
            options: Flask's (`defaults`, `strict_slashes` ...), and what
                FastAPI shows (`tags`, `summary` ...) and `dependencies`.
        """
        self.add_url_rule(
            to_rule(path) if rule is None else rule,
            name,
            endpoint,
            methods=methods,
            **options,
        )

    def add_url_rule(
        self,
        rule: str,
        endpoint: str | None = None,
        view_func: Callable[..., Any] | None = None,
        provide_automatic_options: bool | None = None,
        **options: Any,
    ) -> None:
        """Add a view as Flask does it; it is shown in the documentation.

        Arguments: those of Flask, and those that FastAPI shows.
        """
        shown = {name: options.pop(name) for name in _SHOWN & options.keys()}
        self.flask.add_url_rule(
            rule,
            endpoint,
            view_func,
            provide_automatic_options,
            shown=shown,
            **options,
        )

    def route(self, rule: str, **options: Any) -> Callable[[View], View]:
        """Decorate a view as Flask does it."""
        endpoint = options.pop("endpoint", None)

        def decorate(view: View) -> View:
            self.add_url_rule(rule, endpoint, view, **options)
            return view

        return decorate

    def api_route(self, path: str, **options: Any) -> Callable[[View], View]:
        """Decorate a view; the arguments are those of `add_api_route`."""

        def decorate(view: View) -> View:
            self.add_api_route(path, view, **options)
            return view

        return decorate

    def get(self, path: str, **options: Any) -> Callable[[View], View]:
        """Decorate a view for GET."""
        return self.api_route(path, methods=["GET"], **options)

    def post(self, path: str, **options: Any) -> Callable[[View], View]:
        """Decorate a view for POST."""
        return self.api_route(path, methods=["POST"], **options)

    def put(self, path: str, **options: Any) -> Callable[[View], View]:
        """Decorate a view for PUT."""
        return self.api_route(path, methods=["PUT"], **options)

    def patch(self, path: str, **options: Any) -> Callable[[View], View]:
        """Decorate a view for PATCH."""
        return self.api_route(path, methods=["PATCH"], **options)

    def delete(self, path: str, **options: Any) -> Callable[[View], View]:
        """Decorate a view for DELETE."""
        return self.api_route(path, methods=["DELETE"], **options)
