"""Pass 1: every chapter is read once, numbered and checked; every format is written from that."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path, PurePosixPath
from typing import Any

import msgspec

from tools.build_scripts import book as books
from tools.build_scripts import pandoc, source
from tools.build_scripts.book import Book, BuildError, Entry, Problem
from tools.build_scripts.pandoc import Json
from tools.build_scripts.source import Source
from tools.build_scripts.terms import terms

# What browsers, e-readers and Typst all show.
IMAGE_TYPES = frozenset({".gif", ".jpeg", ".jpg", ".png", ".svg", ".webp"})


class Identifier(msgspec.Struct, frozen=True):
    """An id that a chapter defines: in the book, as written, and whether somebody wrote it."""

    id: str
    written: str
    explicit: bool


class Alias(msgspec.Struct, frozen=True):
    """A former id of a heading: in the book, as written, and the id that it means now."""

    id: str
    written: str
    target: str


class Heading(msgspec.Struct, frozen=True):
    """A heading of level 2 or deeper; `number` is None where it has none."""

    id: str
    level: int
    text: str
    number: str | None = None


class Link(msgspec.Struct, frozen=True):
    """A link within the book: to an id of a chapter, or to a file of the repository."""

    written: str
    id: str | None = None
    chapter: str | None = None
    fragment: str | None = None
    path: str | None = None


class Image(msgspec.Struct, frozen=True):
    """An image: `path` is relative to the book's root, None when it is not inside."""

    written: str
    alt: str
    remote: bool
    path: str | None = None


class Report(msgspec.Struct, frozen=True):
    """What pandoc found in a chapter."""

    ids: tuple[Identifier, ...]
    aliases: tuple[Alias, ...]
    headings: tuple[Heading, ...]
    links: tuple[Link, ...]
    images: tuple[Image, ...]
    extra_titles: tuple[str, ...]
    includes: tuple[str, ...]
    misread: tuple[str, ...]
    messages: tuple[Json, ...]
    empty: bool
    title_slug: str | None = None


class Answer(msgspec.Struct, frozen=True):
    """What chapter.lua answers for a chapter."""

    ast: Json
    report: Report


@dataclass(frozen=True)
class ParsedChapter:
    """A chapter or an appendix, read.

    Attributes:
        entry: its place in the book.
        source: its file.
        text: its text as pandoc read it, without front matter and comments.
        ast: pandoc's document as JSON: no level-1 heading; headings numbered unless they have
            the class `unnumbered`; ids unique in the book; former ids are those of empty spans
            in the heading; links within the book are `#id`; images are paths relative to the
            book's root.
        report: what was found in it.
    """

    entry: Entry
    source: Path
    text: str
    ast: Json
    report: Report

    @property
    def anchor(self) -> str:
        """The id of the chapter itself."""
        return self.entry.anchor


@dataclass(frozen=True)
class Manuscript:
    """The whole book, read and free of problems.

    Attributes:
        book: what book.yml says.
        root: the book's directory.
        version: the book's version.
        date: the date that the built files carry, in seconds since 1970.
        terms: the words of its language, by English name.
        chapters: chapters, then appendices, in reading order.
    """

    book: Book
    root: Path
    version: str
    date: int
    terms: dict[str, str]
    chapters: tuple[ParsedChapter, ...]

    @property
    def images(self) -> tuple[str, ...]:
        """The images that the book shows, relative to its root, each once, sorted."""
        return tuple(
            sorted({i.path for c in self.chapters for i in c.report.images if i.path is not None})
        )


@dataclass(frozen=True)
class Survey:
    """Everything that could be read of a book, and every problem that was met.

    Attributes:
        book: what book.yml says.
        terms: the words of its language.
        sources: the files of the chapters that could be read, by the chapter's id.
        answers: what pandoc made of them, likewise.
        problems: all problems of all chapters, in reading order.
    """

    book: Book
    terms: dict[str, str]
    sources: dict[str, Source]
    answers: dict[str, Answer]
    problems: tuple[Problem, ...]


def read_manuscript(
    root: Path, jobs: int | None = None, tick: Callable[[], None] = lambda: None
) -> Manuscript:
    """Read a book that has no problems.

    Args:
        root: the book's directory.
        jobs: how many chapters to read at once; by default one for every core.
        tick: called after every chapter, from several threads.

    Raises:
        BuildError: holds all problems of all chapters.
    """
    found = survey(root, jobs, tick)
    if found.problems:
        raise BuildError(*found.problems)
    return Manuscript(
        book=found.book,
        root=root,
        version=books.version(root),
        date=books.build_date(root),
        terms=found.terms,
        chapters=tuple(
            ParsedChapter(
                entry=entry,
                source=root / entry.prose,
                text=found.sources[entry.id].text,
                ast=found.answers[entry.id].ast,
                report=found.answers[entry.id].report,
            )
            for entry in found.book.entries
        ),
    )


def survey(root: Path, jobs: int | None = None, tick: Callable[[], None] = lambda: None) -> Survey:
    """Read a book and look for problems.

    Args:
        root: the book's directory.
        jobs: how many chapters to read at once; by default one for every core.
        tick: called after every chapter, from several threads.

    Raises:
        BuildError: there is no book to survey: its book.yml is wrong, or pandoc is missing.
    """
    book = books.load(root)
    words = terms(book.language)
    sources, problems = _read_sources(root, book.entries)
    # What can be read is read all the same: all problems are told at once.
    readable = [entry for entry in book.entries if entry.id in sources]
    answers = _parse(book, readable, sources, words, jobs or pandoc.default_jobs(), tick)
    problems += _check(root, book, sources, answers)
    order = {entry.prose: place for place, entry in enumerate(book.entries)}
    problems.sort(key=lambda problem: order[problem.path])
    return Survey(book, words, sources, answers, tuple(problems))


def _read_sources(root: Path, entries: Iterable[Entry]) -> tuple[dict[str, Source], list[Problem]]:
    sources: dict[str, Source] = {}
    problems: list[Problem] = []
    for entry in entries:
        try:
            sources[entry.id] = source.read(root / entry.prose, entry.prose)
        except BuildError as error:
            problems += error.problems
    return sources, problems


def _parse(
    book: Book,
    entries: Sequence[Entry],
    sources: dict[str, Source],
    words: dict[str, str],
    workers: int,
    tick: Callable[[], None],
) -> dict[str, Answer]:
    shared = {
        "chapters": [
            {
                "id": entry.id,
                "prefix": entry.prefix,
                "anchor": entry.anchor,
                "label": entry.label,
                "path": entry.path,
            }
            for entry in book.entries
        ],
        "files": files_address(book.repository) or "",
        "words": words,
    }
    jobs = [{"chapter": entry.id, "text": sources[entry.id].text} for entry in entries]
    raw = pandoc.run_script("chapter.lua", shared, jobs, workers, tick) if jobs else []
    failures = [
        Problem(entry.prose, None, f"pandoc cannot read it: {_first_line(answer['error'])}")
        for entry, answer in zip(entries, raw, strict=True)
        if "error" in answer
    ]
    if failures:
        raise BuildError(*failures)
    return {
        entry.id: msgspec.convert(answer, Answer)
        for entry, answer in zip(entries, raw, strict=True)
    }


def _first_line(text: str) -> str:
    return text.partition("\n")[0]


def files_address(repository: str | None) -> str | None:
    """Return the address of the repository's files, which a path can be added to, or None.

    `HEAD` is whatever branch the repository shows first; GitLab takes GitHub's form too.
    """
    return f"{repository.rstrip('/')}/blob/HEAD/" if repository else None


# Checks ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Known:
    """What links can lead to.

    Attributes:
        ids: every id of the book and every former anchor of a chapter, with how often it is
            defined.
        aliases: every former id of a heading, likewise.
        fragments: what the author can write behind `#`, by the chapter's id; a chapter that
            could not be read is missing.
    """

    ids: Counter[str]
    aliases: Counter[str]
    fragments: dict[str, tuple[str, ...]]


def _check(
    root: Path, book: Book, sources: dict[str, Source], answers: dict[str, Answer]
) -> list[Problem]:
    _follow_aliases(book, answers)
    known = _known(book, answers)
    problems: list[Problem] = []
    for entry in book.entries:
        if entry.id in answers:
            text, report = sources[entry.id], answers[entry.id].report
            found = [
                *_text_problems(text, report),
                *_id_problems(text, report, known),
                *_alias_problems(text, report, known),
                *_link_problems(root, text, report, known),
                *_image_problems(root, text, report),
            ]
            problems += sorted(dict.fromkeys(found), key=lambda problem: problem.line or 0)
    return problems


def _known(book: Book, answers: dict[str, Answer]) -> _Known:
    reports = {id: answer.report for id, answer in answers.items()}
    former_anchors = Counter(anchor for entry in book.entries for anchor in entry.former_anchors)
    return _Known(
        ids=_ids(book, answers) + former_anchors,
        aliases=Counter(alias.id for report in reports.values() for alias in report.aliases),
        fragments={
            id: tuple(identifier.written for identifier in report.ids)
            for id, report in reports.items()
        },
    )


def _ids(book: Book, answers: dict[str, Answer]) -> Counter[str]:
    """Return the ids that chapters, headings and labels have now."""
    ids = Counter(entry.anchor for entry in book.entries)
    for answer in answers.values():
        ids.update(identifier.id for identifier in answer.report.ids)
    return ids


def _text_problems(text: Source, report: Report) -> Iterator[Problem]:
    if report.empty and text.front_matter.status != "planned":
        message = (
            "the chapter is empty; write it, or put 'status: planned' in its front matter, "
            "between two lines of ---."
        )
        yield Problem(text.name, None, message)
    for title in report.extra_titles:
        message = f"a second title, '{title}'; a chapter has one, so make it a section: ## {title}"
        yield from _problems(text, _title_lines(text, title), message)
    for path in dict.fromkeys(report.includes):
        message = f"the listing would be empty: this build does not include files; paste {path}."
        yield from _problems(text, text.find(f"include={path}", f'include="{path}"'), message)
    for line, key in text.undefined_notes():
        message = f"the footnote [^{key}] is not defined; add its text: [^{key}]: …"
        yield Problem(text.name, line, message)
    for found in report.messages:
        if found.get("type") != "DuplicateIdentifier":  # told for the whole book, not by chapter
            yield _message_problem(text, found)


def _title_lines(text: Source, title: str) -> tuple[int, ...]:
    first = title.split(" ")[0]
    candidates = [n for n in text.find(first) if text.lines[n - 1].lstrip().startswith("# ")]
    return tuple(candidates[-1:]) or text.find(first)[-1:]


def _message_problem(text: Source, found: Json) -> Problem:
    """Return what pandoc warned of, and where."""
    kind, line = found.get("type"), found.get("line")
    said = str(found.get("pretty", kind))
    if kind == "NoteDefinedButNotUsed":
        said = f"the footnote [^{found.get('key')}] is used nowhere; delete it or refer to it."
    elif kind == "CouldNotConvertTeXMath":
        formula = str(found.get("contents", "")).strip()
        why = str(found.get("message", "")).rpartition("^\n")[2].partition("\n")[0]
        said = f"the formula '{formula}' is not TeX that can be printed: {why}."
        line = next(iter(text.find(formula, formula.partition("\n")[0])), None)
    return Problem(text.name, line if isinstance(line, int) else None, " ".join(said.split()))


def _id_problems(text: Source, report: Report, known: _Known) -> Iterator[Problem]:
    for identifier in report.ids:
        if identifier.explicit and known.ids[identifier.id] > 1:
            message = (
                f"the label '{identifier.written}' is used {known.ids[identifier.id]} times; "
                "give each its own."
            )
            lines = text.find(f"{{#{identifier.written}", f" #{identifier.written}")
            yield from _problems(text, lines, message)


def _alias_problems(text: Source, report: Report, known: _Known) -> Iterator[Problem]:
    for alias in report.aliases:
        message = _alias_message(alias, report, known)
        if message is not None:
            yield from _problems(text, _alias_lines(text, alias), message)
    for written in report.misread:
        message = (
            f"'{written}' is not read as a class of the heading; write it at the line's end, with "
            'spaces between classes, or as {class="was-…"}.'
        )
        yield from _problems(text, text.find(written, written.replace("\u2019", "'")), message)


def _alias_message(alias: Alias, report: Report, known: _Known) -> str | None:
    """Say what is wrong with a former id of a heading, or None."""
    if not alias.written:
        return "'.was-' names no former id; write the id behind it, or delete it."
    is_title = alias.written == report.title_slug
    if is_title or known.ids[alias.id] > 0 or known.aliases[alias.id] > 1:
        return (
            f"the former id '{alias.written}' is in use: a heading, a label or another "
            f"'.was-{alias.written}' has it; delete one of the two."
        )
    return None


def _alias_lines(text: Source, alias: Alias) -> tuple[int, ...]:
    whole = re.compile(rf"\{{[^{{}}]*was-{re.escape(alias.written)}(?![\w:.-])")
    found = text.find(f"was-{alias.written}")
    return tuple(line for line in found if whole.search(text.lines[line - 1]))


def _link_problems(root: Path, text: Source, report: Report, known: _Known) -> Iterator[Problem]:
    for link in dict.fromkeys(report.links):
        message = _link_message(root, link, known)
        if message is not None:
            yield from _problems(text, text.find_target(link.written), message)


def _link_message(root: Path, link: Link, known: _Known) -> str | None:
    """Say what is wrong with a link, or None."""
    if link.path is not None:
        if inside(root, link.path) and (root / link.path).exists():
            return None
        return f"the link '{link.written}' leads to no file: {link.path} does not exist."
    if link.id is None or link.id in known.ids or link.chapter not in known.fragments:
        return None
    closest = get_close_matches(link.fragment or "", known.fragments[link.chapter], n=1)
    hint = f"; did you mean '#{closest[0]}'?" if closest else "."
    return f"the link '{link.written}' leads to no heading or label{hint}"


def _image_problems(root: Path, text: Source, report: Report) -> Iterator[Problem]:
    for image in dict.fromkeys(report.images):
        message = _image_message(root, image)
        if message is not None:
            yield from _problems(text, text.find_target(image.written), message)


def _image_message(root: Path, image: Image) -> str | None:
    """Say what is wrong with an image, or None."""
    name = f"image '{image.written}'"
    if image.remote:
        return f"{name} is on another host; save it below assets/images and link to that."
    if image.path is None or not inside(root, image.path):
        return f"{name} is outside the book's directory; move it below assets/images."
    if not (root / image.path).is_file():
        return f"{name} does not exist: there is no file {image.path}."
    if PurePosixPath(image.path).suffix.lower() not in IMAGE_TYPES:
        return f"{name} is of a type that not all formats show; save it as SVG, PNG or JPEG."
    return None


def inside(root: Path, path: str) -> bool:
    """Say whether a path relative to a directory stays in it, links followed."""
    whole = os.path.realpath(root / path)
    return os.path.commonpath([os.path.realpath(root), whole]) == os.path.realpath(root)


def _problems(text: Source, lines: Sequence[int], message: str) -> Iterator[Problem]:
    """Yield a problem for each of the lines, or one for the file when the place is unknown."""
    for line in lines or (None,):
        yield Problem(text.name, line, message)


# Aliases -----------------------------------------------------------------------------------


def _follow_aliases(book: Book, answers: dict[str, Answer]) -> None:
    """Point links at what their fragment means where that is not an id of the book.

    A chapter's title has a fragment on GitHub, but is printed from book.yml here; chapters and
    headings answer to their former ids; and the fragment of a heading such as "Fig trees" looks
    like one of the author's labels.
    """
    meanings = _meanings(book, answers)
    prefixes = {entry.id: entry.prefix for entry in book.entries}
    known = _ids(book, answers)
    for id, answer in answers.items():
        aliases: dict[str, str] = {}
        for link in answer.report.links:
            if link.id is None or link.id in known:
                continue
            local = f"{prefixes[link.chapter or id]}{link.fragment}"
            meant = meanings.get(local) or meanings.get(link.id)
            if meant is not None:
                aliases[link.id] = meant
        if aliases:
            answers[id] = _retargeted(answer, aliases)


def _meanings(book: Book, answers: dict[str, Answer]) -> dict[str, str]:
    """Return the id that every id means, those included that are no longer or never were one."""
    meanings = {anchor: entry.anchor for entry in book.entries for anchor in entry.former_anchors}
    for answer in answers.values():
        meanings |= {alias.id: alias.target for alias in answer.report.aliases}
    meanings |= {
        f"{entry.prefix}{answers[entry.id].report.title_slug}": entry.anchor
        for entry in book.entries
        if entry.id in answers
    }
    return meanings | {id: id for id in _ids(book, answers)}


def _retargeted(answer: Answer, aliases: dict[str, str]) -> Answer:
    links = tuple(
        msgspec.structs.replace(link, id=aliases.get(link.id or "", link.id))
        for link in answer.report.links
    )
    return Answer(
        ast=_walk_links(answer.ast, {f"#{old}": f"#{new}" for old, new in aliases.items()}),
        report=msgspec.structs.replace(answer.report, links=links),
    )


def _walk_links(node: Any, targets: dict[str, str]) -> Any:
    """Return a part of a document with the targets of its links replaced."""
    if isinstance(node, list):
        return [_walk_links(child, targets) for child in node]
    if not isinstance(node, dict):
        return node
    if node.get("t") == "Link":
        attributes, text, (target, title) = node["c"]
        return {
            "t": "Link",
            "c": [attributes, _walk_links(text, targets), [targets.get(target, target), title]],
        }
    return {key: _walk_links(child, targets) for key, child in node.items()}
