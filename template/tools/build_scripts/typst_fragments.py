"""Chapters as Typst, until the chapters' reader writes them itself."""

from __future__ import annotations

import msgspec

from tools.build_scripts import pandoc
from tools.build_scripts.book import BuildError, Problem
from tools.build_scripts.chapters import Manuscript


def typst_fragments(manuscript: Manuscript, jobs: int) -> list[str]:
    """Return the chapters as Typst, in their order.

    Raises:
        BuildError: one of them cannot be written.
    """
    works = [{"ast": msgspec.json.encode(chapter.ast).decode()} for chapter in manuscript.chapters]
    answers = pandoc.run_script("typst_main.lua", {}, works, jobs)
    problems = [
        Problem(chapter.entry.prose, None, str(answer["error"]))
        for chapter, answer in zip(manuscript.chapters, answers, strict=True)
        if "error" in answer
    ]
    if problems:
        raise BuildError(*problems)
    return [answer["typst"] for answer in answers]
