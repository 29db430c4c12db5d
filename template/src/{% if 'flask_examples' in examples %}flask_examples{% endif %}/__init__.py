"""A catalogue of books over HTTP, written with Flask.

`python -m src.flask_examples` serves it on this machine;
`python -m src.flask_examples --check` talks to it and compares every answer.
"""

from .app import create_app

__all__ = ["create_app"]
