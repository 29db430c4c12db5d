"""Write a copy of a Flask application that FastAPI serves."""

from .conversions import Conversion
from .converting import convert

__all__ = ["Conversion", "convert"]
