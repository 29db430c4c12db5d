"""Run both sides, ask them the same, and compare what they answer.

OLD is run before NEW and after it. What two runs of OLD have in common at
both times, such as the minute of an hour, NEW had in common with them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from tempfile import TemporaryDirectory

from ...differences import Difference
from ...probe import Answer, Request
from ..discovery import MigrateError
from ..mounting import Route
from . import suites
from .comparing import differences, is_noise, is_spelled_otherwise
from .copies import Copy, copied, packages
from .exchanges import replayed
from .generated import Sent, generated
from .recorded import Recorded, read_recorded
from .results import Exchange, Verification, judged
from .routes import matched, merged
from .servers import Running, Side, errors, serving
from .targets import Source, Target, read

# How often OLD is run again while that explains away differences.
MOST_RUNS = 4
GOOD = range(200, 400)


@dataclass(frozen=True)
class Options:
    """What is compared, and how.

    Attributes:
        old, new: the directories, or single files.
        old_app, new_app: module and name of the applications.
        requests: a file of recorded requests.
        tests: where the tests are; None for those that OLD has.
        no_tests: whether no tests are run.
        ignore: differences that are meant, such as "header etag".
        start_timeout: how many seconds each side may take to start.
        request_timeout: how many seconds an answer may take.
    """

    old: Path
    new: Path
    old_app: str | None = None
    new_app: str | None = None
    requests: Path | None = None
    tests: Path | None = None
    no_tests: bool = False
    ignore: tuple[str, ...] = ()
    start_timeout: float = 30.0
    request_timeout: float = 10.0


@dataclass(frozen=True)
class Asked:
    """What OLD was asked in its first run, and what it answered."""

    routes: tuple[Route, ...]
    sent: tuple[Sent, ...]
    answers: list[Answer]


def verify(options: Options) -> Verification:
    """Compare an application with its conversion.

    Raises:
        MigrateError: they cannot be compared.
    """
    source = read(options.old)
    target = source.target(options.old_app, options.old)
    for path in (options.new, options.tests):
        if path is not None and not path.exists():
            raise MigrateError(f"{path.as_posix()}: there is no such path")
    recorded = None
    if options.requests is not None:
        recorded = read_recorded(options.requests)
    with TemporaryDirectory(
        prefix="verify-", ignore_cleanup_errors=True
    ) as folder:
        return _Work(
            options, source, target, recorded, Path(folder).resolve()
        ).verification()


@dataclass
class _Work:
    """A comparison that is under way, in a folder of its own."""

    options: Options
    source: Source
    target: Target
    recorded: tuple[Recorded, ...] | None
    folder: Path
    copies: int = 0

    @property
    def old(self) -> Side:
        return Side("old", self.options.old.as_posix(), self.target.name)

    @property
    def new(self) -> Side:
        name = self.options.new_app or self.target.name
        return Side("new", self.options.new.as_posix(), name)

    def verification(self) -> Verification:
        """Return what differs: in requests, then in tests."""
        asked = self._first()
        new, wrote = self._replayed(self.new, asked.sent)
        again, known = self._replayed(self.old, asked.sent)
        runs = [asked.answers, again]
        exchanges = self._compared(asked, runs, new)
        while any(one.differences for one in exchanges):
            if len(runs) == MOST_RUNS:
                break
            before = _count(exchanges)
            runs.append(self._replayed(self.old, asked.sent)[0])
            exchanges = self._compared(asked, runs, new)
            if _count(exchanges) == before:
                break
        return Verification(
            f"{self.old.shown} ({self.old.name})",
            f"{self.new.shown} ({self.new.name})",
            len(runs),
            exchanges,
            judged(asked.routes, exchanges),
            self._suite(),
            tuple(error for error in wrote if error not in known),
        )

    def _copy(self, side: Side) -> Copy:
        self.copies += 1
        path = self.options.old if side.kind == "old" else self.options.new
        into = self.folder / f"{side.kind}-{self.copies}"
        whole = self.options.old
        around = packages(whole) if whole.is_dir() else ()
        return copied(path, into, around, Path(self.target.base))

    def _first(self) -> Asked:
        copy = self._copy(self.old)
        with serving(self.old, copy, self.options.start_timeout) as running:
            read = self.source.of(self.target)
            routes = merged(read, running.rules, copy.root)
            if self.recorded is not None:
                sent = matched(self.recorded, routes)
            else:
                sent = generated(routes, self.source.fields, copy.root)
            return Asked(routes, sent, self._asked(running, sent))

    def _replayed(
        self,
        side: Side,
        sent: Sequence[Sent],
    ) -> tuple[list[Answer], tuple[str, ...]]:
        """Return what a side answers, and the errors that it wrote."""
        copy = self._copy(side)
        with serving(side, copy, self.options.start_timeout) as running:
            answers = self._asked(running, sent)
        return answers, errors(running.output)

    def _asked(self, running: Running, sent: Sequence[Sent]) -> list[Answer]:
        def check(request: Request, is_silent: bool) -> None:
            running.check(request.title, is_silent)

        patience = self.options.request_timeout
        return replayed(sent, running.port, patience, check)

    def _compared(
        self,
        asked: Asked,
        runs: Sequence[Sequence[Answer]],
        new: Sequence[Answer],
    ) -> tuple[Exchange, ...]:
        found = []
        for place, sent in enumerate(asked.sent):
            old = [run[place] for run in runs]
            noisy = is_noise(old)
            found.append(
                Exchange(
                    sent.request,
                    sent.route,
                    old[0],
                    new[place],
                    self._meant(differences(sent.request, old, new[place])),
                    sent.proves and not noisy and old[0].status in GOOD,
                    noisy,
                    is_spelled_otherwise(old, new[place]),
                )
            )
        return tuple(found)

    def _meant(
        self,
        found: tuple[Difference, ...],
    ) -> tuple[Difference, ...]:
        """Return the differences that nobody said are meant."""
        return tuple(
            one
            for one in found
            if not any(fnmatchcase(one.what, p) for p in self.options.ignore)
        )

    # Tests ---------------------------------------------------------------

    def _suite(self) -> suites.Suite | None:
        if self.options.no_tests:
            return None
        if self.options.tests is None and not self.source.tests:
            return None
        try:
            return self._ran()
        except MigrateError as error:
            return suites.Suite(problem=str(error))

    def _ran(self) -> suites.Suite:
        old, names = self._with_tests(self.old)
        new, _ = self._with_tests(self.new)
        suites.overlaid(old, new)
        before, took = suites.timed(self.old, old, names)
        most = suites.limit(took)
        after = suites.run(self.new, new, names, most)
        changed = suites.compared(before, after)
        if not changed:
            return suites.summed(before, changed, None)
        again, _ = self._with_tests(self.old)
        once_more = suites.run(self.old, again, names, most)
        return suites.summed(before, changed, once_more)

    def _with_tests(self, side: Side) -> tuple[Copy, Sequence[str]]:
        """Return a copy with the tests, and which these are in it."""
        copy = self._copy(side)
        tests = self.options.tests
        if tests is None:
            return copy, self.source.tests
        return copy, (suites.brought(tests, self.options.old, copy),)


def _count(exchanges: Sequence[Exchange]) -> int:
    return sum(len(one.differences) for one in exchanges)
