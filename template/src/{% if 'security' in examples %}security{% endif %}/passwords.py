"""Keep passwords so that whoever steals the table cannot read them."""

import hashlib
import hmac
import secrets
from base64 import b64decode, b64encode
from dataclasses import dataclass


# region: cost
@dataclass(frozen=True)
class Cost:
    """How much work one guess is: scrypt's n, r and p.

    The default takes 16 MiB and is one of the settings that the OWASP
    password storage cheat sheet gives as equally strong.
    """

    n: int = 2**14
    r: int = 8
    p: int = 5


# endregion

CURRENT = Cost()


def _derive(password: str, salt: bytes, cost: Cost) -> bytes:
    # OpenSSL refuses more than 32 MiB unless it is told how much is wanted.
    memory = 128 * cost.r * (cost.n + cost.p + 2)
    return hashlib.scrypt(
        password.encode(),
        salt=salt,
        n=cost.n,
        r=cost.r,
        p=cost.p,
        maxmem=memory,
        dklen=32,
    )


def _encode(data: bytes) -> str:
    return b64encode(data).decode()


def _parse(stored: str) -> tuple[Cost, bytes, bytes]:
    try:
        scheme, n, r, p, salt, key = stored.split("$")
        if scheme != "scrypt":
            raise ValueError(scheme)
        cost = Cost(int(n), int(r), int(p))
        return cost, b64decode(salt), b64decode(key)
    except ValueError as error:
        raise ValueError("this is not one of our password hashes") from error


# region: hash-password
def hash_password(password: str, cost: Cost = CURRENT) -> str:
    """Return what to store in place of the password."""
    salt = secrets.token_bytes(16)
    key = _derive(password, salt, cost)
    numbers = f"{cost.n}${cost.r}${cost.p}"
    return f"scrypt${numbers}${_encode(salt)}${_encode(key)}"


# endregion


# region: verify-password
def verify_password(password: str, stored: str) -> bool:
    """Return whether this is the password that was stored.

    The comparison takes as long for a near miss as for a wild guess.
    """
    cost, salt, key = _parse(stored)
    return hmac.compare_digest(_derive(password, salt, cost), key)


def needs_rehash(stored: str) -> bool:
    """Return whether to hash again, at today's cost, after a login."""
    cost, _, _ = _parse(stored)
    return cost != CURRENT


# endregion
