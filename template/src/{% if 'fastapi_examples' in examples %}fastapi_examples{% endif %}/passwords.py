"""The passwords that Werkzeug hashed, checked and hashed without it.

`scrypt:32768:8:1$salt$hash`: nobody has to choose a new password because
the framework changed. Hashing is costly on purpose: it belongs in a
thread, or it would hold up every other request.
"""

import hashlib
import hmac
import secrets

from anyio import to_thread


# region: scrypt
def _hash(method: str, salt: str, password: str) -> str:
    name, *costs = method.split(":")
    if name != "scrypt":
        raise ValueError(f"passwords hashed by {name} are not known here")
    n, r, p = map(int, costs)
    return hashlib.scrypt(
        password.encode(),
        salt=salt.encode(),
        n=n,
        r=r,
        p=p,
        maxmem=132 * n * r * p,
    ).hex()


# endregion


# region: check-password
def _new(password: str, method: str) -> str:
    salt = secrets.token_hex(8)
    return f"{method}${salt}${_hash(method, salt, password)}"


def _matches(stored: str, password: str) -> bool:
    method, salt, expected = stored.split("$")
    return hmac.compare_digest(_hash(method, salt, password), expected)


async def hash_password(password: str, method: str) -> str:
    """Return what is kept in place of a password."""
    return await to_thread.run_sync(_new, password, method)


async def check_password(stored: str, password: str) -> bool:
    """Return whether this is the password."""
    return await to_thread.run_sync(_matches, stored, password)


# endregion
