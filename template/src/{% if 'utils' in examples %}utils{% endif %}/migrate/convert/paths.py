"""Flask's rules in FastAPI's syntax for paths."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

# What Werkzeug 3.1 takes for a variable of a rule (`routing/rules.py`).
VARIABLE = re.compile(
    r"<(?:(?P<converter>[a-zA-Z_][a-zA-Z0-9_]*)"
    r"(?:\((?P<arguments>.*?)\))?:)?"
    r"(?P<name>[a-zA-Z_][a-zA-Z0-9_]*)>",
)
# Werkzeug's converters that a path can name, and how.
IN_PATHS = {
    "default": "",
    "string": "",
    "int": ":int",
    "float": ":float",
    "path": ":path",
    "uuid": ":uuid",
}


@dataclass(frozen=True)
class Variable:
    """A variable of a rule.

    Attributes:
        name: what the view calls it.
        converter: the name of its converter.
        arguments: what the converter is given, as it is written.
    """

    name: str
    converter: str
    arguments: str

    @property
    def is_plain(self) -> bool:
        """Return whether FastAPI's syntax can say it."""
        return self.converter in IN_PATHS and not self.arguments


def variables(rule: str) -> Iterator[Variable]:
    """Yield the variables of a rule."""
    for match in VARIABLE.finditer(rule):
        yield Variable(
            match["name"],
            match["converter"] or "default",
            match["arguments"] or "",
        )


def is_plain(rule: str) -> bool:
    """Return whether FastAPI's syntax can say a rule."""
    return all(variable.is_plain for variable in variables(rule))


def can_be_said(text: str) -> bool:
    """Return whether a rule leaves no sign that a path takes otherwise."""
    return not set("{}<>").intersection(VARIABLE.sub("", text))


def as_path(text: str, *, escaped: bool = False) -> str:
    """Return a rule, or a part of one, as a path.

    Args:
        text: the rule; what is no variable stays as it is.
        escaped: whether braces are written twice, as in an f-string.
    """
    start, end = ("{{", "}}") if escaped else ("{", "}")

    def said(match: re.Match[str]) -> str:
        converter = match["converter"] or "default"
        suffix = IN_PATHS.get(converter, "") if not match["arguments"] else ""
        return f"{start}{match['name']}{suffix}{end}"

    return VARIABLE.sub(said, text)
