"""What stops a command line before the first question.

Copier answers a bad unattended answer with a traceback (9.19), because the error of a validator
has nobody to go to. Found here instead, it can be printed as its one sentence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from .answers import AnswerError, Question, problem
from .edition import Edition


def problems(
    context: Mapping[str, Any],
    questions: Sequence[Question],
    edition: Callable[[str], Edition],
) -> Iterator[str]:
    """Yield one sentence for each thing that is wrong with a command line, the gravest first.

    Args:
        context: Copier's rendering context before the first question.
        questions: the template's questions.
        edition: a function that loads an edition by its name.
    """
    configuration = context["_copier_conf"]
    yield from _relative_template(context["_copier_answers"], configuration)
    yield from _occupied_destination(configuration)
    given = {**configuration["settings"].defaults, **configuration["data"]}
    yield from _bad_answers(given, context, questions, edition)


def _relative_template(
    remembered: Mapping[str, Any], configuration: Mapping[str, Any]
) -> Iterator[str]:
    source = Path(remembered.get("_src_path") or "/")
    if not source.is_absolute() and source.exists():
        yield (
            f"The template's path '{source}' is relative, so a book started from it could never "
            f"be updated; type its full path instead: copier copy --trust {source.resolve()} "
            f"{configuration['dst_path']}"
        )


def _occupied_destination(configuration: Mapping[str, Any]) -> Iterator[str]:
    folder = Path(configuration["dst_path"])
    may_ask = not configuration["defaults"]
    is_a_book = (folder / configuration["answers_file"]).exists()
    if may_ask or is_a_book or configuration["overwrite"] or not folder.is_dir():
        return
    if any(path.name != ".git" for path in folder.iterdir()):
        yield (
            f"The folder {folder} is not empty; choose another one, or add --overwrite to replace "
            "files that have the same names."
        )


def _bad_answers(
    given: Mapping[str, Any],
    context: Mapping[str, Any],
    questions: Sequence[Question],
    edition: Callable[[str], Edition],
) -> Iterator[str]:
    cast: dict[str, Any] = {}
    for question in questions:
        if question.name not in given:
            continue
        try:
            cast[question.name] = question.cast(given[question.name])
        except AnswerError as error:
            yield f"{question.name}: {error}"
    default = next(question.default for question in questions if question.name == "edition")
    chosen = edition(cast.get("edition") or context.get("edition") or default)
    for name, answer in cast.items():
        if sentence := problem(name, answer, chosen, {**context, **cast}):
            yield f"{name}: {sentence}"
