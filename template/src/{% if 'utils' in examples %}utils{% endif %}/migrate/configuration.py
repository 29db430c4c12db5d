"""Where the configuration comes from, and which settings mean something."""

from .findings import Kind, Severity

SETTINGS = "technical_architecture"
CONFIGS = (
    "flask.Flask().config",
    "flask.current_app.config",
    "flask.Config()",
)


def _loads(*names: str) -> tuple[str, ...]:
    return tuple(f"{config}.{name}" for config in CONFIGS for name in names)


KINDS = (
    Kind(
        "config.load",
        Severity.HAND,
        "loads configuration",
        "a class of `pydantic-settings`, read once",
        SETTINGS,
        _loads(
            *("from_object", "from_pyfile", "from_envvar", "from_mapping"),
            *("from_file", "from_prefixed_env", "from_json", "update"),
        ),
    ),
    Kind(
        "config.use",
        Severity.HAND,
        "reads or sets configuration",
        "a field of the settings, through a dependency",
        SETTINGS,
        CONFIGS,
    ),
    Kind(
        "config.environment",
        Severity.KEEP,
        "reads an environment variable",
        "the same, or a field of the settings",
        SETTINGS,
        ("os.environ", "os.getenv"),
    ),
    Kind(
        "config.instance",
        Severity.HAND,
        "uses the instance folder",
        "a path among the settings",
        SETTINGS,
        (
            "flask.Flask().instance_path",
            "flask.Flask().open_instance_resource",
            "flask.current_app.instance_path",
            "flask.current_app.open_instance_resource",
        ),
    ),
    Kind(
        "config.resource",
        Severity.REWRITE,
        "reads a file of the application's package",
        "`importlib.resources`, or a path beside the module",
        SETTINGS,
        (
            "flask.Flask().open_resource",
            "flask.current_app.open_resource",
            "flask.Flask().root_path",
            "flask.current_app.root_path",
        ),
    ),
)

# Settings of Flask that change answers, and what takes their place.
MEANING = {
    "APPLICATION_ROOT": "`root_path` of the application or of the server",
    "JSONIFY_PRETTYPRINT_REGULAR": "a response class that indents",
    "JSON_AS_ASCII": "nothing: FastAPI writes UTF-8, not escapes",
    "JSON_SORT_KEYS": "a response class that sorts keys, as Flask does",
    "MAX_CONTENT_LENGTH": "middleware that counts the bytes of a body",
    "MAX_FORM_MEMORY_SIZE": "`max_part_size` of `request.form`",
    "PERMANENT_SESSION_LIFETIME": "`max_age` of `SessionMiddleware`",
    "PREFERRED_URL_SCHEME": "`--proxy-headers` of the server",
    "SECRET_KEY": "a secret among the settings",
    "SEND_FILE_MAX_AGE_DEFAULT": "a `Cache-Control` header of the files",
    "SERVER_NAME": "`TrustedHostMiddleware`",
    "SESSION_COOKIE_DOMAIN": "`domain` of `SessionMiddleware`",
    "SESSION_COOKIE_HTTPONLY": "nothing: `SessionMiddleware` does so",
    "SESSION_COOKIE_NAME": "`session_cookie` of `SessionMiddleware`",
    "SESSION_COOKIE_SAMESITE": "`same_site` of `SessionMiddleware`",
    "SESSION_COOKIE_SECURE": "`https_only` of `SessionMiddleware`",
    "TEMPLATES_AUTO_RELOAD": "`auto_reload` of Jinja's environment",
    "TESTING": "a fixture that overrides dependencies",
}
