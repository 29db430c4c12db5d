"""Code that stands in the text of chapters: can it be parsed at all?"""

from __future__ import annotations

import ast
import json
import sys
import textwrap
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from xml.parsers import expat

import yaml

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

from tools.build_scripts.book import Problem
from tools.build_scripts.listings import attributes_of
from tools.build_scripts.source import Fence, Source
from tools.validation.context import Context

# `{.python .invalid}` says that the code is wrong on purpose.
ON_PURPOSE = ".invalid"


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


PARSERS: Mapping[str, Callable[[str], Fault | None]] = {
    "python": _python,
    "py": _python,
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
    is_own = not attributes_of(fence.info).keys() & {"include", "output"}
    if parse is None or not is_own or fence.is_empty or ON_PURPOSE in fence.info.split("}")[0]:
        return None
    code = text.code_of(fence)
    if code.lstrip().startswith(">>>"):
        return None
    return parse(textwrap.dedent(code))
