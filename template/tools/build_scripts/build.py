"""Building a book: chapters are read, formats written aside, and all put in place at the end."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from tools.build_scripts import bibliography, cache, pictures, progress, stamp
from tools.build_scripts import book as books
from tools.build_scripts.assets import COVERS, copy_images, places
from tools.build_scripts.book import BOOK_FILE, FORMATS, Book, Format
from tools.build_scripts.cache import Cache, digest
from tools.build_scripts.chapters import Manuscript, TextFormat, read_manuscript
from tools.build_scripts.fill import fill_html, fill_typst
from tools.build_scripts.output import MARKER, Output, read_info
from tools.build_scripts.progress import Progress
from tools.build_scripts.source import Source
from tools.build_scripts.staging import refuse_foreign, staged
from tools.build_scripts.stamp import Stamp

if TYPE_CHECKING:
    import jinja2

# The text that each format is made of.
TEXTS: Mapping[Format, TextFormat] = {
    "html": "html",
    "epub": "html",
    "pdf": "typst",
    "markdown": "markdown",
}


@dataclass(frozen=True)
class Options:
    """What a build is asked for.

    Attributes:
        formats: what to build; nothing means what book.yml says.
        output: the directory to write to, made when it does not exist; every format gets a
            directory of its own in it: `html`, `epub`, `pdf`, `markdown`.
        jobs: how many things to do at once.
        use_cache: whether results of earlier builds may be used, and are kept for later ones.
    """

    formats: tuple[Format, ...]
    output: Path
    jobs: int
    use_cache: bool = True


@dataclass(frozen=True)
class Built:
    """A format that was built: its main file, and the seconds it took to write."""

    format: Format
    path: Path
    seconds: float


@dataclass(frozen=True)
class Result:
    """What a build did.

    Attributes:
        manuscript: the book that was built.
        built: its formats.
        inputs: the hashes of the files that it read, by path; None where none was.
        read: how many chapters were read anew; the others were as they had been.
        seconds: how long it took to read them.
    """

    manuscript: Manuscript
    built: tuple[Built, ...]
    inputs: dict[str, str | None]
    read: int
    seconds: float


def build(root: Path, options: Options, tick: Callable[[], None] = lambda: None) -> Result:
    """Build a book. All formats are written aside first; if one fails, none changes.

    Args:
        root: the book's directory.
        options: what to build, where and how.
        tick: called after every chapter that is read, from several threads.

    Raises:
        BuildError: the book has problems, a format cannot be written, or something else is in
            its place.
    """
    settings = stamp.hashes(root, (BOOK_FILE, "pyproject.toml", *COVERS, *bibliography.FILES))
    book = books.load(root)
    formats = options.formats or book.formats or FORMATS
    for format in formats:
        refuse_foreign(options.output / format)
    fresh = not options.use_cache
    with (
        cache.locked(root),
        cache.opened(root, "chapters", fresh=fresh) as kept,
        cache.opened(root, "pages", fresh=fresh) as pages,
        ThreadPoolExecutor(1) as beside,
    ):
        started = time.monotonic()
        counter = _Counter(tick)
        texts = frozenset(TEXTS[format] for format in formats)
        meanwhile = _Meanwhile(root, book, formats, beside)
        manuscript = read_manuscript(
            *(root, book, kept, texts, options.jobs, counter.tick), meanwhile=meanwhile.begin
        )
        seconds = time.monotonic() - started
        shown = stamp.hashes(root, (*manuscript.images, *manuscript.drawings))
        inputs = settings | manuscript.digests | shown
        common = digest(
            (stamp.programs(), manuscript.date, book, manuscript.version, manuscript.terms),
            (shown, [settings[name] for name in COVERS]),
        )
        work = _Work(manuscript, pages, common, meanwhile, options.jobs)
        built = _write_all(work, formats, options)
        if "html" in formats:
            inputs |= stamp.hashes(root, meanwhile.progress.inputs)
        kept.keep_only({chapter.key for chapter in manuscript.chapters})
        pictures.forget_others(root, manuscript.images)
    return Result(manuscript, built, inputs, counter.count, seconds)


class _Counter:
    """Counts what is done, from several threads."""

    def __init__(self, tick: Callable[[], None]) -> None:
        self.count = 0
        self._tick = tick
        self._lock = Lock()

    def tick(self) -> None:
        with self._lock:
            self.count += 1
        self._tick()


class _Meanwhile:
    """Does what needs no text of a chapter while pandoc reads them."""

    def __init__(
        self, root: Path, book: Book, formats: Sequence[Format], beside: ThreadPoolExecutor
    ) -> None:
        self._root = root
        self._book = book
        self._formats = formats
        self._beside = beside
        self._progress: Future[Progress] = Future()
        self._templates: Future[jinja2.Environment] = Future()

    @property
    def progress(self) -> Progress:
        """How far the book is, for a website."""
        return self._progress.result()

    @property
    def templates(self) -> jinja2.Environment:
        """The templates of a website."""
        return self._templates.result()

    def begin(self, sources: Mapping[str, Source]) -> None:
        if "html" in self._formats:
            self._progress = self._beside.submit(self._look, sources)
            self._templates = self._beside.submit(_load_templates)
        for format in self._formats:
            self._beside.submit(import_module, f"tools.build_scripts.{MODULES[format]}")

    def _look(self, sources: Mapping[str, Source]) -> Progress:
        found = progress.survey(self._root, self._book, sources)
        # Found out once; here nobody waits for it.
        _ = found.total, [chapter.state for chapter in found.chapters]
        return found


def _load_templates() -> jinja2.Environment:
    from tools.build_scripts.frame import load_templates

    return load_templates()


@dataclass(frozen=True)
class _Work:
    """What every format is written from.

    Attributes:
        manuscript: the book.
        pages: what was made of its pages before.
        common: the hash of what a whole book is made of besides the texts of its chapters.
        meanwhile: what was done while the chapters were read.
        jobs: how many things to do at once.
    """

    manuscript: Manuscript
    pages: Cache
    common: str
    meanwhile: _Meanwhile
    jobs: int


# Formats -----------------------------------------------------------------------------------
#
# What writes a format is imported when it is used: a website does not wait for a typesetter.

MODULES: Mapping[Format, str] = {
    "html": "website",
    "epub": "epub",
    "pdf": "pdf",
    "markdown": "markdown",
}


def _write_html(work: _Work, output: Output) -> str:
    from tools.build_scripts.website import write_website

    ready = work.meanwhile
    write_website(
        *(work.manuscript, ready.progress, ready.templates, output, work.pages), jobs=work.jobs
    )
    return "index.html"


def _write_epub(work: _Work, output: Output) -> str:
    from tools.build_scripts.epub import write_epub

    manuscript = work.manuscript
    images = places(manuscript)
    texts = [fill_html(manuscript, chapter, images) for chapter in manuscript.chapters]
    return _write_whole(work, output, "epub", texts, write_epub)


def _write_pdf(work: _Work, output: Output) -> str:
    from tools.build_scripts.pdf import write_pdf

    manuscript = work.manuscript
    texts = [fill_typst(manuscript, chapter) for chapter in manuscript.chapters]
    return _write_whole(work, output, "pdf", texts, write_pdf)


def _write_markdown(work: _Work, output: Output) -> str:
    from tools.build_scripts.markdown import chapter_texts, write_markdown

    manuscript = work.manuscript
    texts = chapter_texts(manuscript, copy_images(manuscript, output))
    return _write_whole(work, output, "md", texts, write_markdown)


WRITERS: Mapping[Format, Callable[[_Work, Output], str]] = {
    "html": _write_html,
    "epub": _write_epub,
    "pdf": _write_pdf,
    "markdown": _write_markdown,
}


def _write_whole(
    work: _Work,
    output: Output,
    ending: str,
    texts: Sequence[str],
    write: Callable[[Manuscript, Path, Sequence[str]], None],
) -> str:
    """Write a format that is one file, unless it was made of the same texts before."""
    name = f"{work.manuscript.book.slug}.{ending}"
    key = digest(work.common, list(texts))
    if not output.keep(name, key):
        write(work.manuscript, output.directory / name, texts)
        output.record(name, key)
    return name


# The stamp ---------------------------------------------------------------------------------


def make_stamp(result: Result, output: Path) -> Stamp:
    """Return what a build read and wrote.

    Args:
        result: what it did.
        output: where it wrote.
    """
    manuscript, root = result.manuscript, result.manuscript.root
    links = (link.path for chapter in manuscript.chapters for link in chapter.report.links)
    written = (
        str(output / built.format / name)
        for built in result.built
        for name in (MARKER, *read_info(output / built.format))
    )
    return Stamp(
        tools=stamp.tools(root),
        inputs=result.inputs,
        targets=tuple(sorted({path for path in links if path is not None})),
        outputs=stamp.hashes(root, written),
        built=tuple((built.format, str(built.path)) for built in result.built),
    )


# Directories -------------------------------------------------------------------------------


def _write_all(work: _Work, formats: Sequence[Format], options: Options) -> tuple[Built, ...]:
    output = options.output
    with (
        staged(work.manuscript.root, output, formats) as staging,
        ThreadPoolExecutor(options.jobs) as pool,
    ):
        # The PDF takes longer than all others together: it begins first.
        writing = {
            format: pool.submit(_write, work, format, staging, output / format)
            for format in sorted(formats, key=lambda format: format != "pdf")
        }
        built = [writing[format].result() for format in formats]
    return tuple(
        Built(done.format, output / done.path.relative_to(staging), done.seconds) for done in built
    )


def _write(work: _Work, format: Format, staging: Path, before: Path) -> Built:
    started = time.monotonic()
    output = Output(staging / format, before)
    output.directory.mkdir()
    main = WRITERS[format](work, output)
    output.close()
    return Built(format, output.directory / main, time.monotonic() - started)
