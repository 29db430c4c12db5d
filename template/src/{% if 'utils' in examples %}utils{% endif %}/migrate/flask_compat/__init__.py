"""Flask's answers on FastAPI: an application, blueprints, and rules to drop.

`Application` is a FastAPI application whose routes are answered as Flask
answers them. Flask and Werkzeug stay behind it as the library that knows how.
When nothing of Flask is left in an application, this package goes too.
"""

from .application import Application as Application
from .blueprints import Blueprint as Blueprint
from .context import *  # noqa: F403
from .rules import Rules as Rules
