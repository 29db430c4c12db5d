"""Where pictures, fonts and data come from: assets/sources.yml, which the author writes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

import yaml

from tools.build_scripts.book import Problem

FILE = "assets/sources.yml"
OWN = "own"
FIELDS = ("source", "author", "license")
FORM = f"write `{OWN}`, or {', '.join(FIELDS[:-1])} and {FIELDS[-1]} below it"


@dataclass(frozen=True)
class Origin:
    """Where something comes from.

    Attributes:
        pattern: the path that the entry is for, relative to the book's root; `*` is anything.
        line: where the entry begins, from 1.
        source: an address or words; `own` for what the book's authors made.
        author: who made it; None for what is own.
        license: what allows its use; None when that is the licence of the book.
    """

    pattern: str
    line: int
    source: str
    author: str | None = None
    license: str | None = None

    @property
    def is_own(self) -> bool:
        """Say whether the book's authors made it."""
        return self.source == OWN


@dataclass(frozen=True)
class Origins:
    """What the file says, and what is wrong with it."""

    entries: tuple[Origin, ...] = ()
    problems: tuple[Problem, ...] = ()

    def of(self, path: str) -> Origin | None:
        """Return where a file comes from: by its path, else by the first pattern that fits."""
        exact = (entry for entry in self.entries if entry.pattern == path)
        fitting = (entry for entry in self.entries if fnmatchcase(path, entry.pattern))
        return next(exact, None) or next(fitting, None)


def read(root: Path) -> Origins:
    """Read the file; a book without one has no entries."""
    try:
        text = (root / FILE).read_text(encoding="utf-8-sig")
        document = yaml.compose(text, Loader=yaml.SafeLoader)
    except FileNotFoundError:
        return Origins()
    except (OSError, UnicodeDecodeError) as error:
        return Origins(problems=(Problem(FILE, None, f"cannot be read: {error}."),))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        # What is missing at the end is told at the last line.
        line = min(mark.line + 1, len(text.splitlines())) if mark else None
        return Origins(problems=(Problem(FILE, line, f"is not YAML: {error.problem}."),))
    except yaml.YAMLError as error:
        return Origins(problems=(Problem(FILE, None, f"is not YAML: {error}."),))
    if document is None:
        return Origins()
    if not isinstance(document, yaml.MappingNode):
        message = "is no list of paths; its head shows how to write one."
        return Origins(problems=(Problem(FILE, document.start_mark.line + 1, message),))
    found = list(_entries(document))
    return Origins(
        tuple(entry for entry in found if isinstance(entry, Origin)),
        tuple(problem for problem in found if isinstance(problem, Problem)),
    )


def _entries(document: yaml.MappingNode) -> Iterator[Origin | Problem]:
    seen: set[str] = set()
    for key, value in document.value:
        line = key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode):
            yield Problem(FILE, line, "an entry begins with a path.")
        elif key.value in seen:
            yield Problem(FILE, line, f"there are two entries for {key.value}; delete one of them.")
        else:
            seen.add(key.value)
            yield _entry(key.value, line, value)


def _entry(path: str, line: int, node: yaml.Node) -> Origin | Problem:
    if isinstance(node, yaml.ScalarNode):
        if node.value == OWN:
            return Origin(path, line, OWN)
        return Problem(FILE, line, f"'{node.value}' does not say where {path} comes from; {FORM}.")
    fields: dict[str, str] = {}
    for key, value in node.value if isinstance(node, yaml.MappingNode) else ():
        is_text = isinstance(key, yaml.ScalarNode) and isinstance(value, yaml.ScalarNode)
        if not is_text or key.value not in FIELDS:
            place = key.start_mark.line + 1
            return Problem(FILE, place, f"the entry for {path} has something unknown here; {FORM}.")
        fields[key.value] = value.value.strip()
    needed = ("source",) if fields.get("source") == OWN else FIELDS
    missing = [name for name in needed if not fields.get(name)]
    if missing:
        names = " and no ".join(missing)
        return Problem(FILE, line, f"the entry for {path} has no {names}; {FORM}.")
    return Origin(path, line, fields["source"], fields.get("author"), fields.get("license"))
