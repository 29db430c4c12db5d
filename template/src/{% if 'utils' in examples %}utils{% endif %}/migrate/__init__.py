"""Help to move a Flask application to FastAPI.

`python -m src.utils.migrate analyse PATH` reads an application, imports
nothing of it, and tells what it holds: every route, everything of Flask and
of its extensions that it uses and what that becomes, and which routes a
program can convert without a hand. `convert PATH --output DIR` writes a copy
of the application that FastAPI serves, and that answers as the application
does. `verify OLD NEW` runs both, and tells what they answer differently.
"""

from .analysing import analyse
from .convert import Conversion, convert
from .discovery import MigrateError
from .reports import Report

__all__ = ["Conversion", "MigrateError", "Report", "analyse", "convert"]
