"""What runs around views: hooks, and the handlers of errors."""

import ast
from collections.abc import Iterable, Iterator

from .bindings import FUNCTIONS
from .facts import ErrorHandler, Hook
from .walking import Seen

HOOKS = {
    *("before_request", "after_request", "teardown_request"),
    *("before_app_request", "after_app_request", "teardown_app_request"),
    *("before_first_request", "before_app_first_request"),
    *("teardown_appcontext", "shell_context_processor"),
    *("context_processor", "app_context_processor"),
    *("url_value_preprocessor", "app_url_value_preprocessor"),
    *("url_defaults", "app_url_defaults"),
    *("template_filter", "app_template_filter", "add_template_filter"),
    *("template_test", "app_template_test", "add_template_test"),
    *("template_global", "app_template_global", "add_template_global"),
    # Of Flask-Login and Flask-JWT-Extended.
    *("user_loader", "request_loader", "unauthorized_handler"),
    *("needs_refresh_handler", "user_lookup_loader", "user_identity_loader"),
}
HANDLERS = {"errorhandler", "app_errorhandler"}
NAMES = (ast.Name, ast.Attribute, ast.Lambda)


# region: hooks
def find_hooks(nodes: Iterable[Seen]) -> Iterator[Hook | ErrorHandler]:
    """Yield hooks and error handlers, decorated or given to a call."""
    decorators: set[int] = set()
    for seen in nodes:
        node = seen.node
        if isinstance(node, FUNCTIONS):
            for decorator in node.decorator_list:
                decorators.add(id(decorator))
                yield from _decorated(decorator, node.name)
        elif isinstance(node, ast.Call) and id(node) not in decorators:
            yield from _called(node)


def _decorated(node: ast.expr, function: str) -> Iterator[Hook | ErrorHandler]:
    given = node.args if isinstance(node, ast.Call) else []
    target = node.func if isinstance(node, ast.Call) else node
    if not isinstance(target, ast.Attribute):
        return
    if target.attr in HOOKS:
        yield Hook(target.attr, function)
    elif target.attr in HANDLERS and given:
        yield ErrorHandler(ast.unparse(given[0]), function)


# endregion


def _called(call: ast.Call) -> Iterator[Hook | ErrorHandler]:
    target, given = call.func, call.args
    if not isinstance(target, ast.Attribute) or not given:
        return
    if target.attr in HOOKS and isinstance(given[0], NAMES):
        yield Hook(target.attr, _name(given[0]))
    elif target.attr == "register_error_handler" and len(given) > 1:
        yield ErrorHandler(ast.unparse(given[0]), _name(given[1]))


def _name(node: ast.expr) -> str:
    return "lambda" if isinstance(node, ast.Lambda) else ast.unparse(node)
