"""The versions of installed packages, which decide what a build writes."""

from __future__ import annotations

import sys
from collections.abc import Collection
from functools import cache
from pathlib import Path


def versions(packages: Collection[str]) -> dict[str, str]:
    """Return the versions of packages by name; one that is not installed is missing.

    They are read from the names of the packages' records (PyPA specifications, "Recording
    installed projects"): to parse the records takes longer than all else when nothing is to do.
    """
    found = _installed()
    return {name: found[name] for name in sorted(packages) if name in found}


@cache
def _installed() -> dict[str, str]:
    found: dict[str, str] = {}
    for directory in sys.path:
        for record in Path(directory).glob("*.dist-info"):
            name, _, version = record.stem.partition("-")
            found.setdefault(name.replace("_", "-").lower(), version)
    return found
