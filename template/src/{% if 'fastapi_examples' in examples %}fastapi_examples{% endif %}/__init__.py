"""The same book shop, written with FastAPI: every answer is the same.

`python -m src.fastapi_examples` serves it on this machine with some books;
`python -m src.fastapi_examples --check` starts it, shops in it, and stops.
`python -m src.fastapi_examples.cli --help` lists its commands.
"""

from .app import create_app
from .settings import Settings

__all__ = ["Settings", "create_app"]
