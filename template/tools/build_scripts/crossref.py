"""Cross-references: one label, one number, in every format."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from tools.build_scripts.book import Book
from tools.build_scripts.report import Reference, Report

WORDS = {"fig": "Figure", "tbl": "Table", "lst": "Listing", "eq": "Equation", "sec": "Section"}
PLURALS = {
    "Figure": "Figures",
    "Table": "Tables",
    "Listing": "Listings",
    "Equation": "Equations",
    "Section": "Sections",
    "Chapter": "Chapters",
    "Appendix": "Appendices",
}
NO_BREAK = "\u00a0"


@dataclass(frozen=True)
class Numbered:
    """What a label names: its number, and the English word for it."""

    id: str
    number: str
    word: str


@dataclass(frozen=True)
class Piece:
    """A piece of the text of a reference: a link to an id, or plain text."""

    text: str
    id: str | None = None


def is_label(id: str) -> bool:
    """Say whether an id is one that references can name: it begins with a kind of label."""
    return id.partition("-")[0] in WORDS


def labels(book: Book, reports: Mapping[str, Report]) -> dict[str, Numbered]:
    """Return everything in a book that has a label and a number, by label.

    Args:
        book: the book.
        reports: what was found in its chapters, by the chapter's id.
    """
    found: dict[str, Numbered] = {}
    for entry in book.entries:
        word = "Appendix" if book.is_appendix(entry) else "Chapter"
        chapter = Numbered(entry.anchor, entry.label, word)
        found |= dict.fromkeys((entry.anchor, *entry.former_anchors), chapter)
        report = reports.get(entry.id)
        if report is None:
            continue
        for label in report.labels:
            word = WORDS.get(label.id.partition("-")[0], "Section")
            found[label.id] = Numbered(label.id, label.number, word)
        for alias in report.aliases:
            if alias.target in found:
                found.setdefault(alias.id, found[alias.target])
    return found


def pieces(
    reference: Reference, known: Mapping[str, Numbered], words: Mapping[str, str]
) -> tuple[Piece, ...]:
    """Return the text of a reference: `Figure 3.2`, `Listings 2.1 and 2.4`.

    Args:
        reference: the reference; all its labels are known.
        known: what all labels name.
        words: the words of the book's language.
    """
    named = [known[id] for id in reference.ids]
    groups = [_group(list(group)) for _, group in groupby(named, key=lambda one: one.word)]
    texts = [
        list(_group_pieces(group, reference, words, is_first=place == 0))
        for place, group in enumerate(groups)
    ]
    return tuple(_joined(texts, words))


def _group(named: list[Numbered]) -> list[tuple[Numbered, Numbered]]:
    """Return runs of three or more numbers that follow one another as their first and last."""
    runs: list[list[Numbered]] = []
    for one in named:
        if runs and _follows(runs[-1][-1], one):
            runs[-1].append(one)
        else:
            runs.append([one])
    found: list[tuple[Numbered, Numbered]] = []
    for run in runs:
        if len(run) > 2:
            found.append((run[0], run[-1]))
        else:
            found += [(one, one) for one in run]
    return found


def _follows(before: Numbered, after: Numbered) -> bool:
    start, _, last = before.number.rpartition(".")
    next_start, _, next_last = after.number.rpartition(".")
    both_count = last.isdigit() and next_last.isdigit()
    return start == next_start and both_count and int(next_last) == int(last) + 1


def _group_pieces(
    group: Sequence[tuple[Numbered, Numbered]],
    reference: Reference,
    words: Mapping[str, str],
    *,
    is_first: bool,
) -> Iterator[Piece]:
    prefix = _prefix(group, reference, words, is_first=is_first)
    if len(group) == 1 and group[0][0] is group[0][1]:
        only = group[0][0]
        yield Piece(f"{prefix}{only.number}", only.id)
        return
    if prefix:
        yield Piece(prefix)
    yield from _joined([list(_range(first, last)) for first, last in group], words)


def _prefix(
    group: Sequence[tuple[Numbered, Numbered]],
    reference: Reference,
    words: Mapping[str, str],
    *,
    is_first: bool,
) -> str:
    if reference.number_only:
        return ""
    if reference.prefix is not None and is_first:
        return reference.prefix + NO_BREAK
    word = group[0][0].word
    is_one = len(group) == 1 and group[0][0] is group[0][1]
    return words[word if is_one else PLURALS[word]] + NO_BREAK


def _range(first: Numbered, last: Numbered) -> Iterator[Piece]:
    yield Piece(first.number, first.id)
    if last is not first:
        yield Piece("\u2013")
        yield Piece(last.number, last.id)


def _joined(texts: Sequence[Iterable[Piece]], words: Mapping[str, str]) -> Iterator[Piece]:
    """Yield texts as a list is written: `a`, `a and b`, `a, b and c`."""
    for place, text in enumerate(texts):
        if place > 0:
            is_last = place == len(texts) - 1
            yield Piece(f" {words['and']} " if is_last else ", ")
        yield from text
