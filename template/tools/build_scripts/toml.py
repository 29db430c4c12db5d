"""The reader of TOML that Python has from 3.11 on, and its twin for the Python before."""

from __future__ import annotations

import sys

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

__all__ = ["tomllib"]
