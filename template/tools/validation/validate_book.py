"""Check the book: `python tools/validation/validate_book.py`."""

from __future__ import annotations

import os
import posixpath
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.parse import unquote

if not __package__:  # run as a script, from whatever directory
    sys.path[0] = str(Path(__file__).resolve().parents[2])
    import tools.build_scripts  # noqa: F401  (says what is not installed, before click does)

import click

from tools.build_scripts import book as books
from tools.build_scripts import cache, chapters, checks, pandoc, source
from tools.build_scripts.book import BuildError, Problem
from tools.build_scripts.chapters import Survey
from tools.build_scripts.cli import book_option, told
from tools.build_scripts.source import Source
from tools.build_scripts.workers import Pool
from tools.validation import shown_code

# Directories whose Markdown is not the book's: what is built, and what is meant to be copied.
NOT_THE_BOOK = frozenset({"book_build", "dist", "drafts", "node_modules", "templates"})
CHAPTER_DIRECTORY = re.compile(r"\d+_.+")
APPENDIX_DIRECTORY = re.compile(r"[a-z]+_.+")
OTHER_HOST = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//")


@dataclass(frozen=True)
class MarkdownFile:
    """A Markdown file, and what it holds for GitHub's readers.

    Attributes:
        source: the file.
        links: the targets of its links.
        images: the targets of its images.
        ids: the fragments that can be linked to.
    """

    source: Source
    links: tuple[str, ...]
    images: tuple[str, ...]
    ids: frozenset[str]


@dataclass(frozen=True)
class Context:
    """What the checks look at.

    Attributes:
        root: the book's directory.
        survey: the chapters as the build reads them, and the problems that it met.
        files: all Markdown files of the book, by path relative to its root.
        unreadable: why others could not be read.
    """

    root: Path
    survey: Survey
    files: dict[str, MarkdownFile]
    unreadable: tuple[Problem, ...]

    @cached_property
    def prose(self) -> frozenset[str]:
        """The files of the chapters' text, relative to the book's root."""
        return frozenset(entry.prose for entry in self.survey.book.entries)


Check = Callable[[Context], Iterable[Problem]]


def build_problems(context: Context) -> Iterable[Problem]:
    """Yield whatever a build would refuse: broken links, missing images, empty chapters, …"""
    return context.survey.problems


def unreadable_files(context: Context) -> Iterable[Problem]:
    """Yield the Markdown files that are not UTF-8 or have a comment that does not end."""
    return context.unreadable


def directories(context: Context) -> Iterator[Problem]:
    """Yield chapters without a directory and numbered directories without a chapter."""
    expected = {entry.path for entry in context.survey.book.entries}
    for path in sorted(expected):
        if not (context.root / path).is_dir():
            message = "book.yml names this directory, but it does not exist."
            yield Problem(path, None, message)
    for parent, pattern in (
        ("chapters", CHAPTER_DIRECTORY),
        ("chapters/appendices", APPENDIX_DIRECTORY),
    ):
        for path in _directories(context.root, parent, pattern):
            if path not in expected:
                message = "no chapter of book.yml lives here; move it to drafts or delete it."
                yield Problem(path, None, message)


def _directories(root: Path, parent: str, pattern: re.Pattern[str]) -> list[str]:
    if not (root / parent).is_dir():
        return []
    found = (child.name for child in (root / parent).iterdir() if child.is_dir())
    return sorted(f"{parent}/{name}" for name in found if pattern.fullmatch(name))


def links(context: Context) -> Iterator[Problem]:
    """Yield the relative links and images of Markdown files that lead nowhere."""
    for name, file in context.files.items():
        if name in context.prose:
            continue  # the build checks these, and by its own, wider rules
        for target in dict.fromkeys((*file.links, *file.images)):
            message = _link_message(context, name, file, target)
            if message is not None:
                yield from _placed(file.source, target, message)


def _link_message(context: Context, name: str, file: MarkdownFile, target: str) -> str | None:
    """Say what is wrong with a link, or None."""
    if OTHER_HOST.match(target):
        return None
    written, _, fragment = target.partition("#")
    path = _resolved(name, unquote(written.partition("?")[0]))
    if path.startswith("../") or not checks.inside(context.root, path):
        return f"the link '{target}' leaves the book's directory."
    if not (context.root / path).exists():
        return f"the link '{target}' leads to no file: {path} does not exist."
    aim = context.files.get(path)
    if not fragment or aim is None or unquote(fragment) in _fragments(context, path, aim):
        return None
    return f"the link '{target}' leads to no heading of {path}."


def _resolved(name: str, written: str) -> str:
    if not written:
        return name
    if written.startswith("/"):
        return posixpath.normpath(written.lstrip("/"))
    return posixpath.normpath(posixpath.join(posixpath.dirname(name), written))


def _fragments(context: Context, path: str, aim: MarkdownFile) -> frozenset[str]:
    """Return what can be linked to in a file; a chapter's labels are not seen by GitHub."""
    if path not in context.prose:
        return aim.ids
    entry = next(entry for entry in context.survey.book.entries if entry.prose == path)
    report = context.survey.reports.get(entry.id)
    if report is None:
        return aim.ids
    written = {identifier.written for identifier in report.ids}
    return aim.ids | written | {alias.written for alias in report.aliases}


def alternative_text(context: Context) -> Iterator[Problem]:
    """Yield the images of chapters that say nothing to readers who cannot see them."""
    for entry in context.survey.book.entries:
        report = context.survey.reports.get(entry.id)
        for image in dict.fromkeys(report.images if report else ()):
            if not image.alt.strip():
                message = (
                    f"image '{image.written}' has no alternative text; "
                    "say what it shows: ![what it shows](…)"
                )
                yield from _placed(context.survey.sources[entry.id], image.written, message)


def unused_regions(context: Context) -> Iterator[Problem]:
    """Yield the regions of the book's code that no listing shows."""
    return shown_code.unused_regions(context.root, context.survey.library)


def untested_files(context: Context) -> Iterator[Problem]:
    """Yield the listings of files that no test imports or names."""
    return shown_code.untested_files(context.root, context.survey.library)


def _placed(text: Source, target: str, message: str) -> Iterator[Problem]:
    for line in text.find_target(target) or (None,):
        yield Problem(text.name, line, message)


# A check is a function from the book to its problems. Add yours here.
CHECKS: tuple[Check, ...] = (build_problems, unreadable_files, directories, links, alternative_text)
# These find what is worth knowing and may be meant so.
REMARKS: tuple[Check, ...] = (untested_files, unused_regions)


@dataclass(frozen=True)
class Findings:
    """What the checks find, in their order: problems, and remarks that nobody must act on."""

    problems: list[Problem]
    remarks: list[Problem]


def validate(root: Path, jobs: int | None = None) -> Findings:
    """Run all checks.

    Args:
        root: the book's directory.
        jobs: how many files to read at once; by default one for every core.

    Raises:
        BuildError: there is no book to check.
    """
    workers = jobs or pandoc.default_jobs()
    with cache.opened(root, "chapters") as kept:
        survey = chapters.survey(root, books.load(root), kept, jobs=workers)
    sources, unreadable = read_sources(root)
    context = Context(root, survey, read_files(sources, workers), tuple(unreadable))
    return Findings(_found(CHECKS, context), _found(REMARKS, context))


def _found(checks: Sequence[Check], context: Context) -> list[Problem]:
    return list(dict.fromkeys(problem for check in checks for problem in check(context)))


def read_sources(root: Path) -> tuple[list[Source], list[Problem]]:
    """Read all Markdown files of the book, and say which could not be read."""
    sources: list[Source] = []
    problems: list[Problem] = []
    for name in sorted(_markdown_files(root)):
        try:
            sources.append(source.read(root / name, name))
        except BuildError as error:
            problems += error.problems
    return sources, problems


def read_files(sources: Sequence[Source], workers: int) -> dict[str, MarkdownFile]:
    """Find the links, images and fragments of Markdown files, by path."""
    jobs = [{"text": text.text} for text in sources]
    with Pool("links.lua", {}, min(workers, len(jobs))) as pool:
        answers = pool.run(jobs)
    failures = [
        Problem(text.name, None, f"pandoc cannot read it: {answer['error']}")
        for text, answer in zip(sources, answers, strict=True)
        if "error" in answer
    ]
    if failures:
        raise BuildError(*failures)
    return {
        text.name: MarkdownFile(
            source=text,
            links=tuple(answer["links"]),
            images=tuple(answer["images"]),
            ids=frozenset(answer["ids"]),
        )
        for text, answer in zip(sources, answers, strict=True)
    }


def _markdown_files(root: Path) -> Iterator[str]:
    for directory, below, names in os.walk(root):
        here = Path(directory)
        below[:] = sorted(name for name in below if _is_the_book(here / name))
        for name in names:
            if name.endswith(".md"):
                yield (here / name).relative_to(root).as_posix()


def _is_the_book(directory: Path) -> bool:
    name = directory.name
    is_environment = (directory / "pyvenv.cfg").is_file()
    return not (name.startswith(".") or name in NOT_THE_BOOK or is_environment)


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--remarks", is_flag=True, help="Tell the remarks too, not only how many there are.")
@book_option
def main(remarks: bool, root: Path) -> None:
    """Check the book and tell every problem with its file and line.

    Remarks change nothing: code that is marked and not shown, and code that is shown and not
    tested. Exit code 0: no problem. 1: problems. 2: the checks could not run.
    """
    with told(code=2):
        findings = validate(root)
    problems = findings.problems
    for problem in problems:
        click.echo(str(problem))
    for remark in findings.remarks if remarks else ():
        click.echo(f"{remark} (a remark)")
    if findings.remarks and not remarks:
        click.echo(f"{_counted(findings.remarks, 'remark')}; --remarks tells them.")
    if problems:
        click.echo(_counted(problems, "problem") + ".", err=True)
        sys.exit(1)
    click.echo("No problems.")


def _counted(found: Sequence[Problem], what: str) -> str:
    return f"{len(found)} {what}{'s' if len(found) > 1 else ''}"


if __name__ == "__main__":
    main()
