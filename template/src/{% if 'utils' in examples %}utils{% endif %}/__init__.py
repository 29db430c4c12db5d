"""Helpers for whoever measures: time a call, time a web address.

`python -m src.utils http://127.0.0.1:8000/books` times a running example.
"""

from .timing import Timings, measure

__all__ = ["Timings", "measure"]
