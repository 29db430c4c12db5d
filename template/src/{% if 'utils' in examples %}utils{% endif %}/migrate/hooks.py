"""What runs around requests, errors, signals, commands, templates."""

from .findings import Kind, Severity

API = "api_conversion"
APP = "flask.Flask()"
BLUEPRINT = "flask.Blueprint()"


def _on(*names: str) -> tuple[str, ...]:
    """Return methods of applications and of blueprints."""
    return tuple(
        f"{owner}.{name}"
        for name in names
        for owner in (APP, BLUEPRINT, "flask.current_app")
    )


KINDS = (
    Kind(
        "hook.before",
        Severity.HAND,
        "runs before each request",
        "a dependency of the application or router, or middleware",
        API,
        _on("before_request", "before_app_request", "before_request_funcs"),
    ),
    Kind(
        "hook.after",
        Severity.HAND,
        "runs after each request",
        "middleware",
        API,
        _on("after_request", "after_app_request", "after_request_funcs"),
    ),
    Kind(
        "hook.teardown",
        Severity.HAND,
        "runs when a request or context ends",
        "the part of a dependency behind its `yield`",
        API,
        _on(
            "teardown_request",
            "teardown_app_request",
            "teardown_appcontext",
        ),
    ),
    Kind(
        "hook.first",
        Severity.HAND,
        "runs before the first request",
        "the application's `lifespan`",
        "technical_architecture",
        _on("before_first_request", "before_app_first_request"),
    ),
    Kind(
        "hook.url",
        Severity.HAND,
        "changes the values of all addresses",
        "a path parameter of the router, and a dependency that reads it",
        API,
        _on(
            "url_value_preprocessor",
            "app_url_value_preprocessor",
            "url_defaults",
            "app_url_defaults",
        ),
    ),
    Kind(
        "error.handler",
        Severity.HAND,
        "handles errors",
        "`exception_handler`; one of a blueprint holds for the whole "
        "application there",
        API,
        _on(
            "errorhandler",
            "app_errorhandler",
            "register_error_handler",
            "error_handler_spec",
        ),
    ),
    Kind(
        "template.context",
        Severity.HAND,
        "adds values to every template",
        "a `context_processor` of `Jinja2Templates`",
        API,
        _on("context_processor", "app_context_processor"),
    ),
    Kind(
        "template.filter",
        Severity.REWRITE,
        "adds a filter, test or global to templates",
        "`templates.env.filters`, `.tests` or `.globals`",
        API,
        _on(
            *("template_filter", "app_template_filter", "template_test"),
            *("app_template_test", "template_global"),
            *("app_template_global", "add_template_filter"),
            *("add_template_global", "add_template_test"),
            *("add_app_template_filter", "add_app_template_global"),
            *("jinja_env", "jinja_options", "jinja_loader"),
        ),
    ),
    Kind(
        "signal",
        Severity.HAND,
        "uses a signal of Flask",
        "a dependency or middleware at that place; Blinker stays for others",
        API,
        (
            "flask.signals",
            "flask.request_started",
            "flask.request_finished",
            "flask.request_tearing_down",
            "flask.got_request_exception",
            "flask.template_rendered",
            "flask.before_render_template",
            "flask.appcontext_pushed",
            "flask.appcontext_popped",
            "flask.appcontext_tearing_down",
            "flask.message_flashed",
        ),
    ),
    Kind(
        "cli",
        Severity.HAND,
        "adds a command to `flask`",
        "a command of Click or Typer that makes what it needs",
        "production_operations",
        (
            *_on("cli"),
            "flask.cli",
        ),
    ),
    Kind(
        "wsgi",
        Severity.HAND,
        "wraps the application as WSGI",
        "middleware for ASGI, or a setting of the server",
        "production_operations",
        (
            f"{APP}.wsgi_app",
            "werkzeug.middleware",
        ),
    ),
    Kind(
        "server",
        Severity.REWRITE,
        "starts Flask's own server",
        "`uvicorn`, as a command",
        "production_operations",
        (f"{APP}.run", "werkzeug.serving"),
    ),
    Kind(
        "test.client",
        Severity.REWRITE,
        "tests through Flask's client",
        "`TestClient`, or `httpx` with an ASGI transport",
        "testing_qa",
        (
            f"{APP}.test_client",
            f"{APP}.test_cli_runner",
            f"{APP}.test_client_class",
        ),
    ),
    Kind(
        "view.class",
        Severity.REWRITE,
        "is a class-based view",
        "one function for each method",
        API,
        ("flask.views.View", "flask.views.MethodView"),
    ),
)

ASYNC = Kind(
    "view.async",
    Severity.KEEP,
    "is a coroutine, which Flask runs in a loop of its own",
    "the same coroutine",
    API,
)
