"""What differs between machines: read from the environment, or given."""

from pathlib import Path

from pydantic_settings import BaseSettings, SettingsConfigDict


# region: settings
class Settings(BaseSettings):
    """The settings of a developer's machine; SHOP_… variables win.

    They are the variables of the Flask shop, so that both can be started
    from one environment. A value that cannot be is refused at the start,
    not when it is first needed.
    """

    model_config = SettingsConfigDict(env_prefix="SHOP_", extra="forbid")

    database_url: str = "sqlite:///shop.sqlite3"
    secret_key: str = "for development only"
    # Where covers are kept.
    media: Path = Path("media")
    # Bodies of any kind may not be larger.
    max_content_length: int = 256 * 1024
    password_hash: str = "scrypt:32768:8:1"
    # The service that knows what a parcel costs.
    shipping_url: str = "http://127.0.0.1:9800"
    shipping_timeout: float = 2.0
    # How long a token may be used.
    token_minutes: int = 15


# endregion


# region: driver
def with_driver(url: str) -> str:
    """Return the URL with a driver that does not block.

    Psycopg 3 is one driver for both worlds; SQLite needs another.
    """
    scheme, _, rest = url.partition("://")
    if scheme in {"postgres", "postgresql"}:
        return f"postgresql+psycopg://{rest}"
    if scheme == "sqlite":
        return f"sqlite+aiosqlite://{rest}"
    return url


# endregion
