"""What views answer with."""

from collections.abc import Iterator

from .application import Application
from .facts import Form, Function, Value
from .findings import Finding, Kind, Severity, found

API = "api_conversion"

KINDS = (
    Kind(
        "response.jsonify",
        Severity.REWRITE,
        "answers with `jsonify`",
        "a returned value, or `JSONResponse` with Flask's encoder",
        API,
        ("flask.jsonify", "flask.json.dumps", "flask.json.dump"),
    ),
    Kind(
        "response.make",
        Severity.REWRITE,
        "makes a response with `make_response`",
        "`Response` with its status and headers",
        API,
        ("flask.make_response", "flask.Flask().make_response"),
    ),
    Kind(
        "response.class",
        Severity.REWRITE,
        "makes a response object",
        "`Response`, whose first argument is the content",
        API,
        ("flask.Response", "flask.Flask().response_class"),
    ),
    Kind(
        "response.redirect",
        Severity.REWRITE,
        "redirects",
        "`RedirectResponse` with status 302: its default is 307",
        API,
        ("flask.redirect", "flask.Flask().redirect"),
    ),
    Kind(
        "response.abort",
        Severity.REWRITE,
        "ends the request with an error",
        "`raise HTTPException`, and a handler that keeps Flask's body",
        API,
        ("flask.abort", "flask_restful.abort", "flask_restx.abort"),
    ),
    Kind(
        "response.http_exception",
        Severity.REWRITE,
        "uses Werkzeug's exceptions",
        "`HTTPException` with the same status",
        API,
        ("werkzeug.exceptions",),
    ),
    Kind(
        "response.file",
        Severity.HAND,
        "sends a file",
        "`FileResponse`; compare its headers for caching and ranges",
        API,
        ("flask.send_file", "flask.send_from_directory"),
    ),
    Kind(
        "response.stream",
        Severity.HAND,
        "streams its answer",
        "`StreamingResponse`; the session of the database ends earlier",
        API,
        ("flask.stream_with_context",),
    ),
    Kind(
        "response.url_for",
        Severity.REWRITE,
        "makes the address of a route",
        "`request.url_for`, which is absolute and names routes otherwise",
        API,
        ("flask.url_for", "flask.Flask().url_for"),
    ),
    Kind(
        "response.template",
        Severity.REWRITE,
        "renders a template",
        "`Jinja2Templates`, with Flask's globals added",
        API,
        (
            "flask.render_template",
            "flask.render_template_string",
            "flask.stream_template",
            "flask.stream_template_string",
            "flask.get_template_attribute",
        ),
    ),
    Kind(
        "response.after_this",
        Severity.HAND,
        "changes the response of this request later on",
        "a parameter `response: Response`, or middleware",
        API,
        ("flask.after_this_request",),
    ),
    Kind(
        "response.encoder",
        Severity.HAND,
        "changes how the application writes JSON",
        "a response class with this encoder",
        API,
        (
            "flask.Flask().json",
            "flask.Flask().json_encoder",
            "flask.Flask().json_provider_class",
            "flask.Flask().json_decoder",
            "flask.json.provider",
            "flask.json.JSONEncoder",
        ),
    ),
    Kind(
        "response.markup",
        Severity.KEEP,
        "marks text as safe HTML",
        "the same, from `markupsafe`",
        API,
        ("flask.Markup", "flask.escape"),
    ),
)

TUPLE = Kind(
    "response.tuple",
    Severity.REWRITE,
    "answers with a tuple",
    "a response with this status and these headers",
    API,
)
UNKNOWN_TUPLE = Kind(
    "response.computed_tuple",
    Severity.HAND,
    "answers with a tuple whose status is computed",
    "a response whose status is set there",
    API,
)
DICT = Kind(
    "response.dict",
    Severity.KEEP,
    "answers with a dictionary or list",
    "the same; FastAPI writes it as JSON, with keys in another order",
    API,
)
TEXT = Kind(
    "response.text",
    Severity.REWRITE,
    "answers with text, which Flask sends as HTML",
    "`HTMLResponse`: FastAPI would send it as JSON",
    API,
)
GENERATOR = Kind(
    "response.generator",
    Severity.HAND,
    "answers with a generator",
    "`StreamingResponse` around it",
    API,
)
# A view that returns one of these by name answers in a way that is told.
EXTRA = (TUPLE, UNKNOWN_TUPLE, DICT, TEXT, GENERATOR)


def returned(
    application: Application,
    function: Function,
) -> Iterator[Finding]:
    """Yield what is to be said of the values that a view returns."""
    if function.is_generator:
        file, line = function.file, function.line
        yield found(GENERATOR, file, line, function.key)
    for value in function.returns:
        kind = _kind(application, value)
        if kind is not None:
            file, where = function.file, function.key
            detail = _detail(value) if kind is TUPLE else ""
            yield found(kind, file, value.line, where, detail)


def _kind(application: Application, value: Value) -> Kind | None:
    if value.form is Form.TUPLE:
        rest = value.items[1:]
        is_told = all(
            item.form in (Form.CONSTANT, Form.DICT, Form.TUPLE, Form.LIST)
            or application.text(item) is not None
            or item.text.startswith("http.HTTPStatus.")
            for item in rest
        )
        return TUPLE if is_told and not value.is_open else UNKNOWN_TUPLE
    if value.form in (Form.DICT, Form.LIST):
        return DICT
    if value.form in (Form.TEXT, Form.SUM):
        return TEXT
    return None


def _detail(value: Value) -> str:
    if len(value.items) < 2:
        return ""
    status = value.items[1]
    return f"status {status.text}" if status.form is Form.CONSTANT else ""
