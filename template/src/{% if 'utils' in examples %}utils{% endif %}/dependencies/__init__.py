"""The map of a Flask application: what it holds, and what needs what.

It is made from the source by reading it; nothing of it is imported or run.

`python -m src.utils.dependencies PATH` tells, for each module, its routes
with their blueprints, hooks and error handlers, the modules that it needs,
the extensions, globals, templates, tables and tasks that it uses, and the
configuration that it reads, and in which order the modules can be moved.
"""

from .facts import Map, Part
from .mapping import make_map
from .reading import MapError

__all__ = ["Map", "MapError", "Part", "make_map"]
