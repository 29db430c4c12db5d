"""Chapters that claim more than can be seen of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from tools.build_scripts import progress
from tools.build_scripts.book import Problem
from tools.validation.context import Context


def unfounded(context: Context) -> Iterator[Problem]:
    """Yield what chapters lack of the state that their front matter claims."""
    found = progress.survey(context.root, context.book, context.survey.sources)
    for chapter in found.chapters:
        for problem in chapter.unfounded:
            said = f"chapter {chapter.entry.label} is said to be {chapter.claimed}, but"
            yield replace(problem, message=f"{said} {problem.message}")
