"""Tokens that a client may carry about but cannot change."""

import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


class InvalidToken(ValueError):
    """The token is not ours, was changed, or is too old."""


def _encode(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


# region: signer
@dataclass(frozen=True)
class Signer:
    """Signs and checks tokens for one purpose.

    The purpose is part of what is signed: a token that confirms an address
    does not open a session, though both come from the same secret.
    """

    secret: bytes = field(repr=False)
    purpose: str

    def __post_init__(self) -> None:
        """Refuse a secret that could be guessed."""
        if len(self.secret) < 32:
            raise ValueError("a secret has 32 random bytes or more")

    def _signature(self, payload: str) -> str:
        message = f"{self.purpose}:{payload}".encode()
        return _encode(hmac.digest(self.secret, message, "sha256"))

    def sign(self, claims: Mapping[str, Any], *, expires: int) -> str:
        """Return a token that is good until `expires`, in Unix seconds."""
        body = json.dumps({"claims": claims, "expires": expires})
        payload = _encode(body.encode())
        return f"{payload}.{self._signature(payload)}"

    def verify(self, token: str, *, now: float) -> dict[str, Any]:
        """Return the claims of a token, or raise InvalidToken."""
        if not token.isascii():
            raise InvalidToken("a token is ASCII text")
        payload, _, signature = token.partition(".")
        expected = self._signature(payload)
        if not hmac.compare_digest(signature, expected):
            raise InvalidToken("the signature does not fit")
        # Only now is the payload known to be what `sign` has written.
        body = json.loads(_decode(payload))
        if now >= body["expires"]:
            raise InvalidToken("the token has expired")
        claims: dict[str, Any] = body["claims"]
        return claims


# endregion
