"""Flask's blueprints, written as routers."""

from typing import Any

import flask
from flask.blueprints import BlueprintSetupState

from .paths import to_rule
from .verbs import Verbs


def of_flask(blueprint: Any) -> flask.Blueprint:
    """Give the blueprint that Flask knows.

    Arguments:
        blueprint: One of Flask or of this package.

    Returns:
        The one of Flask.
    """
    if isinstance(blueprint, Blueprint):
        return blueprint.flask
    inner: flask.Blueprint = blueprint
    return inner


class _State(BlueprintSetupState):
    def add_url_rule(self, *args: Any, **options: Any) -> None:
        # An old test may register it on an application of Flask itself.
        if not hasattr(self.app, "new_rules"):
            options.pop("shown", None)
        super().add_url_rule(*args, **options)


class _Inner(flask.Blueprint):
    def make_setup_state(
        self, app: Any, options: Any, first_registration: bool = False
    ) -> BlueprintSetupState:
        return _State(self, app, options, first_registration)

    def register_blueprint(self, blueprint: Any, **options: Any) -> None:
        super().register_blueprint(of_flask(blueprint), **options)


class Blueprint(Verbs):
    """A blueprint: what it does not know itself is Flask's.

    Arguments:
        name: Its name in endpoints.
        import_name: The module, `__name__`.
        prefix: In front of its paths, as FastAPI writes it.
        arguments: Those of `flask.Blueprint`, `url_prefix` among them.

    Attributes:
        flask: The blueprint that extensions get.
    """

    flask: flask.Blueprint

    def __init__(
        self,
        name: str,
        import_name: str,
        *args: Any,
        prefix: str | None = None,
        **kwargs: Any,
    ) -> None:
        if prefix is not None:
            kwargs["url_prefix"] = to_rule(prefix)
        vars(self)["flask"] = _Inner(name, import_name, *args, **kwargs)

    def include_router(self, router: Any, **options: Any) -> None:
        """Nest a blueprint.

        Arguments:
            router: A blueprint, of Flask or of this package.
            options: As for `Application.include_router`.
        """
        self.flask.register_blueprint(router, **registered(**options))

    def __getattr__(self, name: str) -> Any:
        if "flask" not in vars(self):
            raise AttributeError(name)
        return getattr(self.flask, name)

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(self.flask, name, value)


def registered(
    prefix: str | None = None, name: str | None = None, **options: Any
) -> dict[str, Any]:
    """Write what FastAPI includes a router with as Flask's options.

    Arguments:
        prefix: Instead of the blueprint's own prefix, as in Flask.
        name: Instead of its own name.
        options: Flask's.

    Returns:
        The options of `register_blueprint`.
    """
    if prefix is not None:
        options["url_prefix"] = to_rule(prefix)
    if name is not None:
        options["name"] = name
    return options
