"""Telling what was found: to people, to programs, to code scanners and to GitHub."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from urllib.parse import quote

import msgspec

from tools.build_scripts.book import Problem
from tools.validation.findings import Fixable, severity
from tools.validation.rules import RULES, Severity

SARIF_LEVELS: Mapping[Severity, str] = {"error": "error", "warning": "warning", "remark": "note"}
# https://docs.github.com/actions/reference/workflow-commands-for-github-actions
GITHUB_COMMANDS: Mapping[Severity, str] = {
    "error": "error",
    "warning": "warning",
    "remark": "notice",
}


def text(problems: Sequence[Problem]) -> str:
    """Return a line for each problem, as editors and terminals make links of it."""
    return "\n".join(f"{_place(problem)}: {_told(problem)}" for problem in problems)


def _place(problem: Problem) -> str:
    if problem.line is None:
        return problem.path
    return f"{problem.path}:{problem.line}:{problem.column or 1}"


def _told(problem: Problem) -> str:
    kind = " (a remark)" if severity(problem) == "remark" else ""
    return f"{problem.rule}: {problem.message}{kind}"


def json(problems: Sequence[Problem]) -> str:
    """Return the problems as JSON: `{"findings": […]}`, in the order of the text."""
    found = [
        {
            "rule": problem.rule,
            "severity": severity(problem),
            "path": problem.path,
            "line": problem.line,
            "column": problem.column,
            "message": problem.message,
            "fix": (
                {"old": problem.old, "new": problem.new} if isinstance(problem, Fixable) else None
            ),
        }
        for problem in problems
    ]
    return msgspec.json.format(msgspec.json.encode({"findings": found}), indent=2).decode()


def sarif(problems: Sequence[Problem]) -> str:
    """Return the problems as SARIF 2.1.0 (OASIS), which GitHub and editors read."""
    rules = [
        {
            "id": rule.id,
            "shortDescription": {"text": rule.asks},
            "defaultConfiguration": {"level": SARIF_LEVELS[rule.severity]},
        }
        for rule in RULES
    ]
    log = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": {"name": "validate_book", "rules": rules}},
                "columnKind": "unicodeCodePoints",
                "results": [_sarif_result(problem) for problem in problems],
            }
        ],
    }
    return msgspec.json.format(msgspec.json.encode(log), indent=2).decode()


def _sarif_result(problem: Problem) -> dict[str, object]:
    place: dict[str, object] = {"artifactLocation": {"uri": quote(problem.path)}}
    if problem.line is not None:
        place["region"] = {"startLine": problem.line, "startColumn": problem.column or 1}
    return {
        "ruleId": problem.rule,
        "level": SARIF_LEVELS[severity(problem)],
        "message": {"text": problem.message},
        "locations": [{"physicalLocation": place}],
    }


def github(problems: Sequence[Problem]) -> str:
    """Return the problems as commands that GitHub's runners show beside the lines."""
    return "\n".join(map(_github_command, problems))


def _github_command(problem: Problem) -> str:
    values = {"file": problem.path}
    if problem.line is not None:
        values |= {"line": str(problem.line), "col": str(problem.column or 1)}
    values["title"] = problem.rule
    properties = ",".join(f"{name}={_property(value)}" for name, value in values.items())
    return f"::{GITHUB_COMMANDS[severity(problem)]} {properties}::{_data(problem.message)}"


def _data(value: str) -> str:
    return value.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(value: str) -> str:
    return _data(value).replace(":", "%3A").replace(",", "%2C")


FORMATS: Mapping[str, Callable[[Sequence[Problem]], str]] = {
    "text": text,
    "json": json,
    "sarif": sarif,
    "github": github,
}
