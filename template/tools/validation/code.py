"""Code that stands in the text of chapters: can it be parsed, and should it stand there?"""

from __future__ import annotations

import ast
import json
import re
import textwrap
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from xml.parsers import expat

import yaml

from tools.build_scripts.book import Problem
from tools.build_scripts.listings import attributes_of
from tools.build_scripts.source import Fence, Source
from tools.build_scripts.toml import tomllib
from tools.validation.context import Context

# `{.python .invalid}` says that the code is wrong on purpose, `{.python .snippet}` that it is to
# stand in the text.
ON_PURPOSE = ".invalid"
SNIPPET = ".snippet"
# Shorter pieces are easier to read where they are.
MANY_LINES = 8


@dataclass(frozen=True)
class Fault:
    """Why code cannot be parsed, and in which of its lines, from 1, where that is known."""

    line: int | None
    message: str


def _python(code: str) -> Fault | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(code)
    except SyntaxError as error:
        return Fault(error.lineno, error.msg)
    except ValueError as error:
        return Fault(None, str(error))
    return None


def _json(code: str) -> Fault | None:
    try:
        json.loads(code)
    except json.JSONDecodeError as error:
        return Fault(error.lineno, error.msg)
    return None


def _yaml(code: str) -> Fault | None:
    try:
        for _ in yaml.compose_all(code, Loader=yaml.SafeLoader):
            pass
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        return Fault(mark.line + 1 if mark else None, str(error.problem))
    except yaml.YAMLError as error:
        return Fault(None, " ".join(str(error).split()))
    return None


def _toml(code: str) -> Fault | None:
    try:
        tomllib.loads(code)
    except tomllib.TOMLDecodeError as error:
        return Fault(None, str(error))
    return None


def _xml(code: str) -> Fault | None:
    try:
        expat.ParserCreate().Parse(code, True)
    except expat.ExpatError as error:
        return Fault(error.lineno, expat.errors.messages[error.code])
    return None


PYTHON = ("python", "py")
PARSERS: Mapping[str, Callable[[str], Fault | None]] = {
    **dict.fromkeys(PYTHON, _python),
    "json": _json,
    "yaml": _yaml,
    "yml": _yaml,
    "toml": _toml,
    "xml": _xml,
}


def code(context: Context) -> Iterator[Problem]:
    """Yield the listings in the text that cannot be parsed."""
    for text in context.survey.sources.values():
        for fence in text.fences:
            fault = _fault(text, fence)
            if fault is not None:
                message = (
                    f"this is no {fence.language}: {fault.message}; mend it, or write "
                    f"{{.{fence.language} {ON_PURPOSE}}} where it is wrong on purpose."
                )
                yield Problem(text.name, fence.line + (fault.line or 0), message, "code")


def _fault(text: Source, fence: Fence) -> Fault | None:
    parse = PARSERS.get(fence.language)
    if parse is None or not _is_written_here(fence) or _has_class(fence, ON_PURPOSE):
        return None
    code = text.code_of(fence)
    if code.lstrip().startswith(">>>"):
        return None
    return parse(textwrap.dedent(code))


def _is_written_here(fence: Fence) -> bool:
    return not fence.is_empty and not attributes_of(fence.info).keys() & {"include", "output"}


def _has_class(fence: Fence, name: str) -> bool:
    return name in re.split(r"[\s{}]+", fence.info)


def pasted(context: Context) -> Iterator[Problem]:
    """Yield the long pieces of Python in chapters that are said to be reviewed or done."""
    for text in context.survey.sources.values():
        if text.front_matter.status not in ("reviewed", "done"):
            continue
        for fence in text.fences:
            if fence.language not in PYTHON or not _is_written_here(fence):
                continue
            if _has_class(fence, ON_PURPOSE) or _has_class(fence, SNIPPET):
                continue
            many = sum(bool(line.strip()) for line in text.code_of(fence).split("\n"))
            if many >= MANY_LINES:
                message = (
                    f"no test runs these {many} lines of Python; move them to src/ and show them "
                    f"by include=, or write {{.python {SNIPPET}}}."
                )
                yield Problem(text.name, fence.line, message, "pasted")
