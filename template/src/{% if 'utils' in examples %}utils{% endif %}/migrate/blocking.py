"""Calls that block: harmless in `def`, and not in `async def`."""

from fnmatch import fnmatchcase
from functools import cache

from ..blocking import BLOCKING
from .findings import Kind, Severity

BLOCKS = Kind(
    "blocking",
    Severity.KEEP,
    "blocks its thread",
    "the same in a `def` view, which runs in a thread",
    "performance",
)
BLOCKS_LOOP = Kind(
    "blocking.async",
    Severity.HAND,
    "blocks the loop that its coroutine runs in",
    "an asynchronous call, or `def` in place of `async def`",
    "performance",
)
PATTERNS = (
    *BLOCKING,
    "requests.session",
    "urllib3.PoolManager().*",
    "paramiko.*",
    "stripe.*.*",
    "twilio.rest.Client().*",
    "boto3.resource().*",
    "elasticsearch.Elasticsearch().*",
    "PIL.Image.open",
    "pandas.read_*",
)
_ROOTS = frozenset(pattern.partition(".")[0] for pattern in PATTERNS)


@cache
def blocks(name: str) -> bool:
    """Return whether a call of this name blocks."""
    plain = name.removeprefix("builtins.")
    if plain.partition(".")[0] not in _ROOTS:
        return False
    return any(fnmatchcase(plain, pattern) for pattern in PATTERNS)
