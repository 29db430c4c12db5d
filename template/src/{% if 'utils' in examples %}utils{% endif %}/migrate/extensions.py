"""Extensions of Flask, and what takes the place of each."""

from .findings import Kind, Severity

DATABASE = "database_migration"
AUTH = "authentication"
SECURITY = "security_compliance"
API = "api_conversion"
TASKS = "background_tasks"
OPERATIONS = "production_operations"


def _extension(
    name: str,
    becomes: str,
    chapter: str,
    *packages: str,
    severity: Severity = Severity.HAND,
) -> Kind:
    id = f"extension.{packages[0].removeprefix('flask_').lower()}"
    return Kind(id, severity, f"uses {name}", becomes, chapter, packages)


# The session of a request: the one use of an extension that has one
# replacement wherever it stands.
SESSION = Kind(
    "sqlalchemy.session",
    Severity.REWRITE,
    "uses the session of the request",
    "a session from a dependency; committing stays where it is",
    DATABASE,
    ("flask_sqlalchemy.SQLAlchemy().session",),
)
QUERY = Kind(
    "sqlalchemy.query",
    Severity.HAND,
    "queries through Flask-SQLAlchemy's own methods",
    "`select` and the session; a 404 and pages are written out",
    DATABASE,
    (
        "flask_sqlalchemy.SQLAlchemy().paginate",
        "flask_sqlalchemy.SQLAlchemy().get_or_404",
        "flask_sqlalchemy.SQLAlchemy().first_or_404",
        "flask_sqlalchemy.SQLAlchemy().one_or_404",
        "flask_sqlalchemy.SQLAlchemy().Model.query",
    ),
)
MODEL = Kind(
    "sqlalchemy.model",
    Severity.REWRITE,
    "defines tables through Flask-SQLAlchemy",
    "a `DeclarativeBase`, with a table name for each model",
    DATABASE,
    tuple(
        f"flask_sqlalchemy.SQLAlchemy().{name}"
        for name in (
            *("Model", "Column", "Table", "ForeignKey", "relationship"),
            *("Integer", "String", "Text", "Boolean", "DateTime", "Float"),
            *("Date", "Numeric", "LargeBinary", "Enum", "JSON", "backref"),
            *("Index", "UniqueConstraint", "CheckConstraint", "BigInteger"),
            *("SmallInteger", "Unicode", "UnicodeText", "Time", "Interval"),
            *("PrimaryKeyConstraint", "ForeignKeyConstraint", "metadata"),
        )
    ),
)

ALIAS = Kind(
    "sqlalchemy.alias",
    Severity.REWRITE,
    "uses a function of SQLAlchemy through the extension",
    "the same function, imported from SQLAlchemy",
    DATABASE,
    tuple(
        f"flask_sqlalchemy.SQLAlchemy().{name}"
        for name in (
            *("select", "insert", "update", "delete", "func", "text", "or_"),
            *("and_", "not_", "desc", "asc", "case", "cast", "exists"),
            *("joinedload", "selectinload", "aliased", "distinct", "literal"),
        )
    ),
)

KINDS = (
    SESSION,
    QUERY,
    MODEL,
    ALIAS,
    _extension(
        "Flask-SQLAlchemy",
        "SQLAlchemy's own engine and sessions, given by a dependency",
        DATABASE,
        "flask_sqlalchemy",
        "flask_sqlalchemy_lite",
    ),
    _extension(
        "Flask-Migrate",
        "Alembic itself, whose migrations stay as they are",
        DATABASE,
        "flask_migrate",
        "flask_alembic",
    ),
    _extension(
        "Flask-Marshmallow",
        "Pydantic models, or Marshmallow itself",
        API,
        "flask_marshmallow",
    ),
    _extension(
        "Marshmallow",
        "Pydantic models; the schemas can stay at first",
        API,
        "marshmallow",
        "marshmallow_sqlalchemy",
        severity=Severity.KEEP,
    ),
    _extension(
        "Flask-Login",
        "a dependency that reads the session and loads the user",
        AUTH,
        "flask_login",
    ),
    _extension(
        "Flask-WTF",
        "`Form` parameters and Pydantic; a CSRF token of your own",
        SECURITY,
        "flask_wtf",
    ),
    _extension(
        "WTForms",
        "Pydantic models; the forms can stay, given the posted fields",
        API,
        "wtforms",
        "wtforms_sqlalchemy",
    ),
    _extension(
        "Flask-JWT-Extended",
        "PyJWT and a dependency that checks the token",
        AUTH,
        "flask_jwt_extended",
        "flask_jwt",
    ),
    _extension(
        "Flask-HTTPAuth",
        "`HTTPBasic`, `HTTPDigest` or `HTTPBearer` of `fastapi.security`",
        AUTH,
        "flask_httpauth",
    ),
    _extension(
        "Flask-Security or Flask-User",
        "an authentication service of your own, or FastAPI Users",
        AUTH,
        "flask_security",
        "flask_user",
        "flask_principal",
    ),
    _extension(
        "OAuth of Authlib or Flask-Dance",
        "Authlib's client for Starlette",
        AUTH,
        "authlib.integrations.flask_client",
        "authlib.integrations.flask_oauth2",
        "flask_dance",
        "flask_oauthlib",
    ),
    _extension(
        "Flask-Bcrypt",
        "a password library without Flask; old hashes stay valid",
        AUTH,
        "flask_bcrypt",
        "flask_argon2",
    ),
    _extension(
        "Flask-Session",
        "sessions on the server, in a store behind a dependency",
        AUTH,
        "flask_session",
    ),
    _extension(
        "Flask-CORS",
        "`CORSMiddleware`, with each origin named",
        SECURITY,
        "flask_cors",
    ),
    _extension(
        "Flask-Limiter",
        "a dependency or middleware that counts in Redis",
        SECURITY,
        "flask_limiter",
    ),
    _extension(
        "Flask-Talisman or Flask-SeaSurf",
        "middleware that sets these headers",
        SECURITY,
        "flask_talisman",
        "flask_seasurf",
    ),
    _extension(
        "Flask-Caching",
        "a cache behind a dependency",
        "performance",
        "flask_caching",
        "flask_cache",
    ),
    _extension(
        "Flask-Compress",
        "`GZipMiddleware`, or the proxy",
        "performance",
        "flask_compress",
    ),
    _extension(
        "Flask-Mail",
        "a task that sends, by `smtplib` or `aiosmtplib`",
        TASKS,
        "flask_mail",
        "flask_mailman",
    ),
    _extension(
        "Celery",
        "Celery still; its tasks must make their own session and settings",
        TASKS,
        "celery",
    ),
    _extension(
        "Flask-RQ, Huey or APScheduler",
        "the same queue without Flask around it",
        TASKS,
        "flask_rq2",
        "flask_rq",
        "flask_apscheduler",
        "flask_executor",
        "huey",
    ),
    _extension(
        "Flask-Babel",
        "Babel itself, and a dependency that chooses the language",
        API,
        "flask_babel",
        "flask_babelex",
    ),
    _extension(
        "Flask-Admin",
        "SQLAdmin, or the old application mounted at its path",
        OPERATIONS,
        "flask_admin",
        "flask_appbuilder",
    ),
    _extension(
        "Flask-SocketIO",
        "python-socketio's `ASGIApp`, or WebSockets of FastAPI",
        API,
        "flask_socketio",
        "flask_sock",
        "flask_sockets",
    ),
    _extension(
        "Flask-RESTful",
        "one function for each method; `reqparse` becomes parameters",
        API,
        "flask_restful",
        "flask_restx",
        "flask_restplus",
    ),
    _extension(
        "APIFairy",
        "FastAPI's own parameters and response models",
        API,
        "apifairy",
    ),
    _extension(
        "apispec or a Swagger extension",
        "nothing: FastAPI describes itself",
        API,
        "apispec",
        "apispec_webframeworks",
        "flask_apispec",
        "flasgger",
        "flask_swagger_ui",
        "flask_openapi3",
        "spectree",
    ),
    _extension(
        "Flask-Smorest or APIFlask",
        "FastAPI's own parameters and response models",
        API,
        "flask_smorest",
        "apiflask",
        "webargs",
    ),
    _extension(
        "Flask-Uploads or Flask-Reuploaded",
        "`UploadFile`, and a store behind a dependency",
        API,
        "flask_uploads",
        "flask_dropzone",
    ),
    _extension(
        "Flask-PyMongo or MongoEngine",
        "PyMongo's asynchronous client, behind a dependency",
        DATABASE,
        "flask_pymongo",
        "flask_mongoengine",
        "mongoengine",
    ),
    _extension(
        "Flask-Redis",
        "`redis.asyncio`, behind a dependency",
        "performance",
        "flask_redis",
    ),
    _extension(
        "GraphQL for Flask",
        "Strawberry or Graphene with an ASGI application",
        API,
        "flask_graphql",
        "graphql_server.flask",
        "ariadne",
    ),
    _extension(
        "Flask-DebugToolbar",
        "nothing, or a profiler as middleware",
        "performance",
        "flask_debugtoolbar",
        "flask_profiler",
    ),
    _extension(
        "Sentry's or Prometheus's integration for Flask",
        "the same product's integration for ASGI",
        OPERATIONS,
        "sentry_sdk.integrations.flask",
        "prometheus_flask_exporter",
        "flask_prometheus_metrics",
        "opentelemetry.instrumentation.flask",
        severity=Severity.REWRITE,
    ),
    _extension(
        "Flask-Moment, Flask-Bootstrap or other helpers of templates",
        "the script or macro itself, in the templates",
        API,
        "flask_moment",
        "flask_bootstrap",
        "bootstrap_flask",
        "flask_assets",
        "flask_pagedown",
        "flask_ckeditor",
        "flask_gravatar",
        "flask_paginate",
    ),
    _extension(
        "Flask-Classful or Flask-Classy",
        "one function for each method",
        API,
        "flask_classful",
        "flask_classy",
    ),
    _extension(
        "Quart's or another framework's variant",
        "FastAPI's own way",
        API,
        "quart",
        "connexion",
    ),
)
# An extension that no line above knows.
OTHER = Kind(
    "extension.other",
    Severity.HAND,
    "uses an extension that this program does not know",
    "a library without Flask that does the same",
    "technical_architecture",
)
