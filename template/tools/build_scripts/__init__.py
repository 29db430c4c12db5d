"""Building the book: website, EPUB, PDF and one Markdown file."""

from importlib.util import find_spec

_NEEDED = ("click", "filelock", "jinja2", "msgspec", "pypandoc", "yaml")

# A module that is missing is one sentence here, and a traceback everywhere else.
_missing = [module for module in _NEEDED if find_spec(module) is None]
if _missing:
    raise SystemExit(
        f"The book's tools need {', '.join(_missing)}; "
        "run: python -m pip install -r requirements/build.txt"
    )
