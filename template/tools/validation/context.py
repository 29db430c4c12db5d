"""What the checks look at: the chapters as a build reads them, and all Markdown of the book."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import msgspec

from tools.build_scripts import asset_sources, cache, chapters, generated, pandoc, source, stamp
from tools.build_scripts import book as books
from tools.build_scripts.asset_sources import Origins
from tools.build_scripts.book import Book, BuildError, Entry, Problem
from tools.build_scripts.cache import Cache, digest
from tools.build_scripts.chapters import Survey
from tools.build_scripts.source import Source
from tools.build_scripts.workers import Pool
from tools.validation.plain import plain_lines

# Directories whose Markdown is not the book's: what is built, and what is meant to be copied.
NOT_THE_BOOK = frozenset({"book_build", "dist", "drafts", "node_modules", "templates"})


class MarkdownFile(msgspec.Struct, frozen=True):
    """What a Markdown file holds for GitHub's readers.

    Attributes:
        links: the targets of its links.
        images: the targets of its images.
        ids: the fragments that can be linked to.
    """

    links: tuple[str, ...]
    images: tuple[str, ...]
    ids: frozenset[str]


@dataclass(frozen=True)
class Context:
    """What the checks look at.

    Attributes:
        root: the book's directory.
        survey: the chapters as the build reads them, and the problems that it met.
        sources: all Markdown files of the book, by path relative to its root.
        unreadable: why others could not be read.
    """

    root: Path
    survey: Survey
    sources: dict[str, Source]
    unreadable: tuple[Problem, ...]

    @property
    def book(self) -> Book:
        """What book.yml says."""
        return self.survey.book

    @cached_property
    def prose(self) -> dict[str, Entry]:
        """The chapters, by the files of their text."""
        return {entry.prose: entry for entry in self.book.entries}

    @cached_property
    def markdown(self) -> dict[str, MarkdownFile]:
        """What all Markdown files hold, by path.

        Raises:
            BuildError: pandoc cannot read one.
        """
        with cache.opened(self.root, "markdown") as kept:
            return _read_markdown(self.sources, kept)

    @cached_property
    def plain(self) -> dict[str, tuple[str, ...]]:
        """The lines of the chapters with blanks in place of what is no prose, by path."""
        return {text.name: plain_lines(text) for text in self.survey.sources.values()}

    @cached_property
    def assets(self) -> list[str]:
        """The files below assets/."""
        return generated.asset_files(self.root)

    @cached_property
    def origins(self) -> Origins:
        """What assets/sources.yml says."""
        return asset_sources.read(self.root)

    @property
    def is_english(self) -> bool:
        """Whether tools that know English alone can read the book."""
        return self.book.language.partition("-")[0].lower() == "en"


def read(root: Path) -> Context:
    """Read a book.

    Args:
        root: the book's directory.

    Raises:
        BuildError: there is no book to check.
    """
    with cache.locked(root), cache.opened(root, "chapters") as kept:
        survey = chapters.survey(root, books.load(root), kept)
    sources, unreadable = _read_sources(root, survey)
    return Context(root, survey, sources, tuple(unreadable))


def _read_sources(root: Path, survey: Survey) -> tuple[dict[str, Source], list[Problem]]:
    """Read the Markdown files besides the chapters, and say which could not be.

    The chapters are read already, and of those that could not be, the build says it.
    """
    prose = {entry.prose for entry in survey.book.entries}
    sources = {text.name: text for text in survey.sources.values()}
    problems: list[Problem] = []
    for name in sorted(set(_markdown_files(root)) - prose):
        try:
            sources[name] = source.read(root / name, name)
        except BuildError as error:
            problems += error.problems
    return sources, problems


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


def _read_markdown(sources: dict[str, Source], kept: Cache) -> dict[str, MarkdownFile]:
    keys = {name: digest(stamp.programs(), text.text) for name, text in sources.items()}
    waiting = [text for name, text in sources.items() if not kept.has(keys[name], ("json",))]
    for text, answer in zip(waiting, _answers(waiting), strict=True):
        kept.write(keys[text.name], "json", msgspec.json.encode(answer))
    kept.keep_only(set(keys.values()))
    return {
        name: msgspec.json.decode(kept.read(key, "json") or b"", type=MarkdownFile)
        for name, key in keys.items()
    }


def _answers(sources: Sequence[Source]) -> list[dict[str, object]]:
    if not sources:
        return []
    with Pool("links.lua", {}, min(pandoc.default_jobs(), len(sources))) as pool:
        answers = pool.run([{"text": text.text} for text in sources])
    failures = [
        Problem(text.name, None, f"pandoc cannot read it: {answer['error']}", "file")
        for text, answer in zip(sources, answers, strict=True)
        if "error" in answer
    ]
    if failures:
        raise BuildError(*failures)
    return answers
