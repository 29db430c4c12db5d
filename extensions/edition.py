"""An edition: the content a book starts from, read from its YAML file."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from .outline import Chapter, Deliverable, Outline, Part, Section, number, read_lines, read_parts
from .yamlfile import load_yaml

NO_APPENDICES = "none"


@dataclass(frozen=True)
class Edition:
    """What an edition knows: its defaults, its chapters, and data that templates print.

    Attributes:
        defaults: answers to propose (title, subtitle, description, slug, ...).
        chapters: its chapters in reading order.
        appendices: its appendices in reading order.
        parts: its parts in reading order.
        data: lists that only templates read (phases, milestones, journey, ...).
    """

    name: str
    defaults: Mapping[str, str]
    chapters: tuple[Chapter, ...]
    appendices: tuple[Chapter, ...]
    parts: tuple[Part, ...]
    data: Mapping[str, Any]

    @property
    def known(self) -> dict[str, Chapter]:
        """All its chapters and appendices by id."""
        return {chapter.id: chapter for chapter in self.chapters + self.appendices}

    def outline(self, chapters: object, appendices: object, parts: object) -> Outline:
        """Number the author's lines; an empty answer means the edition's own.

        Args:
            chapters: the answer that lists chapters.
            appendices: the answer that lists appendices; `none` leaves the edition's out.
            parts: the answer that lists parts.

        Raises:
            OutlineError: one sentence for the author.
        """
        own_chapters = read_lines(chapters, self.known) or self.chapters
        named = {id: chapter.id for chapter in own_chapters for id in (*chapter.was, chapter.id)}
        return number(
            own_chapters,
            self._appendices(appendices, named),
            tuple(
                replace(part, first=named.get(part.first, part.first))
                for part in read_parts(parts) or self.parts
                if parts or part.first in named
            ),
        )

    def _appendices(self, answer: object, named: Container[str]) -> tuple[Chapter, ...]:
        if answer == NO_APPENDICES:
            return ()
        return read_lines(answer, self.known) or tuple(
            appendix for appendix in self.appendices if appendix.id not in named
        )


def load_edition(file: Path) -> Edition:
    """Read an edition's YAML file.

    Args:
        file: the file, named after the edition.
    """
    content = load_yaml(file.read_text(encoding="utf-8"))
    return Edition(
        name=file.stem,
        defaults={key: value for key, value in content.items() if isinstance(value, str)},
        chapters=_chapters(content["chapters"]),
        appendices=_chapters(content["appendices"]),
        parts=tuple(Part(part["title"], part["first"]) for part in content["parts"]),
        data={
            key: content[key]
            for key in ("keywords", "phases", "milestones", "journey", "audience", "outcomes")
        },
    )


def _chapters(items: Sequence[Mapping[str, Any]]) -> tuple[Chapter, ...]:
    return tuple(
        Chapter(
            id=item["id"],
            title=item["title"],
            source=item["id"],
            summary=item["summary"],
            objectives=tuple(item["objectives"]),
            sections=tuple(Section(**section) for section in item["sections"]),
            deliverables=tuple(Deliverable(**promise) for promise in item["deliverables"]),
        )
        for item in items
    )
