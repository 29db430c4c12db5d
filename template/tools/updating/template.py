"""The template that the book came from, which Copier reads and renders."""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import click
import msgspec
import msgspec.yaml
import yaml

from tools.build_scripts import book as books
from tools.build_scripts import git
from tools.build_scripts.book import BOOK_FILE, Book
from tools.updating import process
from tools.updating.errors import UpdateError
from tools.updating.process import Ended, Signals

Operation = Literal["check-update", "recopy", "update"]
CHANGELOG = "CHANGELOG.md"
# What Copier says beside the sentence that matters.
NOISE = re.compile(r"Task .* returned non-zero exit status \d+\.|No git tags found in template; .*")
TRACEBACK = "Traceback (most recent call last)"


class Record(msgspec.Struct, frozen=True):
    """What Copier's answers file says of the template.

    Attributes:
        source: its address or path.
        version: the tag, or what `git describe` calls the commit, that rendered the book.
    """

    source: str | None = msgspec.field(name="_src_path", default=None)
    version: str | None = msgspec.field(name="_commit", default=None)


class _Versions(msgspec.Struct, frozen=True):
    """What `copier check-update` answers."""

    update_available: bool


@dataclass(frozen=True)
class Template:
    """The template of a book.

    Attributes:
        book: the book's directory.
        answers_file: where Copier keeps the answers, relative to it.
        source: the template's address or path.
        version: the version that rendered the book.
    """

    book: Path
    answers_file: str
    source: str
    version: str

    @property
    def changelog(self) -> str | None:
        """Where its changes are listed, or None when that is known to be nowhere."""
        local = Path(self.source).expanduser()
        if not local.is_dir():
            return f"{CHANGELOG} in {self.source}"
        return str(local / CHANGELOG) if (local / CHANGELOG).is_file() else None

    def has_newer(self, signals: Signals) -> bool:
        """Say whether there is a version after the one that rendered the book."""
        result = self._run("check-update", self.book, {}, signals, "--output-format", "json")
        return msgspec.json.decode(result.output, type=_Versions).update_available

    def preview(self, answers: Mapping[str, object], signals: Signals) -> Book:
        """Return the book that other answers would give, without touching the one that is there.

        Raises:
            UpdateError: the answers give none; the text is Copier's sentence.
        """
        with tempfile.TemporaryDirectory(prefix="outline-") as directory:
            aside = Path(directory)
            copy = aside / self.answers_file
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes((self.book / self.answers_file).read_bytes())
            only = ("--exclude", "*", "--exclude", f"!/{BOOK_FILE}")
            options = ("--overwrite", "--skip-tasks", "--vcs-ref=:current:", *only)
            self._render("recopy", aside, answers, signals, *options)
            if not (aside / BOOK_FILE).is_file():
                raise UpdateError(f"The template {self.source} makes no {BOOK_FILE}.")
            return books.load(aside)

    def update(self, answers: Mapping[str, object], version: str | None, signals: Signals) -> str:
        """Update the book, and return what the template tells of it.

        Args:
            answers: those that change.
            version: the version to update to, `:current:` for the one that the book has, None
                for the newest.
            signals: the signals that stop it.

        Raises:
            UpdateError: Copier or the template gave up, maybe half-way.
        """
        chosen = () if version is None else (f"--vcs-ref={version}",)
        return self._render("update", self.book, answers, signals, *chosen).output.strip()

    def _render(
        self,
        operation: Operation,
        destination: Path,
        answers: Mapping[str, object],
        signals: Signals,
        *options: str,
    ) -> Ended:
        quietly = ("--trust", "--defaults", "--quiet")
        return self._run(operation, destination, answers, signals, *quietly, *options)

    def _run(
        self,
        operation: Operation,
        destination: Path,
        answers: Mapping[str, object],
        signals: Signals,
        *options: str,
    ) -> Ended:
        # In a directory of its own, so that no module of the book can stand for one of Copier's.
        with tempfile.TemporaryDirectory(prefix="outline-") as directory:
            scratch = Path(directory)
            given: tuple[str, ...] = ()
            if answers:
                text = yaml.safe_dump(dict(answers), allow_unicode=True)
                (scratch / "answers.yml").write_text(text, encoding="utf-8")
                given = ("--data-file", "answers.yml")
            command = (sys.executable, "-m", "copier", operation, *options, *given)
            where = ("--answers-file", self.answers_file, str(destination))
            result = process.run((*command, *where), scratch, _environment(), signals)
        if result.code:
            raise UpdateError(self._sentence(result))
        return result

    def _sentence(self, result: Ended) -> str:
        """Return what went wrong, less Copier's noise."""
        said = click.unstyle(result.errors)
        if TRACEBACK not in said:
            return "\n".join(_lines(said)) or f"Copier ended with exit code {result.code}."
        if unknown := re.search(r"Unknown revision: '(.*)'", said):
            return f"The template {self.source} has no version '{unknown[1]}'."
        fatal = re.search(r"fatal: (.*)", said)
        *_, last = _lines(said)
        return f"Copier fails with the template {self.source}: {fatal[1] if fatal else last}"


def read(book: Path, answers_file: str) -> Template:
    """Return the template of a book, as Copier's answers file names it.

    Args:
        book: the book's directory.
        answers_file: where the answers are, relative to it.

    Raises:
        UpdateError: there are no answers, they name no template, or it is not there.
    """
    record = _read_record(book / answers_file)
    if record.source is None or record.version is None:
        missing = "_src_path" if record.source is None else "_commit"
        raise UpdateError(
            f"{answers_file} does not name the template's {missing}, so the book cannot be "
            "updated; restore the file that Copier wrote."
        )
    source = Path(record.source).expanduser()
    if source.is_absolute() and not source.exists():
        raise UpdateError(
            f"The template {record.source} is not there any more; put it back, or write where it "
            f"is now behind _src_path in {answers_file} and commit."
        )
    return Template(book, answers_file, record.source, record.version)


def _read_record(file: Path) -> Record:
    try:
        return msgspec.yaml.decode(file.read_bytes(), type=Record, strict=False)
    except FileNotFoundError:
        raise UpdateError(
            f"{file} is missing, where Copier keeps the answers; restore it, or name the file "
            "with --answers-file."
        ) from None
    except msgspec.DecodeError as error:
        said = " ".join(str(error).split())
        raise UpdateError(f"{file} is not what Copier wrote ({said}); restore it.") from None


def _lines(said: str) -> Iterator[str]:
    for line in said.splitlines():
        if line.strip() and not NOISE.fullmatch(line.strip()):
            yield line.strip()


def _environment() -> Mapping[str, str]:
    """Return an environment in which Copier is predictable.

    Copier looks for what did not merge in `git status`, which a setting of Git can shorten.
    """
    inherited = git.environment()
    count = int(inherited.get("GIT_CONFIG_COUNT") or 0)
    return {
        **inherited,
        "GIT_CONFIG_COUNT": str(count + 1),
        f"GIT_CONFIG_KEY_{count}": "status.showUntrackedFiles",
        f"GIT_CONFIG_VALUE_{count}": "normal",
        "NO_COLOR": "1",
        "PYTHONUTF8": "1",
        "PYTHONWARNINGS": "ignore",
    }
