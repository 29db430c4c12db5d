"""What a conversion did: routes, files, places, next steps."""

from collections.abc import Iterable
from dataclasses import dataclass

from ..mounting import Route
from .planning import Mark

RULE = (
    "A route is called converted if it answers as before: it is a route of "
    "FastAPI, and `flask_compat` keeps what Flask answers. What is left "
    "still runs, through Flask's own names, unless the reason says "
    "otherwise. What a route stands on is what of Flask and of its "
    "extensions is still used by its view and by what the view calls."
)
LINES = "Lines are those of the application that was read."
REWRITTEN = "rewritten"
KEPT = "kept"
LEFT_OUT = "left out"


@dataclass(frozen=True)
class Converted:
    """A route, and what became of it.

    Attributes:
        route: the route as Flask has it.
        reasons: why it is left; none if it is converted.
        stands_on: kinds of what it still uses of Flask.
        is_coroutine: whether its view became a coroutine.
    """

    route: Route
    reasons: tuple[str, ...]
    stands_on: tuple[str, ...]
    is_coroutine: bool = False

    @property
    def status(self) -> str:
        """Return "converted" or "left"."""
        return "left" if self.reasons else "converted"


@dataclass(frozen=True, order=True)
class Became:
    """A file that is not simply copied.

    Attributes:
        file: the file, relative to the application.
        status: "rewritten", "kept" as it was, or "left out".
        reason: why, unless it is rewritten.
    """

    file: str
    status: str
    reason: str = ""


@dataclass(frozen=True)
class Conversion:
    """All that a conversion did.

    Attributes:
        name: what was converted.
        output: where the result is.
        routes: all routes, each with what became of it.
        files: the files that are not simply copied.
        copied: how many files are copied as they are.
        marks: places with a comment, by file and line.
        steps: what to do next.
    """

    name: str
    output: str
    routes: tuple[Converted, ...]
    files: tuple[Became, ...]
    copied: int
    marks: tuple[Mark, ...]
    steps: tuple[str, ...]

    @property
    def converted(self) -> int:
        """Return how many routes are converted."""
        return sum(not one.reasons for one in self.routes)

    @property
    def share(self) -> str:
        """Return how many routes are converted, in words."""
        if not self.routes:
            return "no routes were found"
        total = len(self.routes)
        percent = 100 * self.converted // total
        return f"{self.converted} of {total} routes converted ({percent} %)"

    @property
    def rewritten(self) -> int:
        """Return how many files are rewritten."""
        return sum(one.status == REWRITTEN for one in self.files)


def by_place(marks: Iterable[Mark]) -> tuple[Mark, ...]:
    """Return marks by file and line, each once."""
    return tuple(
        sorted(
            dict.fromkeys(marks),
            key=lambda mark: (mark.file, mark.line, mark.reason),
        )
    )
