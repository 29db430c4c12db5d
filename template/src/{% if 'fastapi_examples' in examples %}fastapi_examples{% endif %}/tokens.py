"""Tokens for programs, which keep no cookies: JWT, signed and short."""

import hashlib
from datetime import datetime, timedelta, timezone

import jwt

ALGORITHM = "HS256"


# region: token
def _key(secret_key: str) -> bytes:
    # A key of its own: what signs cookies must not also sign tokens.
    return hashlib.sha256(b"token|" + secret_key.encode()).digest()


def create_token(user_id: int, secret_key: str, minutes: int) -> str:
    """Return a token that says who the user is, for some minutes."""
    now = datetime.now(timezone.utc)
    claims = {
        "sub": str(user_id),
        "iat": now,
        "exp": now + timedelta(minutes=minutes),
    }
    return jwt.encode(claims, _key(secret_key), ALGORITHM)


def read_token(token: str, secret_key: str) -> int | None:
    """Return the user's number, or None when the token is not good."""
    try:
        claims = jwt.decode(
            token,
            _key(secret_key),
            algorithms=[ALGORITHM],
            options={"require": ["sub", "exp"]},
        )
        return int(claims["sub"])
    except (jwt.InvalidTokenError, ValueError):
        return None


# endregion
