"""The one pass over the chapters: each is read, numbered, checked and written in text formats."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache as remembered
from pathlib import Path
from typing import Literal

import msgspec

from tools.build_scripts import (
    bibliography,
    checks,
    crossref,
    diagrams,
    installed,
    pandoc,
    pictures,
    source,
    targets,
)
from tools.build_scripts import book as books
from tools.build_scripts.bibliography import Bibliography
from tools.build_scripts.book import Book, BuildError, Entry, Problem
from tools.build_scripts.cache import Cache, digest
from tools.build_scripts.crossref import Piece
from tools.build_scripts.listings import Library, Listings
from tools.build_scripts.pandoc import Json
from tools.build_scripts.report import Report
from tools.build_scripts.source import Source
from tools.build_scripts.targets import Targets
from tools.build_scripts.terms import terms
from tools.build_scripts.workers import Pool

# What stands for the words of a reference in the text of a heading.
_WORDS = re.compile("\ufdd0P([0-9]+)\ufdd1")
# What links of other chapters depend on.
_ADDRESS = ("id", "prefix", "anchor", "path")
TextFormat = Literal["html", "markdown", "typst"]


@dataclass(frozen=True)
class ParsedChapter:
    """A chapter or an appendix, read.

    Attributes:
        entry: its place in the book.
        source: its file.
        listings: the files that its listings show, and what they show of them.
        report: what was found in it.
        key: the hash of all that its fragments were made of.
        cache: where its fragments are.
    """

    entry: Entry
    source: Source
    listings: tuple[tuple[str, str], ...]
    report: Report
    key: str
    cache: Cache

    @property
    def text(self) -> str:
        """Its text as pandoc read it, without front matter and comments."""
        return self.source.text

    @property
    def anchor(self) -> str:
        """The id of the chapter itself."""
        return self.entry.anchor

    def fragment(self, format: TextFormat) -> str:
        """Return its text in a format, with placeholders for what other chapters decide.

        Raises:
            BuildError: somebody deleted it while the book was being built.
        """
        data = self.cache.read(self.key, format)
        if data is None:
            message = "was deleted from the cache while the book was being built; build it again."
            raise BuildError(Problem(self.entry.prose, None, message))
        return data.decode("utf-8")


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
        targets: all that links lead to.
        digests: the hashes of the files that were read for it, by path.
    """

    book: Book
    root: Path
    version: str
    date: int
    terms: dict[str, str]
    chapters: tuple[ParsedChapter, ...]
    targets: Targets
    digests: dict[str, str]

    @property
    def drawings(self) -> tuple[str, ...]:
        """The drawings that images are made of, each with its export, sorted."""
        images = (image for chapter in self.chapters for image in chapter.report.images)
        found = {image.drawing for image in images if image.drawing is not None}
        return tuple(sorted(found | {f"{drawing}.svg" for drawing in found}))

    @property
    def images(self) -> tuple[str, ...]:
        """The images that the book shows, relative to its root, each once, sorted."""
        return tuple(
            sorted({i.path for c in self.chapters for i in c.report.images if i.path is not None})
        )

    def pieces(self, chapter: ParsedChapter, place: int) -> tuple[Piece, ...]:
        """Return the text of the reference of a chapter at a place."""
        reference = chapter.report.references[place]
        return crossref.pieces(reference, self.targets.labels, self.terms)

    def target(self, chapter: ParsedChapter, place: int) -> str:
        """Return the id that the link of a chapter at a place leads to."""
        return self.targets.of(chapter.report.links[place], chapter.entry) or chapter.anchor


@dataclass(frozen=True)
class Survey:
    """Everything that could be read of a book, and every problem that was met.

    Attributes:
        book: what book.yml says.
        terms: the words of its language.
        sources: the files of the chapters that could be read, by the chapter's id.
        listings: what their listings show, likewise.
        reports: what pandoc found in them, likewise.
        keys: the hashes of what they are made of, likewise.
        targets: all that links lead to.
        library: the files that listings show.
        problems: all problems of all chapters, in reading order.
    """

    book: Book
    terms: dict[str, str]
    sources: dict[str, Source]
    listings: dict[str, Listings]
    reports: dict[str, Report]
    keys: dict[str, str]
    targets: Targets
    library: Library
    problems: tuple[Problem, ...]


def read_manuscript(
    root: Path,
    book: Book,
    cache: Cache,
    formats: Collection[TextFormat],
    jobs: int | None = None,
    tick: Callable[[], None] = lambda: None,
    meanwhile: Callable[[Mapping[str, Source]], None] | None = None,
) -> Manuscript:
    """Read a book that has no problems.

    Args:
        root: the book's directory.
        book: what book.yml says.
        cache: where the texts of the chapters are kept.
        formats: the formats that the chapters are written in.
        jobs: how many chapters to read at once; by default one for every core.
        tick: called after every chapter that is read anew, from several threads.
        meanwhile: called before pandoc begins, with the chapters' files that could be read.

    Raises:
        BuildError: holds all problems of all chapters.
    """
    found = survey(root, book, cache, formats, jobs, tick, meanwhile)
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
                source=found.sources[entry.id],
                listings=found.listings[entry.id].shown,
                report=_with_words(found.reports[entry.id], found),
                key=found.keys[entry.id],
                cache=cache,
            )
            for entry in found.book.entries
        ),
        targets=found.targets,
        digests={text.name: text.digest for text in found.sources.values()} | found.library.digests,
    )


def _with_words(report: Report, found: Survey) -> Report:
    """Return a report whose headings have words for the references in them."""

    def words(place: re.Match[str]) -> str:
        reference = report.references[int(place[1])]
        pieces = crossref.pieces(reference, found.targets.labels, found.terms)
        return "".join(piece.text for piece in pieces)

    headings = tuple(
        msgspec.structs.replace(heading, text=_WORDS.sub(words, heading.text))
        for heading in report.headings
    )
    return msgspec.structs.replace(report, headings=headings)


def survey(
    root: Path,
    book: Book,
    cache: Cache,
    formats: Collection[TextFormat] = (),
    jobs: int | None = None,
    tick: Callable[[], None] = lambda: None,
    meanwhile: Callable[[Mapping[str, Source]], None] | None = None,
) -> Survey:
    """Read a book and look for problems; the arguments are those of `read_manuscript`.

    Raises:
        BuildError: pandoc is missing.
    """
    words = terms(book.language)
    cited = bibliography.read(root)
    library = Library(root)
    shared = _shared(book, words)
    jobs = jobs or pandoc.default_jobs()
    reading = _Reading(
        root=root,
        library=library,
        bibliography=cited,
        common=digest(_tools(), _lasting(shared)),
        formats=tuple(sorted(formats)),
        cache=cache,
    )
    with Pool(
        "chapter.lua",
        {**shared, **_citable(cited), "formats": reading.formats},
        min(jobs, len(book.entries)),
    ) as pool:
        _read_all(reading, book.entries, pool, tick, meanwhile)
    sources = reading.sources
    listings = {chapter.entry.id: chapter.listings for chapter in reading.chapters}
    reports = dict(_reports(reading))
    known = targets.collect(book, reports)
    problems = reading.problems
    errors = (report.bibliography_error for report in reports.values())
    problems += bibliography.problems(cited, errors)
    problems += pictures.draw(root, reports, sources, jobs)
    problems += checks.check(root, book, sources, listings, reports, known)
    order = {entry.prose: place for place, entry in enumerate(book.entries)}
    problems.sort(key=lambda problem: order.get(problem.path, -1))
    return Survey(
        book=book,
        terms=words,
        sources=sources,
        listings=listings,
        reports=reports,
        keys={chapter.entry.id: chapter.key for chapter in reading.chapters},
        targets=known,
        library=library,
        problems=tuple(problems),
    )


# The pass ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Chapter:
    """A chapter whose file could be read.

    Attributes:
        entry: its place in the book.
        source: its file.
        listings: what its listings show.
        job: what chapter.lua needs to read it.
        key: the hash of all that its texts are made of.
    """

    entry: Entry
    source: Source
    listings: Listings
    job: Json
    key: str


@dataclass(frozen=True)
class _Reading:
    """Reads chapters, and knows those that it has read.

    Attributes:
        root: the book's directory.
        library: the files that listings show.
        bibliography: what can be cited.
        common: the hash of all that every chapter is made of.
        formats: those that chapters are written in.
        cache: where their texts are kept.
        chapters: those whose files could be read.
        problems: why others could not, and what could not be read of these.
    """

    root: Path
    library: Library
    bibliography: Bibliography | None
    common: str
    formats: tuple[TextFormat, ...]
    cache: Cache
    chapters: list[_Chapter] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @property
    def sources(self) -> dict[str, Source]:
        """The files of the chapters that were read, by the chapter's id."""
        return {chapter.entry.id: chapter.source for chapter in self.chapters}

    def unread(self, entries: Iterable[Entry]) -> Iterator[_Chapter]:
        """Read the files of chapters, and yield those whose texts the cache does not have."""
        wanted = ("json", *self.formats)
        for entry in entries:
            try:
                chapter = self._chapter(entry)
            except BuildError as error:
                # What can be read is read all the same: all problems are told at once.
                self.problems.extend(error.problems)
                continue
            self.chapters.append(chapter)
            self.problems.extend(chapter.listings.problems)
            if not self.cache.has(chapter.key, wanted):
                yield chapter

    def _chapter(self, entry: Entry) -> _Chapter:
        text = source.read(self.root / entry.prose, entry.prose)
        shown = self.library.listings(text)
        job = {
            "chapter": entry.id,
            "text": text.text,
            "bare_addresses": text.has_bare_addresses,
            "nested_headings": text.may_nest_headings,
            "listings": shown.texts,
            "comparisons": shown.comparisons,
        }
        cites = self.bibliography is not None and "@" in text.text
        cited = self.bibliography.digest if self.bibliography and cites else ""
        return _Chapter(entry, text, shown, job, digest(self.common, _place(entry), job, cited))


def _shared(book: Book, words: dict[str, str]) -> Json:
    """Return what chapter.lua needs for every chapter."""
    return {
        "chapters": [_place(entry) for entry in book.entries],
        "words": words,
        "files": files_address(book.repository) or "",
        "language": book.language,
        "diagrams": pictures.DIRECTORY,
        "renderer": diagrams.fingerprint(),
    }


def _lasting(shared: Json) -> Json:
    """Return of that what all chapters are made of: the numbers of others are not among it."""
    places = [{name: place[name] for name in _ADDRESS} for place in shared["chapters"]]
    return {**shared, "chapters": places}


def _citable(found: Bibliography | None) -> Json:
    """Return what chapter.lua needs for chapters that cite something."""
    if found is None:
        return {}
    style = {"style": str(found.style)} if found.style else {}
    return {"bibliography": {"format": found.format, "text": found.text}, **style}


def _read_all(
    reading: _Reading,
    entries: Sequence[Entry],
    pool: Pool,
    tick: Callable[[], None],
    meanwhile: Callable[[Mapping[str, Source]], None] | None,
) -> None:
    """Have the texts of chapters made, the first while the files of others are still read."""
    asked: list[_Chapter] = []

    def jobs() -> Iterator[Json]:
        for chapter in reading.unread(entries):
            asked.append(chapter)
            into = str(reading.cache.directory / chapter.key)
            yield {**chapter.job, "formats": reading.formats, "into": into}
        if meanwhile:
            meanwhile(reading.sources)

    answers = pool.run(jobs(), tick)
    for chapter, answer in zip(asked, answers, strict=True):
        if "error" in answer:
            why = str(answer["error"]).partition("\n")[0]
            message = f"pandoc cannot read it: {why}"
            reading.problems.append(Problem(chapter.entry.prose, None, message, "markup"))


def _reports(reading: _Reading) -> Iterator[tuple[str, Report]]:
    """Yield what was found in chapters, by their ids."""
    for chapter in reading.chapters:
        data = reading.cache.read(chapter.key, "json")
        if data is not None:
            yield chapter.entry.id, msgspec.json.decode(data, type=Report)


def _place(entry: Entry) -> Json:
    return {
        "id": entry.id,
        "prefix": entry.prefix,
        "anchor": entry.anchor,
        "path": entry.path,
        "label": entry.label,
    }


@remembered
def _tools() -> str:
    """Return a hash of the programs that read and write chapters."""
    scripts = sorted(pandoc.HERE.glob("*.lua"))
    pandoc_version = installed.versions({"pypandoc-binary"})
    return digest(pandoc_version, *(file.read_bytes() for file in scripts))


def files_address(repository: str | None) -> str | None:
    """Return the address of the repository's files, which a path can be added to, or None.

    `HEAD` is whatever branch the repository shows first; GitLab takes GitHub's form too.
    """
    return f"{repository.rstrip('/')}/blob/HEAD/" if repository else None
