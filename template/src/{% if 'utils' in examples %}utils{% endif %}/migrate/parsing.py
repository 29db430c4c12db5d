"""Parse files with LibCST, and never let one of them end the program.

LibCST's parser is native code: a file that is nested too deeply overflows
its stack, and the process is gone. So Python's own parser, which knows its
limits, sees a file first, and how deep its tree is decides about the rest.
Both work in a thread with a large stack.
"""

import ast
import sys
import threading
import warnings
from collections.abc import Callable
from typing import TypeVar

import libcst as cst

from .discovery import File
from .findings import Finding, Kind, Severity, found

# Deeper code is no code that people write; machines write some.
DEEPEST = 600
# Frames of Python for one level of a tree, with room to spare.
FRAMES = 60
STACK = 512 * 1024 * 1024

SYNTAX = Kind(
    "file.syntax",
    Severity.UNKNOWN,
    "is no Python that this interpreter reads",
    "mend it, then analyse again",
    "troubleshooting",
)
FOREIGN = Kind(
    "file.foreign",
    Severity.UNKNOWN,
    "is Python, but has something that LibCST cannot read",
    "write this place another way, then analyse again",
    "troubleshooting",
)
PYTHON2 = Kind(
    "file.python2",
    Severity.UNKNOWN,
    "is written for Python 2",
    "make it Python 3 first, then analyse again",
    "troubleshooting",
)
ENCODING = Kind(
    "file.encoding",
    Severity.UNKNOWN,
    "is not text in the encoding that it states",
    "store it as UTF-8, then analyse again",
    "troubleshooting",
)
DEEP = Kind(
    "file.deep",
    Severity.UNKNOWN,
    "is nested too deeply to be read safely",
    "break its longest expression into statements, then analyse again",
    "troubleshooting",
)

# What Python 3 says of the statements that only Python 2 has.
PYTHON2_SIGNS = (
    "Missing parentheses in call to",
    "multiple exception types must be parenthesized",
    "leading zeros in decimal integer literals",
    "cannot mix bytes and nonbytes literals",
)
Result = TypeVar("Result")


def parse(file: File, code: bytes) -> cst.Module | Finding:
    """Return the tree of a file, or why there is none."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(code)
    except SyntaxError as error:
        return _refused(file, error)
    except ValueError as error:
        return found(SYNTAX, file.shown, 1, detail=str(error))
    except (RecursionError, MemoryError):
        return found(DEEP, file.shown, 0)
    line = too_deep(tree)
    if line is not None:
        return found(DEEP, file.shown, line)
    try:
        return cst.parse_module(code)
    except cst.ParserSyntaxError as error:
        return found(FOREIGN, file.shown, error.raw_line)
    except UnicodeDecodeError:
        return found(ENCODING, file.shown, 1)


def too_deep(tree: ast.AST) -> int | None:
    """Return the line at which a tree is deeper than allowed, or None."""
    level: list[tuple[ast.AST, int]] = [(tree, 0)]
    for _ in range(DEEPEST):
        level = [
            (child, getattr(child, "lineno", line))
            for node, line in level
            for child in ast.iter_child_nodes(node)
        ]
        if not level:
            return None
    return level[0][1]


def _refused(file: File, error: SyntaxError) -> Finding:
    line = error.lineno or 1
    message = error.msg
    if "codec can't decode" in message or "encoding" in message:
        return found(ENCODING, file.shown, line, detail=message)
    if message.startswith(PYTHON2_SIGNS):
        return found(PYTHON2, file.shown, line)
    return found(SYNTAX, file.shown, line, detail=message)


def with_room(work: Callable[[], Result]) -> Result:
    """Return what a function returns that needs a large stack."""
    results: list[Result] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            results.append(work())
        except BaseException as error:  # handed to the caller below
            errors.append(error)

    stack = threading.stack_size(STACK)
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(DEEPEST * FRAMES)
    try:
        thread = threading.Thread(target=run)
        thread.start()
        thread.join()
    finally:
        sys.setrecursionlimit(limit)
        threading.stack_size(stack)
    if errors:
        raise errors[0]
    return results[0]
