"""The contents of book.yml, the one file that a book's tools read."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import yaml

from .answers import Author, read_authors
from .edition import Edition
from .outline import Entry, Outline, read_lines, write_line

BOOK_FILE = "book.yml"
SCHEMA = 1


def book_data(answers: Mapping[str, Any], edition: Edition, outline: Outline) -> dict[str, Any]:
    """Return what book.yml holds, in the order it is written.

    Args:
        answers: the answers to the questions.
        edition: the chosen edition.
        outline: the numbered outline.
    """
    return {
        "schema": SCHEMA,
        "edition": edition.name,
        "title": one_line(answers["title"]),
        "subtitle": one_line(answers["subtitle"]) or None,
        "slug": answers["slug"],
        "authors": [_author(author) for author in read_authors(answers["authors"])],
        "description": one_line(answers["description"]),
        "language": answers["language"],
        "repository": repository(answers["repository_url"]),
        "isbn": answers["isbn"].strip() or None,
        "licenses": {"text": answers["text_license"], "code": answers["code_license"]},
        "formats": list(answers["formats"]),
        "paper": answers["paper"],
        "parts": [{"title": part.title, "first": part.first} for part in outline.parts],
        "chapters": [_entry(entry) for entry in outline.chapters],
        "appendices": [_entry(entry) for entry in outline.appendices],
        "phases": list(_phases(edition, outline)),
        "milestones": list(_milestones(edition, outline)),
    }


def remembered(
    answers: Mapping[str, Any], edition: Edition, questions: Sequence[str]
) -> dict[str, Any]:
    """Return the answers as the answers file keeps them.

    Every line of the outline has its id: a title alone would get another id when its author
    retitles it, and be another chapter. The order is that of the questions; Copier's own (9.19)
    tells which answers were given on the command line.

    Args:
        answers: what Copier wants to remember.
        edition: the chosen edition.
        questions: the names of the questions in their order.
    """
    own = (name for name in answers if name not in questions)
    names = [*own, *(name for name in questions if name in answers)]
    lists = {name: answers[name] for name in ("chapters", "appendices") if name in answers}
    return {
        **{name: answers[name] for name in names},
        **{
            name: [write_line(chapter) for chapter in read_lines(lines, edition.known)]
            for name, lines in lists.items()
            if isinstance(lines, list)
        },
    }


def repository(url: str) -> str | None:
    """Return the address that paths can be added to, or None where there is none."""
    return url.strip().rstrip("/").removesuffix(".git") or None


def one_line(text: str) -> str:
    """Return the text with every run of white space made one space."""
    return " ".join(text.split())


def _author(author: Author) -> dict[str, str]:
    keys = ("name", "email", "affiliation")
    return {key: value for key in keys if (value := getattr(author, key))}


def _entry(entry: Entry) -> dict[str, Any]:
    return {
        "id": entry.id,
        "number": entry.number,
        "label": entry.label,
        "title": entry.title,
        "path": entry.path,
        "anchor": entry.anchor,
        "page": entry.page,
        **({"was": list(entry.was)} if entry.was else {}),
        "summary": entry.summary,
        "sections": [
            {"title": section.title, "summary": section.summary} for section in entry.sections
        ],
        "deliverables": [
            {"path": deliverable.path, "title": deliverable.title}
            for deliverable in entry.deliverables
        ],
    }


def _phases(edition: Edition, outline: Outline) -> Iterator[dict[str, Any]]:
    """Yield the phases, each with those of its chapters that the author kept."""
    for phase in edition.data["phases"]:
        yield {**phase, "chapters": _kept(phase["chapters"], outline)}


def _milestones(edition: Edition, outline: Outline) -> Iterator[dict[str, Any]]:
    """Yield the milestones, each with those of its chapters that the author kept, if any."""
    for milestone in edition.data["milestones"]:
        if milestone["chapters"] == "all":
            yield milestone
        elif kept := _kept(milestone["chapters"], outline):
            yield {**milestone, "chapters": kept}


def _kept(ids: Iterable[str], outline: Outline) -> list[str]:
    """Return the ids that chapters of an edition have in an outline, of those that it holds."""
    return [entry.id for id in ids if (entry := outline.find(id))]


def dump_yaml(data: object) -> str:
    """Return the data as YAML a person would write: keys in order, one line a text."""
    return yaml.dump(
        data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=2**31 - 1
    ).rstrip()


def toml_string(text: str) -> str:
    """Return the text as a TOML basic string, which escapes as JSON does (TOML 1.0)."""
    return json.dumps(one_line(text), ensure_ascii=False)


class _Dumper(yaml.SafeDumper):
    """A dumper that indents lists below their keys and never writes aliases."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)

    def ignore_aliases(self, data: Any) -> bool:
        return True
