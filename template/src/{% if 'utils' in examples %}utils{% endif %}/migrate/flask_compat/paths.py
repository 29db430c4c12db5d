"""Paths of FastAPI and rules of Werkzeug, one written as the other.

The table is Werkzeug 3.1's converters that Starlette has as well, and what
the view gets of each.
"""

import re
from uuid import UUID

# The converter in both, and the type of the value.
CONVERTERS: dict[str, type] = {
    "int": int,
    "float": float,
    "path": str,
    "uuid": UUID,
}

RULE_VARIABLE = re.compile(
    r"<(?:(?P<converter>[a-zA-Z_]\w*)(?:\((?P<arguments>.*?)\))?:)?"
    r"(?P<name>[a-zA-Z_]\w*)>"
)
_PATH_VARIABLE = re.compile(
    r"{(?P<name>[a-zA-Z_]\w*)(?::(?P<convertor>[a-zA-Z_]\w*))?}"
)


def to_rule(path: str) -> str:
    """Write a path of FastAPI as a rule of Werkzeug.

    Arguments:
        path: For example `/notes/{note_id:int}`. With a `<` in it, it is
            taken for a rule already.

    Returns:
        For example `/notes/<int:note_id>`.
    """
    if "<" in path:
        return path
    return _PATH_VARIABLE.sub(_rule_variable, path)


def _rule_variable(match: re.Match[str]) -> str:
    name, convertor = match["name"], match["convertor"]
    if convertor is None or convertor == "str":
        return f"<{name}>"
    return f"<{convertor}:{name}>"


def shown_path(rule: str) -> str:
    """Write a rule as a path for OpenAPI, as near as FastAPI can say it.

    Arguments:
        rule: Any rule of Werkzeug.

    Returns:
        The path; a variable of an unknown converter is plain text in it.
    """
    return RULE_VARIABLE.sub(_path_variable, rule)


def _path_variable(match: re.Match[str]) -> str:
    name, converter = match["name"], match["converter"]
    if converter not in CONVERTERS:
        return f"{{{name}}}"
    return f"{{{name}:{converter}}}"
