"""The PDF: Typst sets the chapters, which typst.lua wrote, as theme/book.typ says."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timezone
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import unquote

import msgspec
import pikepdf
import typst

from tools.build_scripts import index, pandoc
from tools.build_scripts.book import (
    BOOK_FILE,
    Book,
    BuildError,
    Problem,
)
from tools.build_scripts.chapters import Manuscript, ParsedChapter
from tools.build_scripts.document import (
    copyright_line,
    entry_name,
    imprint,
    part_name,
    roman,
)
from tools.build_scripts.fonts import FontSet, drawn_clusters, is_cjk, load_fonts, locate
from tools.build_scripts.index import Term
from tools.build_scripts.pandoc import Json

THEME = pandoc.HERE / "theme"
THEME_NAME = "tools/build_scripts/theme/book.typ"
# Tagged, readable by assistive technology, and sound enough to be archived.
STANDARDS: list[typst.PDFStandard] = ["a-2a", "ua-1"]
# Where Typst says that it failed; of several places the innermost call comes first.
PLACE = re.compile(r"┌─ (?P<file>.+):(?P<line>\d+):(?P<column>\d+)$", re.MULTILINE)
MAIN_FILE = "__typst_py_bytes__.typ"
ARABIC = re.compile("[\u0600-\u06ff]")
IMAGE = re.compile(r'image\("/(?P<path>(?:[^"\\]|\\.)*)"')


def write_pdf(manuscript: Manuscript, destination: Path, fragments: Sequence[str]) -> None:
    """Write the book as a PDF.

    Args:
        manuscript: the book.
        destination: the file to write.
        fragments: the chapters as Typst, in their order.

    Raises:
        BuildError: a font or a character is missing, or Typst cannot set something.
    """
    fonts = load_fonts(manuscript.book.language)
    problems = tuple(_missing_characters(manuscript, fonts))
    if problems:
        raise BuildError(*problems)
    source = _typst_source(manuscript.book, fragments)
    facts = _facts(manuscript, fonts)
    _write_packed(_compile(manuscript, source, facts, fonts), destination)


# Characters --------------------------------------------------------------------------------


def _missing_characters(manuscript: Manuscript, fonts: FontSet) -> Iterator[Problem]:
    """Yield a problem for every character that no font has, where it first stands."""
    language = manuscript.book.language
    missing = fonts.missing(frozenset().union(*map(drawn_clusters, _texts(manuscript))))
    if not missing:
        return
    for _, cluster in locate("\n".join(_printed_facts(manuscript.book)), missing):
        yield Problem(BOOK_FILE, None, _missing_message(cluster, language))
    for chapter in manuscript.chapters:
        for line, cluster in locate(chapter.text, missing):
            yield Problem(chapter.entry.prose, line, _missing_message(cluster, language))
        for path, text in chapter.listings:
            for _, cluster in locate(text, missing):
                found = _line_of(manuscript.root / path, cluster)
                yield Problem(path, found, _missing_message(cluster, language))


def _line_of(file: Path, cluster: str) -> int | None:
    """Return the first line of a file that has a cluster; a listing may show less of it."""
    lines = file.read_text(encoding="utf-8-sig").split("\n")
    return next((number for number, line in enumerate(lines, start=1) if cluster in line), None)


def _texts(manuscript: Manuscript) -> Iterator[str]:
    """Yield all that the PDF shows, in pieces."""
    yield from _printed_facts(manuscript.book)
    for chapter in manuscript.chapters:
        yield chapter.text
        yield from (text for _, text in chapter.listings)


def _printed_facts(book: Book) -> Iterator[str]:
    """Yield the texts of book.yml that the PDF shows."""
    yield from (book.title, book.subtitle or "", book.description)
    for author in book.authors:
        yield from (author.name, author.affiliation or "")
    yield from (part.title for part in book.parts)
    for entry in book.entries:
        yield from (entry.title, entry.summary, entry.label)


def _missing_message(cluster: str, language: str) -> str:
    codes = " ".join(f"U+{ord(character):04X}" for character in cluster)
    if not cluster.isprintable():
        return f"no font of this book has the character {codes}, which is not seen; delete it."
    name = unicodedata.name(cluster[0], "")
    asian = name.startswith(("CJK", "HIRAGANA", "KATAKANA", "HANGUL", "IDEOGRAPHIC", "FULLWIDTH"))
    if asian and not is_cjk(language):
        advice = (
            "the fonts for Chinese, Japanese and Korean come with a book whose language is "
            "one of them; write it in Latin letters, or show an image of it."
        )
    else:
        advice = "write it in another way, or show an image of it."
    return f"no font of this book has the character '{cluster}' ({codes}); {advice}"


# Source ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Source:
    """The whole book as one Typst document.

    Attributes:
        text: the theme, then the chapters.
        starts: the line, from 1, on which each chapter begins.
    """

    text: str
    starts: tuple[int, ...]

    def chapter_at(self, line: int) -> int | None:
        """Return the place among the chapters of a line, or None for a line of the theme."""
        place = bisect_right(self.starts, line) - 1
        return place if place >= 0 else None


def _typst_source(book: Book, fragments: Sequence[str]) -> _Source:
    pieces = [(THEME / "book.typ").read_text(encoding="utf-8")]
    starts: list[int] = []
    line = 1
    for opener, fragment in zip(_openers(book), fragments, strict=True):
        line += pieces[-1].count("\n")
        starts.append(line)
        pieces.append(f"{opener}[\n{fragment}\n]\n")
    return _Source("".join(pieces), tuple(starts))


def _openers(book: Book) -> Iterator[str]:
    """Yield the call that each chapter is the content of, after that of a part that begins."""
    base = 0
    for place, entry in enumerate(book.entries):
        begun = book.part_at(entry)
        # Chapters stand below their part in the outline, appendices below none.
        base = 0 if book.is_appendix(entry) else 1 if begun else base
        part = f"#book-part({begun[0] - 1})\n" if begun else ""
        yield f"{part}#let base = {base}\n#book-chapter({place}, base)"


# Facts -------------------------------------------------------------------------------------


def _facts(manuscript: Manuscript, fonts: FontSet) -> Json:
    """Return what the theme prints besides the chapters."""
    book, words = manuscript.book, manuscript.terms
    date = datetime.fromtimestamp(manuscript.date, timezone.utc)
    return {
        "paper": book.paper,
        "title": book.title,
        "subtitle": book.subtitle,
        "authors": [{"name": a.name, "affiliation": a.affiliation} for a in book.authors],
        "description": book.description,
        "keywords": [
            f"{words['Version']} {manuscript.version}",
            *([f"ISBN {book.isbn}"] if book.isbn else []),
        ],
        "date": {"year": date.year, "month": date.month, "day": date.day},
        "language": _language(book),
        "fonts": asdict(fonts.families),
        "arabic": any(map(ARABIC.search, _texts(manuscript))),
        "copyright": copyright_line(manuscript),
        "imprint": [
            {"name": fact.name, "value": fact.value, "url": fact.address}
            for fact in imprint(manuscript)
            if fact.value
        ],
        "contents": words["Contents"],
        "parts": list(_parts(book, words)),
        "chapters": [_chapter_facts(manuscript, chapter) for chapter in manuscript.chapters],
        "index": list(_index(index.terms(manuscript))),
        "index_title": words["Index"],
    }


def _index(terms: Iterable[Term], above: tuple[str, ...] = ()) -> Iterator[Json]:
    """Yield the lines of the index, each with the terms that it stands below."""
    for term in terms:
        levels = (*above, term.text)
        if term.ids:
            yield {"levels": levels, "ids": term.ids}
        yield from _index(term.below, levels)


def _language(book: Book) -> Json:
    """Return the language as Typst wants it, which knows no other subtags."""
    primary, *subtags = book.language.split("-")
    is_known = re.fullmatch(r"[A-Za-z]{2,3}", primary)
    region = next((tag.upper() for tag in subtags if re.fullmatch(r"[A-Za-z]{2}", tag)), None)
    return {
        "lang": primary.lower() if is_known else "und",
        "region": region,
        "dir": book.direction,
    }


def _parts(book: Book, words: dict[str, str]) -> Iterator[Json]:
    begins = [next(n for n, c in enumerate(book.chapters) if c.id == p.first) for p in book.parts]
    for number, part in enumerate(book.parts, start=1):
        later = [begin for begin in begins if begin > begins[number - 1]]
        end = min(later, default=len(book.chapters))
        yield {
            "title": part.title,
            "name": part_name(number, words),
            "number": roman(number),
            "chapters": list(range(begins[number - 1], end)),
            "is_first": begins[number - 1] == 0,
        }


def _chapter_facts(manuscript: Manuscript, chapter: ParsedChapter) -> Json:
    book, entry = manuscript.book, chapter.entry
    return {
        "title": entry.title,
        "label": entry.label,
        "name": entry_name(manuscript, entry),
        "anchor": entry.anchor,
        "aliases": entry.former_anchors,
        "summary": entry.summary,
        "is_first": entry == book.entries[0] and not book.part_at(entry),
        "sections": [
            {"id": heading.id, "number": heading.number, "title": heading.text}
            for heading in chapter.report.sections
        ],
    }


# Setting -----------------------------------------------------------------------------------


def _compile(manuscript: Manuscript, source: _Source, facts: Json, fonts: FontSet) -> bytes:
    """Return the PDF; the same source gives the same bytes."""
    compiler = typst.Compiler(
        source.text.encode(),
        root=manuscript.root,
        font_paths=fonts.loaded,
        sys_inputs={"book": msgspec.json.encode(facts).decode()},
    )
    try:
        pdf = compiler.compile(format="pdf", pdf_standards=STANDARDS, timestamp=manuscript.date)
    except typst.TypstError as error:
        raise BuildError(*_typst_problems(manuscript, source, error.diagnostic)) from error
    if not isinstance(pdf, bytes):
        raise TypeError("Typst returned no PDF")
    return pdf


def _write_packed(pdf: bytes, destination: Path) -> None:
    """Write the PDF in half the size, still by its standards.

    Typst writes its tags, an object for every paragraph, one by one and uncompressed.
    """
    with TemporaryDirectory(dir=destination.parent) as directory:
        # From a file it takes two thirds of the time that it takes from memory.
        whole = Path(directory) / destination.name
        whole.write_bytes(pdf)
        with pikepdf.open(whole) as document:
            document.save(
                destination,
                object_stream_mode=pikepdf.ObjectStreamMode.generate,
                deterministic_id=True,
                # The metadata says by which standards the PDF is written, and stays as it is.
                fix_metadata_version=False,
            )


def _typst_problems(manuscript: Manuscript, source: _Source, diagnostic: str) -> list[Problem]:
    """Return what Typst complains of, by chapter."""
    errors = re.split(r"^error: ", diagnostic, flags=re.MULTILINE)[1:] or [diagnostic]
    problems = [_typst_problem(manuscript, source, error) for error in errors]
    return list(dict.fromkeys(problems))


def _typst_problem(manuscript: Manuscript, source: _Source, error: str) -> Problem:
    message = " ".join(error.partition("\n")[0].split())
    places = list(PLACE.finditer(error))
    image = _failed_image(manuscript, source, places)
    if image is not None:
        name, line = _first_use(manuscript, image)
        told = f"the image {image} cannot be printed in the PDF: {message}; save it anew."
        return Problem(name, line, told)
    lines = [int(place["line"]) for place in places if place["file"].endswith(MAIN_FILE)]
    for line in lines:
        place = source.chapter_at(line)
        if place is not None:
            told = f"this chapter cannot be printed in the PDF: {message}."
            return Problem(manuscript.chapters[place].entry.prose, None, told)
    return Problem(THEME_NAME, next(iter(lines), None), f"cannot be printed: {message}.")


def _failed_image(
    manuscript: Manuscript, source: _Source, places: list[re.Match[str]]
) -> str | None:
    """Return the image that Typst failed on, relative to the book's root, or None."""
    if not places:
        return None
    shown = Path(places[0]["file"]).as_posix()
    if not shown.endswith(MAIN_FILE):
        # It names an SVG that it cannot read, relative to wherever the build was started.
        return next((path for path in manuscript.images if shown.endswith(f"/{path}")), None)
    line = source.text.split("\n")[int(places[0]["line"]) - 1]
    call = IMAGE.match(line[int(places[0]["column"]) :])
    return re.sub(r"\\(.)", r"\1", call["path"]) if call else None


def _first_use(manuscript: Manuscript, image: str) -> tuple[str, int | None]:
    """Return the first chapter that shows an image, and the line if it can be found."""
    for chapter in manuscript.chapters:
        for found in chapter.report.images:
            if found.path == image:
                spellings = (found.written, unquote(found.written))
                lines = enumerate(chapter.text.split("\n"), start=1)
                shows = (n for n, line in lines if any(s in line for s in spellings))
                return chapter.entry.prose, next(shows, None)
    return image, None
