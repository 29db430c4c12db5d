"""The commands of an application: `python -m flask_compat --app NAME ...`.

The program `flask` takes only Flask applications; this one gives it the
Flask application behind an `Application`.
"""

import ast
import importlib
import inspect
from pathlib import Path
from typing import Any

import click
import flask
from flask.cli import FlaskGroup, NoAppException, ScriptInfo, prepare_import
from flask.helpers import get_debug_flag

from .application import Application

_FILES = ("wsgi.py", "app.py")
_NAMES = ("app", "application", "create_app", "make_app")


class Script(ScriptInfo):
    """The application that commands run for."""

    def load_app(self) -> flask.Flask:
        """Import the application.

        Returns:
            The Flask application behind it.

        Raises:
            NoAppException: If there is none.
        """
        if self._loaded_app is None:
            self._loaded_app = load(self.app_import_path or _usual_file())
            self._loaded_app.debug = get_debug_flag()
        return self._loaded_app


def _usual_file() -> str | None:
    return next((name for name in _FILES if Path(name).is_file()), None)


def load(path: str | None) -> flask.Flask:
    """Find the application of `--app`.

    Arguments:
        path: `package`, `file.py`, `package:name` or
            `package:factory("argument")`.

    Returns:
        The Flask application behind it.

    Raises:
        NoAppException: If it names none.
    """
    if path is None:
        message = "Say which application: --app package, or package:name"
        raise NoAppException(message)
    module_name, _, expression = path.partition(":")
    try:
        module = importlib.import_module(prepare_import(module_name))
    except ModuleNotFoundError as error:
        message = f"There is no module {error.name!r} to import for --app"
        raise NoAppException(message) from error
    for name in [expression] if expression else _NAMES:
        found = _named(module, name)
        if isinstance(found, Application):
            return found.flask
        if isinstance(found, flask.Flask):
            return found
    message = f"{path!r} names no application: say package:name"
    raise NoAppException(message)


def _named(module: Any, expression: str) -> Any:
    """Take a name of a module, and call it if it is a factory."""
    try:
        tree = ast.parse(expression.strip(), mode="eval").body
        call = tree if isinstance(tree, ast.Call) else None
        found = getattr(module, ast.unparse(call.func if call else tree), None)
        if isinstance(found, Application) or not callable(found):
            return found
        arguments = (
            [ast.literal_eval(item) for item in call.args] if call else []
        )
        inspect.signature(found).bind(*arguments)
    except (SyntaxError, ValueError) as error:
        message = f"{expression!r} is no name and no call with plain values"
        raise NoAppException(message) from error
    except TypeError as error:
        message = f"{expression!r} does not have the arguments it needs"
        raise NoAppException(message) from error
    return found(*arguments)


@click.group(
    cls=FlaskGroup,
    name="flask_compat",
    context_settings={"auto_envvar_prefix": "FLASK"},
)
def main() -> None:
    """Run a command of an application."""


if __name__ == "__main__":
    main.main(obj=Script(), prog_name=f"python -m {__package__}")
