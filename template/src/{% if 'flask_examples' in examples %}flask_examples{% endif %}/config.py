"""What differs between machines: read from the environment, or given."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flask import Flask


# region: defaults
class Defaults:
    """The settings of a developer's machine; SHOP_… variables win."""

    DATABASE_URL = "sqlite:///shop.sqlite3"
    SECRET_KEY = "for development only"
    # Where covers are kept.
    MEDIA = "media"
    # Uploads, and bodies of any kind, may not be larger.
    MAX_CONTENT_LENGTH = 256 * 1024
    # The cost of a password: memory-hard, as OWASP asks.
    PASSWORD_HASH = "scrypt:32768:8:1"
    # The service that knows what a parcel costs.
    SHIPPING_URL = "http://127.0.0.1:9800"
    SHIPPING_TIMEOUT = 2.0
    # Without a broker, tasks run at once and in this process.
    BROKER_URL = ""
    # A session cookie is sent along from other sites' links, but not
    # from their forms: that is what stands against forged requests here.
    SESSION_COOKIE_SAMESITE = "Lax"
    REMEMBER_COOKIE_HTTPONLY = True
    REMEMBER_COOKIE_SAMESITE = "Lax"


# endregion


# region: driver
def with_driver(url: str) -> str:
    """Return the URL with the driver that the shop brings along."""
    scheme, _, rest = url.partition("://")
    if scheme in {"postgres", "postgresql"}:
        return f"postgresql+psycopg://{rest}"
    return url


# endregion


# region: configure
def configure(app: Flask, settings: Mapping[str, Any]) -> None:
    """Fill `app.config`: defaults, then the environment, then `settings`."""
    app.config.from_object(Defaults)
    app.config.from_prefixed_env("SHOP")
    app.config.from_mapping(settings)
    url = with_driver(app.config["DATABASE_URL"])
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    broker = app.config["BROKER_URL"]
    app.config["CELERY"] = {
        "broker_url": broker or "memory://",
        "task_always_eager": not broker,
        "task_ignore_result": True,
    }
    # Flask looks for a relative file in its instance folder; covers are
    # to be beside the database, where the command was started.
    app.config["MEDIA"] = Path(app.config["MEDIA"]).resolve()


# endregion
