"""Patterns for programs that wait for many things at once.

They are built on anyio, which gives Python 3.10 the task groups and
deadlines that asyncio has had since 3.11, and on which FastAPI runs as well.
`python -m src.async_patterns` shows each of them at work.
"""

from .patterns import first_answer, map_limited, within

__all__ = ["first_answer", "map_limited", "within"]
