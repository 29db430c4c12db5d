"""What can be found in a Flask application, and how hard each thing is."""

from dataclasses import dataclass
from enum import IntEnum


# region: severity
class Severity(IntEnum):
    """How much work a finding is; a higher one is more."""

    # It stays as it is.
    KEEP = 0
    # There is one replacement, and a program can write it.
    REWRITE = 1
    # A person has to decide, or to write what takes its place.
    HAND = 2
    # It depends on running the code: reading cannot tell what it does.
    UNKNOWN = 3


# What a route may hold and still be converted without a hand.
LIMIT = Severity.REWRITE
# How much a finding weighs when two blueprints are compared: no hours.
WEIGHTS = {
    Severity.KEEP: 0,
    Severity.REWRITE: 1,
    Severity.HAND: 5,
    Severity.UNKNOWN: 8,
}
# endregion


@dataclass(frozen=True)
class Kind:
    """A kind of finding.

    Attributes:
        id: its name in reports, such as "request.args".
        severity: how much work it is.
        what: what was found, in words.
        becomes: what takes its place.
        chapter: the id of the chapter that explains it.
        names: what marks it: dotted names, which stand for all below them.
    """

    id: str
    severity: Severity
    what: str
    becomes: str
    chapter: str
    names: tuple[str, ...] = ()


@dataclass(frozen=True, order=True)
class Finding:
    """Something in the application that the migration has to do with.

    Attributes:
        file: the file, relative to what was analysed.
        line: the line, from 1; 0 stands for the file as a whole.
        kind: the name of its kind, such as "request.args".
        what: what was found.
        becomes: what takes its place.
        severity: how much work it is.
        chapter: the id of the chapter that explains it.
        where: the function that it stands in, or an empty text.
    """

    file: str
    line: int
    kind: str
    what: str
    becomes: str
    severity: Severity
    chapter: str
    where: str = ""


def found(
    kind: Kind,
    file: str,
    line: int,
    where: str = "",
    detail: str = "",
) -> Finding:
    """Return a finding of a kind, with what is special about it."""
    what = f"{kind.what}: {detail}" if detail else kind.what
    severity, chapter = kind.severity, kind.chapter
    return Finding(
        file, line, kind.id, what, kind.becomes, severity, chapter, where
    )
