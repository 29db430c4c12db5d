"""Helpers for whoever measures, compares, migrates, or looks for what blocks.

`python -m src.utils http://127.0.0.1:8000/books` times a running example,
`python -m src.utils.compare` shows in what the answers of two applications
differ, `python -m src.utils.blocking` finds calls that block a loop,
`python -m src.utils.dependencies` draws a Flask application as a map, and
`python -m src.utils.migrate` tells what becomes of it in FastAPI.
"""

from .timing import Timings, measure

__all__ = ["Timings", "measure"]
