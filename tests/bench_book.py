"""Books to measure builds with: generated prose and real code, the same every time.

The words and the listings come from the default edition. A chapter is written twice from the
same draws: for the book's own tools, and plainly, with every listing pasted and every
cross-reference a link, for the other generators.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from textwrap import dedent
from typing import Any

import yaml
from copier import run_copy

EXAMPLES = ("flask_examples", "fastapi_examples", "async_patterns", "security", "utils")
FORMATS = ("html", "epub", "pdf", "markdown")
TITLE = "A book to measure"
SECTIONS = 6
# With what is drawn for lists, tables and notes, 2,000 words a chapter as `wc` counts them.
WORDS = 1660
# A label that every tenth chapter refers to.
COMMON_LABEL = "sec-basics"
_COMMON = re.compile(rf"\b{COMMON_LABEL}(?:-\d+)?\b")
_REGION = re.compile(r"[ \t]*# region: (\S+)")
_REGION_END = re.compile(r"[ \t]*# endregion")


@dataclass(frozen=True)
class Listing:
    """A piece of Python; `include` says where to find it when it is a region of a file."""

    text: str
    include: str | None = None


@dataclass(frozen=True)
class Material:
    """What chapters are made of: running words, the lines of programs, and marked regions."""

    words: tuple[str, ...]
    code: tuple[tuple[str, ...], ...]
    regions: tuple[Listing, ...]


@dataclass(frozen=True)
class Style:
    """How a chapter is written.

    Attributes:
        labels: whether it has labels, `@sec-…` references and included listings.
        address: the file of a chapter, by its number, as other chapters link to it.
    """

    labels: bool
    address: Callable[[int], str]


@dataclass(frozen=True)
class Book:
    """A rendered book.

    Attributes:
        folder: where it is.
        chapters: the prose of every chapter and appendix, in order.
        pages: the pages of its website that hold them.
        results: what a build of all formats writes below `book_build`, besides those pages.
    """

    folder: Path
    chapters: tuple[Path, ...]
    pages: tuple[str, ...]
    results: tuple[str, ...]

    def clean(self) -> None:
        """Remove all that was built, what is kept for the next build included."""
        for name in ("book_build", ".book_cache"):
            shutil.rmtree(self.folder / name, ignore_errors=True)

    def edit(self, text: str) -> str:
        """Add a paragraph to the chapter in the middle, and return the page it belongs to."""
        middle = len(self.chapters) // 2
        with self.chapters[middle].open("a", encoding="utf-8") as file:
            file.write(f"\n{text}\n")
        return self.pages[middle]

    def rename_label(self, label: str) -> str:
        """Rename the common label wherever it is used, and return a page that refers to it."""
        for chapter in self.chapters:
            text = chapter.read_text(encoding="utf-8")
            if (renamed := _COMMON.sub(label, text)) != text:
                chapter.write_text(renamed, encoding="utf-8")
        return self.pages[9]


def render_book(template: Path, folder: Path, answers: Mapping[str, Any]) -> Book:
    """Render a book of the template, with all formats, and return it."""
    answers = {"authors": "Ada Lovelace", "formats": list(FORMATS), **answers}
    run_copy(str(template), folder, answers, vcs_ref="HEAD", defaults=True, unsafe=True, quiet=True)
    outline = yaml.safe_load((folder / "book.yml").read_text(encoding="utf-8"))
    entries = [*outline["chapters"], *outline["appendices"]]
    suffixes = {"epub": "epub", "pdf": "pdf", "markdown": "md"}
    return Book(
        folder,
        tuple(folder / entry["path"] / "chapter.md" for entry in entries),
        tuple(entry["page"] for entry in entries),
        tuple(f"{name}/{outline['slug']}.{suffix}" for name, suffix in suffixes.items()),
    )


def generate(template: Path, folder: Path, material: Material, count: int, *, labels: bool) -> Book:
    """Render a book of so many chapters, write their prose, and return it."""
    titles = [{f"c{number}": title(number)} for number in range(1, count + 1)]
    answers = {"edition": "own", "title": TITLE, "chapters": titles, "examples": list(EXAMPLES)}
    book = render_book(template, folder, answers)
    style = Style(labels, lambda number: f"../{book.chapters[number - 1].parent.name}/chapter.md")
    for number, path in enumerate(book.chapters, start=1):
        text = _write(number, count, material, style)
        path.write_text(f"# {title(number)}\n\n{text}", encoding="utf-8")
    return book


def plain_chapters(material: Material, count: int) -> dict[str, str]:
    """Return the plain text of every chapter by its file name, for the other generators."""
    style = Style(labels=False, address=lambda number: f"c{number}.md")
    return {
        f"c{number}.md": f"# {title(number)} {{#c{number}}}\n\n"
        + _write(number, count, material, style)
        for number in range(1, count + 1)
    }


def title(number: int) -> str:
    """Return the title of a chapter."""
    return f"What case {number} shows"


def material_of(book: Book) -> Material:
    """Return the words and the programs of a rendered default edition."""
    prose = "\n".join(path.read_text(encoding="utf-8") for path in book.chapters)
    programs = {
        path.relative_to(book.folder).as_posix(): path.read_text(encoding="utf-8").splitlines()
        for path in sorted(book.folder.glob("src/*/*.py"))
    }
    regions = [
        Listing(text, f'include="{name}" region="{region}"')
        for name, lines in programs.items()
        for region, text in _regions(lines)
    ]
    code = (tuple(_without_markers(lines)) for lines in programs.values())
    return Material(
        tuple(re.findall(r"[a-z]+", prose.lower())),
        tuple(lines for lines in code if len(lines) >= 30),
        tuple(regions),
    )


def _regions(lines: Sequence[str]) -> Iterator[tuple[str, str]]:
    opened: list[tuple[str, list[str]]] = []
    for line in lines:
        if found := _REGION.match(line):
            opened.append((found[1], []))
        elif _REGION_END.match(line):
            name, inside = opened.pop()
            yield name, dedent("\n".join(inside)).strip("\n")
        else:
            for _, inside in opened:
                inside.append(line)


def _without_markers(lines: Sequence[str]) -> Iterator[str]:
    return (line for line in lines if not (_REGION.match(line) or _REGION_END.match(line)))


def _write(number: int, count: int, material: Material, style: Style) -> str:
    """Return the text of a chapter, one of so many, below its title."""
    chapter = _Chapter(number, count, material, style, Random(number))
    return "\n\n".join(chapter.blocks()) + "\n"


@dataclass(frozen=True)
class _Chapter:
    """One chapter; what is drawn at random never depends on the style."""

    number: int
    count: int
    material: Material
    style: Style
    random: Random

    def blocks(self) -> Iterator[str]:
        """Yield the blocks of the chapter."""
        listings = [self.region(), *(self.excerpt() for _ in range(5 + self.number % 2))]
        words = WORDS - sum(len(listing.text.split()) for listing in listings)
        share = words // (2 * SECTIONS)
        for section in range(1, SECTIONS + 1):
            yield f"## {self.phrase(4).capitalize()} {{#{self.label(section)}}}"
            yield self.paragraph(share)
            yield from self.extras(section)
            yield self.listing(section, listings[section - 1])
            yield self.paragraph(share)
        for place, listing in enumerate(listings[SECTIONS:], start=SECTIONS + 1):
            yield self.listing(place, listing)

    def extras(self, section: int) -> Iterator[str]:
        """Yield what a section has besides prose and code."""
        neighbour = self.number % self.count + 1
        if section % 2:
            yield f"### {self.phrase(3).capitalize()}"
            yield "\n".join(f"- {self.sentence(9)}" for _ in range(4))
        if section == 1 and self.number % 10 == 0:
            yield f"It builds on {self.reference(1, COMMON_LABEL)}."
        if section == 2:
            yield f"What follows is in {self.reference(neighbour, f'sec-c{neighbour}-3')}."
        if section == 3:
            yield f"{self.mention(f'tbl-c{self.number}', 'The table')} compares them."
            yield self.table()
        if section == 4:
            address = self.style.address(neighbour)
            yield f"> [!NOTE]\n> {self.sentence(25)} See [the next chapter]({address})."
        if section == 5:
            mention = self.mention(f"eq-c{self.number}", "the formula")
            yield f"Of $n$ requests, $k$ wait, and {mention} says how long:[^c{self.number}]"
            formula = f"$$W_k = \\sum_{{i=1}}^{{n}} \\frac{{i^2}}{{k + {self.number}}}$$"
            yield f"{formula} {{#eq-c{self.number}}}" if self.style.labels else formula
            yield f"[^c{self.number}]: {self.sentence(14)}"

    def label(self, section: int) -> str:
        """Return the label of a section."""
        if self.number == section == 1:
            return COMMON_LABEL
        return f"sec-c{self.number}-{section}"

    def reference(self, chapter: int, label: str) -> str:
        """Return a reference to a section of a chapter."""
        if self.style.labels:
            return f"@{label}"
        return f"[the section]({self.style.address(chapter)}#{label})"

    def mention(self, label: str, words: str) -> str:
        """Return a reference to something of this chapter, or words in its place."""
        return f"@{label}" if self.style.labels else words

    def listing(self, place: int, listing: Listing) -> str:
        """Return a listing, and a sentence about it."""
        caption = self.phrase(5).capitalize()
        if not self.style.labels:
            return f"{caption}:\n\n```python\n{listing.text}\n```"
        label = f"lst-c{self.number}-{place}"
        attributes = f'{{.python #{label} caption="{caption}"'
        if listing.include:
            return f"@{label} shows it.\n\n```{attributes} {listing.include}}}\n```"
        return f"@{label} shows it.\n\n```{attributes}}}\n{listing.text}\n```"

    def table(self) -> str:
        """Return a table with a caption."""
        rows = [f"| {self.phrase(2)} | {self.random.random():.2f} |" for _ in range(6)]
        label = f" {{#tbl-c{self.number}}}" if self.style.labels else ""
        caption = f": {self.phrase(4).capitalize()}{label}"
        return "\n".join(["| Case | Seconds |", "| --- | --: |", *rows, "", caption])

    def region(self) -> Listing:
        """Return a marked region of a program."""
        return self.random.choice(self.material.regions)

    def excerpt(self) -> Listing:
        """Return some lines of a program, more often of a long one."""
        code = self.material.code
        weights = [len(lines) for lines in code]
        while True:
            (lines,) = self.random.choices(code, weights)
            length = self.random.randrange(8, 22)
            first = self.random.randrange(len(lines) - length)
            if text := dedent("\n".join(lines[first : first + length])).strip("\n"):
                return Listing(text)

    def paragraph(self, words: int) -> str:
        """Return sentences of so many words in all."""
        sentences = []
        while words > 0:
            length = min(words, self.random.randrange(8, 25))
            sentences.append(self.sentence(length))
            words -= length
        return " ".join(sentences)

    def sentence(self, words: int) -> str:
        """Return a sentence, one in two with something to mark up."""
        first, *others = self.phrase(words).split()
        if others and self.random.random() < 0.5:
            place = self.random.randrange(len(others))
            word = others[place]
            link = f"[{word}](https://example.org/{word})"
            others[place] = self.random.choice([f"`{word}()`", f"*{word}*", f"**{word}**", link])
        return " ".join([first.capitalize(), *others]) + "."

    def phrase(self, words: int) -> str:
        """Return words that follow one another in the default edition."""
        first = self.random.randrange(len(self.material.words) - words)
        return " ".join(self.material.words[first : first + words])
