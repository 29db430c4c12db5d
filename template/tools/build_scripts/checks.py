"""What is wrong in the chapters of a book, each with its place and what to do about it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path, PurePosixPath

from tools.build_scripts import cache, crossref, generated
from tools.build_scripts.book import Book, Entry, Problem
from tools.build_scripts.listings import Listings
from tools.build_scripts.pandoc import Json
from tools.build_scripts.report import Alias, Image, Link, Report
from tools.build_scripts.source import Place, Source
from tools.build_scripts.targets import Targets

# What browsers, e-readers and Typst all show.
IMAGE_TYPES = frozenset({".gif", ".jpeg", ".jpg", ".png", ".svg", ".webp"})


def check(
    root: Path,
    book: Book,
    sources: Mapping[str, Source],
    listings: Mapping[str, Listings],
    reports: Mapping[str, Report],
    targets: Targets,
) -> Iterator[Problem]:
    """Yield what is wrong in the chapters, in reading order.

    Args:
        root: the book's directory.
        book: what book.yml says.
        sources: the files of the chapters, by the chapter's id.
        listings: what their listings show, likewise.
        reports: what was found in those that could be read, likewise.
        targets: all that links can lead to.
    """
    # What a chapter that could not be read holds, nobody knows.
    is_whole = len(reports) == len(book.entries)
    for entry in book.entries:
        if entry.id not in reports:
            continue
        text, report = sources[entry.id], reports[entry.id]
        found = [
            *_text_problems(text, report),
            *_element_problems(text, listings[entry.id], report),
            *_id_problems(text, report, targets),
            *_alias_problems(text, report, targets),
            *_link_problems(root, entry, text, report, targets),
            *_source_problems(text, report),
            *(_reference_problems(text, report, targets) if is_whole else ()),
            *_image_problems(root, text, report),
        ]
        yield from sorted(dict.fromkeys(found), key=lambda problem: problem.line or 0)


def _text_problems(text: Source, report: Report) -> Iterator[Problem]:
    if report.empty and text.front_matter.status != "planned":
        message = (
            "the chapter is empty; write it, or put 'status: planned' in its front matter, "
            "between two lines of ---."
        )
        yield Problem(text.name, None, message, "empty-chapter")
    for title in report.extra_titles:
        message = f"a second title, '{title}'; a chapter has one, so make it a section: ## {title}"
        yield from text.problems(_title_places(text, title), message, "second-title")
    for place, key in text.undefined_notes():
        message = f"the footnote [^{key}] is not defined; add its text: [^{key}]: …"
        yield from text.problems([place], message, "footnote")
    for found in report.messages:
        if found.get("type") != "DuplicateIdentifier":  # told for the whole book, not by chapter
            yield _message_problem(text, found)


def _element_problems(text: Source, listings: Listings, report: Report) -> Iterator[Problem]:
    for key in dict.fromkeys(report.unread_listings):
        if key in listings.missing:
            continue  # why it cannot be shown is told already
        path = re.split("[#:]", key.removeprefix("output:"))[0]
        message = (
            f"the listing of {path} is not read here; begin it on a line of its own, outside "
            "comments and tables."
        )
        yield from text.problems(text.find(path), message, "listing")
    for wrong in dict.fromkeys(report.wrong_lines):
        message = (
            f'highlight="{wrong.written}" names no lines of the listing, which has {wrong.last}; '
            'write their numbers, such as highlight="2,4-5".'
        )
        places = text.find(f"highlight={wrong.written}", wrong.written)
        yield from text.problems(places, message, "listing")
    for words in report.tabs_without_heading:
        message = "tabs begin with a heading, and this stands before the first; move it below one."
        yield from text.problems(text.find(words.partition("\n")[0][:30]), message, "markup")


def _title_places(text: Source, title: str) -> tuple[Place, ...]:
    first = title.split(" ")[0]
    found = text.find(first)
    candidates = [at for at in found if text.lines[at.line - 1].lstrip().startswith("# ")]
    return tuple(candidates[-1:]) or found[-1:]


def _message_problem(text: Source, found: Json) -> Problem:
    """Return what pandoc warned of, and where."""
    kind, line, rule = found.get("type"), found.get("line"), "markup"
    said = str(found.get("pretty", kind))
    if kind == "NoteDefinedButNotUsed":
        rule = "footnote"
        said = f"the footnote [^{found.get('key')}] is used nowhere; delete it or refer to it."
    elif kind == "CouldNotConvertTeXMath":
        rule = "formula"
        formula = str(found.get("contents", "")).strip()
        why = str(found.get("message", "")).rpartition("^\n")[2].partition("\n")[0]
        said = f"the formula '{formula}' is not TeX that can be printed: {why}."
        place = next(iter(text.find(formula, formula.partition("\n")[0])), None)
        line = None if place is None else place.line
    number = line if isinstance(line, int) else None
    return Problem(text.name, number, " ".join(said.split()), rule)


def _id_problems(text: Source, report: Report, targets: Targets) -> Iterator[Problem]:
    for identifier in report.ids:
        if identifier.explicit and targets.uses(identifier.id) > 1:
            message = (
                f"the label '{identifier.written}' is used {targets.uses(identifier.id)} times; "
                "give each its own."
            )
            places = text.find(f"{{#{identifier.written}", f" #{identifier.written}")
            yield from text.problems(places, message, "label")


def _alias_problems(text: Source, report: Report, targets: Targets) -> Iterator[Problem]:
    for alias in report.aliases:
        message = _alias_message(alias, report, targets)
        if message is not None:
            yield from text.problems(_alias_places(text, alias), message, "alias")
    for written in report.misread:
        message = (
            f"'{written}' is not read as a class of the heading; write it at the line's end, with "
            'spaces between classes, or as {class="was-…"}.'
        )
        places = text.find(written, written.replace("\u2019", "'"))
        yield from text.problems(places, message, "alias")


def _alias_message(alias: Alias, report: Report, targets: Targets) -> str | None:
    """Say what is wrong with a former id of a heading, or None."""
    if not alias.written:
        return "'.was-' names no former id; write the id behind it, or delete it."
    is_title = alias.written == report.title_slug
    if is_title or targets.uses(alias.id) > 0 or targets.former[alias.id] > 1:
        return (
            f"the former id '{alias.written}' is in use: a heading, a label or another "
            f"'.was-{alias.written}' has it; delete one of the two."
        )
    return None


def _alias_places(text: Source, alias: Alias) -> tuple[Place, ...]:
    whole = re.compile(rf"\{{[^{{}}]*was-{re.escape(alias.written)}(?![\w:.-])")
    found = text.find(f"was-{alias.written}")
    return tuple(place for place in found if whole.search(text.lines[place.line - 1]))


def _link_problems(
    root: Path, entry: Entry, text: Source, report: Report, targets: Targets
) -> Iterator[Problem]:
    for link in dict.fromkeys(report.links):
        if link.term is not None:
            continue
        message = _link_message(root, entry, link, targets)
        if message is not None:
            yield from text.problems(text.find_target(link.written), message, "link")


def _link_message(root: Path, entry: Entry, link: Link, targets: Targets) -> str | None:
    """Say what is wrong with a link, or None."""
    if link.path is not None:
        if inside(root, link.path) and (root / link.path).exists():
            return None
        return f"the link '{link.written}' leads to no file: {link.path} does not exist."
    if targets.of(link, entry) is not None or link.chapter not in targets.fragments:
        return None
    hint = _hint(link.fragment or "", targets.fragments[link.chapter], "#")
    return f"the link '{link.written}' leads to no heading or label{hint}"


def _hint(written: str, known: Iterable[str], sign: str = "") -> str:
    """Return the end of a sentence, with what the author may have meant."""
    closest = get_close_matches(written, list(known), n=1)
    return f"; did you mean '{sign}{closest[0]}'?" if closest else "."


def _reference_problems(text: Source, report: Report, targets: Targets) -> Iterator[Problem]:
    for id in dict.fromkeys(id for reference in report.references for id in reference.ids):
        if id in targets.labels:
            continue
        if id in targets.ids:
            message = f"'@{id}' has no number; link to it instead: [its text](#{id})"
        else:
            hint = _hint(id, filter(crossref.is_label, targets.labels), "@")
            message = f"'@{id}' refers to a label that does not exist{hint}"
        yield from text.problems(_reference_places(text, id), message, "reference")
    for link in dict.fromkeys(report.links):
        if link.term is not None and link.id not in targets.ids:
            message = f"no glossary explains '{link.term}'{_hint(link.term, targets.terms)}"
            places = text.find(f"[{link.term}]{{.gls", f'"{link.term}"')
            yield from text.problems(places, message, "glossary")


def _source_problems(text: Source, report: Report) -> Iterator[Problem]:
    for id in report.mixed_references:
        message = "references and sources stand in one pair of brackets; give each its own."
        yield from text.problems(_reference_places(text, id), message, "citation")
    for id in dict.fromkeys(report.unknown_sources):
        message = f"'@{id}' is in no bibliography; add it there, or write it as code: `@{id}`"
        yield from text.problems(_reference_places(text, id), message, "citation")


def _reference_places(text: Source, id: str) -> tuple[Place, ...]:
    whole = re.compile(rf"@\{{?{re.escape(id)}(?![\w-])")
    return tuple(
        Place(line, found.start() + 1)
        for line, _ in text.find(f"@{id}", f"@{{{id}")
        if (found := whole.search(text.lines[line - 1]))
    )


def _image_problems(root: Path, text: Source, report: Report) -> Iterator[Problem]:
    for image in dict.fromkeys(report.images):
        if image.drawing is not None or (image.path or "").startswith(cache.DIRECTORY):
            continue  # drawn already, or told why not
        message = _image_message(root, image)
        if message is not None:
            yield from text.problems(text.find_target(image.written), message, "image")


def _image_message(root: Path, image: Image) -> str | None:
    """Say what is wrong with an image, or None."""
    name = f"image '{image.written}'"
    if image.remote:
        return f"{name} is on another host; save it below assets/images and link to that."
    if image.path is None or not inside(root, image.path):
        return f"{name} is outside the book's directory; move it below assets/images."
    if not (root / image.path).is_file():
        original = generated.original_of(root, image.path)
        if original is not None:
            return f"{name} is not drawn yet from {original}; run: {generated.COMMAND}"
        return f"{name} does not exist: there is no file {image.path}."
    if PurePosixPath(image.path).suffix.lower() not in IMAGE_TYPES:
        return f"{name} is of a type that not all formats show; save it as SVG, PNG or JPEG."
    return None


def inside(root: Path, path: str) -> bool:
    """Say whether a path relative to a directory stays in it, links followed."""
    whole = os.path.realpath(root / path)
    return os.path.commonpath([os.path.realpath(root), whole]) == os.path.realpath(root)
