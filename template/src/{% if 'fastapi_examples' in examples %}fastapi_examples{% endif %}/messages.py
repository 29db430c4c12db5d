"""Pydantic's reasons in the words that Marshmallow has for them.

Clients show these messages, and some look for them: they are part of what
the shop answers, and stay when the library behind them goes.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

# region: messages
MESSAGES = {
    "missing": "Missing data for required field.",
    "extra_forbidden": "Unknown field.",
    "string_type": "Not a valid string.",
    "int_type": "Not a valid integer.",
    "list_type": "Not a valid list.",
    "model_type": "Invalid input type.",
    "model_attributes_type": "Invalid input type.",
    "string_too_short": "Shorter than minimum length {min_length}.",
    "string_too_long": "Longer than maximum length {max_length}.",
    "too_short": "Shorter than minimum length {min_length}.",
    "too_long": "Longer than maximum length {max_length}.",
    "greater_than_equal": "Must be greater than or equal to {ge}.",
    "less_than_equal": "Must be less than or equal to {le}.",
    "string_pattern_mismatch": "String does not match expected pattern.",
}
# endregion

BODY_ERRORS = {"missing", "model_type", "model_attributes_type"}


def is_no_object(reason: Mapping[str, Any]) -> bool:
    """Return whether the body itself is missing or of a wrong kind."""
    here = tuple(reason["loc"]) in {(), ("body",)}
    return here and reason["type"] in BODY_ERRORS


# region: message-of
def message_of(reason: Mapping[str, Any]) -> str:
    """Return Marshmallow's message for one of Pydantic's reasons."""
    kind, context = reason["type"], reason.get("ctx", {})
    if reason["input"] is None and kind != "missing":
        return "Field may not be null."
    if kind == "literal_error":
        choices = re.findall("'([^']*)'", context["expected"])
        return f"Must be one of: {', '.join(choices)}."
    template = MESSAGES.get(kind)
    return template.format(**context) if template else str(reason["msg"])


# endregion


# region: errors-of
def _path(reason: Mapping[str, Any]) -> list[str | int]:
    if field := reason.get("ctx", {}).get("field"):
        return [field]
    first, *rest = reason["loc"]
    return rest if first in {"body", "query"} else [first, *rest]


def _in_order(path: list[str | int]) -> list[str]:
    # Numbers by their size, not by their first digit.
    return [f"{part:04}" if isinstance(part, int) else part for part in path]


def errors_of(reasons: Iterable[Mapping[str, Any]]) -> list[dict[str, str]]:
    """Return the fields that were refused, in the order of their names."""
    found = [(_path(reason), message_of(reason)) for reason in reasons]
    found.sort(key=lambda error: _in_order(error[0]))
    return [
        {"field": ".".join(map(str, path)), "message": message}
        for path, message in found
    ]


# endregion
