"""All that links and references of a book can lead to, and what each of them leads to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from tools.build_scripts import crossref
from tools.build_scripts.book import Book, Entry
from tools.build_scripts.crossref import Numbered
from tools.build_scripts.report import Link, Report


@dataclass(frozen=True)
class Targets:
    """What links and references can lead to.

    Attributes:
        ids: every id of the book, with how often it is defined.
        former: every former id of a heading, likewise.
        former_anchors: the anchors that chapters had before.
        owners: the chapter that an id stands in, by id.
        fragments: what the author can write behind `#`, by the chapter's id; a chapter that
            could not be read is missing.
        labels: what has a number, by label.
        terms: the terms that a glossary explains, in the order of the book.
        meanings: the id that every id means, those included that are no longer or never were one.
        prefixes: what the ids of a chapter begin with, by the chapter's id.
    """

    ids: Counter[str]
    former: Counter[str]
    former_anchors: frozenset[str]
    owners: dict[str, Entry]
    fragments: dict[str, tuple[str, ...]]
    labels: dict[str, Numbered]
    terms: tuple[str, ...]
    meanings: dict[str, str]
    prefixes: dict[str, str]

    def uses(self, id: str) -> int:
        """Return how often an id is taken, by chapters that had it before too."""
        return self.ids[id] + (id in self.former_anchors)

    def of(self, link: Link, here: Entry) -> str | None:
        """Return the id that a link of a chapter leads to, None where there is none.

        A chapter's title has a fragment on GitHub, but is printed from book.yml here; chapters
        and headings answer to their former ids; and the fragment of a heading such as "Fig trees"
        looks like one of the author's labels.
        """
        if link.id is None or link.id in self.ids:
            return link.id
        local = f"{self.prefixes[link.chapter or here.id]}{link.fragment}"
        return self.meanings.get(local) or self.meanings.get(link.id)


def collect(book: Book, reports: Mapping[str, Report]) -> Targets:
    """Collect what links can lead to.

    Args:
        book: the book.
        reports: what was found in its chapters, by the chapter's id.
    """
    ids = Counter(entry.anchor for entry in book.entries)
    owners = {entry.anchor: entry for entry in book.entries}
    former: Counter[str] = Counter()
    for entry in book.entries:
        report = reports.get(entry.id)
        if report is None:
            continue
        ids.update(identifier.id for identifier in report.ids)
        owners |= {identifier.id: entry for identifier in report.ids}
        owners |= {index.id: entry for index in report.index_entries}
        former.update(alias.id for alias in report.aliases)
    return Targets(
        ids=ids,
        former=former,
        former_anchors=frozenset(a for entry in book.entries for a in entry.former_anchors),
        owners=owners,
        fragments={
            id: tuple(identifier.written for identifier in report.ids)
            for id, report in reports.items()
        },
        labels=crossref.labels(book, reports),
        terms=tuple(term.term for report in reports.values() for term in report.terms),
        meanings=_meanings(book, reports, ids),
        prefixes={entry.id: entry.prefix for entry in book.entries},
    )


def _meanings(book: Book, reports: Mapping[str, Report], ids: Counter[str]) -> dict[str, str]:
    meanings = {anchor: entry.anchor for entry in book.entries for anchor in entry.former_anchors}
    for report in reports.values():
        meanings |= {alias.id: alias.target for alias in report.aliases}
    meanings |= {
        f"{entry.prefix}{reports[entry.id].title_slug}": entry.anchor
        for entry in book.entries
        if entry.id in reports
    }
    return meanings | {id: id for id in ids}
