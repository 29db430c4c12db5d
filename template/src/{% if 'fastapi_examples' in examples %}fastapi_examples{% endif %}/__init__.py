"""A catalogue of books over HTTP, written with FastAPI.

`python -m src.fastapi_examples` serves it on this machine;
`python -m src.fastapi_examples --check` talks to it and compares every answer.
"""

from .app import create_app

__all__ = ["create_app"]
