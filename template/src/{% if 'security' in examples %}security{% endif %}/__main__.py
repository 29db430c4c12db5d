"""Show passwords and tokens being accepted and refused."""

import secrets
import sys
import time
from collections.abc import Callable

from .passwords import hash_password, verify_password
from .tokens import InvalidToken, Signer


def _passwords() -> dict[str, bool]:
    stored = hash_password("correct horse battery staple")
    return {
        "the right password is accepted": verify_password(
            "correct horse battery staple",
            stored,
        ),
        "a near miss is refused": not verify_password(
            "correct horse battery stable",
            stored,
        ),
    }


def _is_refused(check: Callable[[], object]) -> bool:
    try:
        check()
    except InvalidToken:
        return True
    return False


# region: tokens
def _tokens() -> dict[str, bool]:
    secret = secrets.token_bytes(32)
    session = Signer(secret, "session")
    address = Signer(secret, "confirm-address")
    now = int(time.time())
    token = session.sign({"user": "ada"}, expires=now + 3600)
    changed = f"A{token[1:]}"
    claims = session.verify(token, now=now)
    return {
        "a token gives back its claims": claims == {"user": "ada"},
        "a changed token is refused": _is_refused(
            lambda: session.verify(changed, now=now),
        ),
        "a token for another purpose is refused": _is_refused(
            lambda: address.verify(token, now=now),
        ),
        "an old token is refused": _is_refused(
            lambda: session.verify(token, now=now + 3600),
        ),
    }


# endregion


def main() -> int:
    """Print what holds; return 1 if anything does not."""
    claims = {**_passwords(), **_tokens()}
    for claim, holds in claims.items():
        print(f"{'ok' if holds else 'FAILED':7}{claim}")
    return 0 if all(claims.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
