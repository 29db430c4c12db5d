"""The applications that are in this book."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from .target import Target

MODULES = ("flask_target", "fastapi_target", "stages_target", "converted_target")


def targets() -> list[Target]:
    """Return every application of the book, called in process and served."""
    found: list[Target] = []
    for name in MODULES:
        if find_spec(f"{__package__}.{name}"):
            found += import_module(f"{__package__}.{name}").TARGETS
    return found
