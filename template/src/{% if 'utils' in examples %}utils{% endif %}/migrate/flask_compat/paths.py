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


def to_path(rule: str) -> str | None:
    """Write a rule of Werkzeug as a path of FastAPI.

    Arguments:
        rule: For example `/notes/<int:note_id>`.

    Returns:
        For example `/notes/{note_id:int}`. None if FastAPI cannot say
        it: arguments of a converter, or one that Starlette does not have.
    """
    if "{" in rule or "}" in rule:
        return None
    variables = list(RULE_VARIABLE.finditer(rule))
    if any(not _can_be_said(variable) for variable in variables):
        return None
    path = shown_path(rule)
    return None if "<" in path or ">" in path else path


def _can_be_said(variable: re.Match[str]) -> bool:
    if variable["arguments"]:
        return False
    converter = variable["converter"] or "default"
    return converter in CONVERTERS or converter in ("string", "default")


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
