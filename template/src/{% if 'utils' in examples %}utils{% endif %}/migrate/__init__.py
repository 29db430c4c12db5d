"""Help to move a Flask application to FastAPI.

`python -m src.utils.migrate analyse PATH` reads an application, imports
nothing of it, and tells what it holds: every route, everything of Flask and
of its extensions that it uses and what that becomes, and which routes a
program can convert without a hand. `verify OLD NEW` runs an application and
its conversion, and tells what they answer differently.
"""

from .analysing import analyse
from .discovery import MigrateError
from .reports import Report

__all__ = ["MigrateError", "Report", "analyse"]
