"""The one pass over the chapters: each is read, numbered, checked and written in text formats."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache as remembered
from functools import cached_property
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


@dataclass(frozen=True)
class _Outcome:
    """What became of the chapters: what is in them, and why some could not be read."""

    reports: dict[str, Report]
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
    with Pool(
        "chapter.lua",
        {**shared, **_citable(cited), "formats": sorted(formats)},
        min(jobs, len(book.entries)),
    ) as pool:
        # What can be read is read all the same: all problems are told at once.
        sources, problems = _read_sources(root, book.entries)
        listings = {id: library.listings(text) for id, text in sources.items()}
        for shown in listings.values():
            problems += shown.problems
        reading = _Reading(book, sources, listings, cited, tuple(sorted(formats)))
        keys = reading.keys(digest(_tools(), _lasting(shared)))
        if meanwhile:
            meanwhile(sources)
        outcome = _read_chapters(reading, keys, cache, pool, tick)
    known = targets.collect(book, outcome.reports)
    problems += outcome.problems
    errors = (report.bibliography_error for report in outcome.reports.values())
    problems += bibliography.problems(cited, errors)
    problems += pictures.draw(root, outcome.reports, sources, jobs)
    problems += checks.check(root, book, sources, listings, outcome.reports, known)
    order = {entry.prose: place for place, entry in enumerate(book.entries)}
    problems.sort(key=lambda problem: order.get(problem.path, -1))
    return Survey(
        book=book,
        terms=words,
        sources=sources,
        listings=listings,
        reports=outcome.reports,
        keys=keys,
        targets=known,
        library=library,
        problems=tuple(problems),
    )


def _read_sources(root: Path, entries: Iterable[Entry]) -> tuple[dict[str, Source], list[Problem]]:
    sources: dict[str, Source] = {}
    problems: list[Problem] = []
    for entry in entries:
        try:
            sources[entry.id] = source.read(root / entry.prose, entry.prose)
        except BuildError as error:
            problems += error.problems
    return sources, problems


# The pass ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Reading:
    """What is to be read: the chapters' files and what their listings show, by the chapter's id."""

    book: Book
    sources: Mapping[str, Source]
    listings: Mapping[str, Listings]
    bibliography: Bibliography | None
    formats: tuple[TextFormat, ...]

    @property
    def entries(self) -> list[Entry]:
        """The chapters whose files could be read."""
        return [entry for entry in self.book.entries if entry.id in self.sources]

    @cached_property
    def jobs(self) -> dict[str, Json]:
        """What chapter.lua needs to read each chapter."""
        return {entry.id: self._job(entry) for entry in self.entries}

    def _job(self, entry: Entry) -> Json:
        text, shown = self.sources[entry.id], self.listings[entry.id]
        return {
            "chapter": entry.id,
            "text": text.text,
            "bare_addresses": text.has_bare_addresses,
            "nested_headings": text.may_nest_headings,
            "listings": shown.texts,
            "comparisons": shown.comparisons,
        }

    def keys(self, common: str) -> dict[str, str]:
        """Return the hashes of all that chapters are made of; `common` is that of all of them."""
        return {entry.id: self._key(common, entry) for entry in self.entries}

    def _key(self, common: str, entry: Entry) -> str:
        cites = self.bibliography is not None and "@" in self.sources[entry.id].text
        cited = self.bibliography.digest if self.bibliography and cites else ""
        return digest(common, _place(entry), self.jobs[entry.id], cited)


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


def _read_chapters(
    reading: _Reading,
    keys: Mapping[str, str],
    cache: Cache,
    pool: Pool,
    tick: Callable[[], None],
) -> _Outcome:
    """Read the chapters that the cache does not have."""
    wanted = ("json", *reading.formats)
    waiting = [entry for entry in reading.entries if not cache.has(keys[entry.id], wanted)]
    problems = _write_anew(reading, cache, keys, waiting, pool, tick)
    reports: dict[str, Report] = {}
    for id, key in keys.items():
        data = cache.read(key, "json")
        if data is not None:
            reports[id] = msgspec.json.decode(data, type=Report)
    return _Outcome(reports, tuple(problems))


def _write_anew(
    reading: _Reading,
    cache: Cache,
    keys: Mapping[str, str],
    entries: Sequence[Entry],
    pool: Pool,
    tick: Callable[[], None],
) -> list[Problem]:
    """Have chapters read and written, and return what could not be."""
    jobs = [
        {
            **reading.jobs[entry.id],
            "formats": reading.formats,
            "into": str(cache.directory / keys[entry.id]),
        }
        for entry in entries
    ]
    problems: list[Problem] = []
    for entry, answer in zip(entries, pool.run(jobs, tick), strict=True):
        if "error" in answer:
            why = str(answer["error"]).partition("\n")[0]
            message = f"pandoc cannot read it: {why}"
            problems.append(Problem(entry.prose, None, message, "markup"))
    return problems


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
