"""Changing the outline of the book, and bringing the book up to date with its template."""

from importlib.util import find_spec

import tools.build_scripts  # noqa: F401  (says what else is not installed)

_NEEDED = ("copier", "copier_template_extensions")

_missing = [module for module in _NEEDED if find_spec(module) is None]
if _missing:
    raise SystemExit(
        f"Changing the outline needs {', '.join(_missing)}; "
        "run: python -m pip install -r requirements/update.txt"
    )
