"""Two small pieces of security that need nothing but Python itself.

`python -m src.security` shows passwords and tokens being accepted and refused.
"""

from .passwords import hash_password, needs_rehash, verify_password
from .tokens import InvalidToken, Signer

__all__ = [
    "InvalidToken",
    "Signer",
    "hash_password",
    "needs_rehash",
    "verify_password",
]
