"""A small book shop, written with Flask as it is written today.

`python -m src.flask_examples` serves it on this machine with some books;
`python -m src.flask_examples --check` starts it, shops in it, and stops.
`flask --app src.flask_examples --help` lists its commands.
"""

from .app import close_app, create_app

__all__ = ["close_app", "create_app"]
