"""Rendering a version of the template aside, as Copier does within an update."""

from __future__ import annotations

import signal
import warnings
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from copier import run_copy
from copier.errors import UserMessageError

from .yamlfile import load_yaml


class RenderError(RuntimeError):
    """A version of the template that cannot be had or rendered; its text says why."""


@dataclass(frozen=True)
class Render:
    """A book to render.

    Attributes:
        template: the template's address or folder.
        revision: the version of it.
        answers: the answers, as the answers file holds them.
        answers_file: the file that keeps them, relative to the book's root.
        folder: where to.
        exclude: patterns of files to leave out, as Copier takes them.
    """

    template: str
    revision: str
    answers: Mapping[str, Any]
    answers_file: str
    folder: Path
    exclude: Sequence[str]


def render_all(renders: Sequence[Render]) -> None:
    """Render books side by side, each in a process of its own: no version sees another's modules.

    Raises:
        RenderError: a version cannot be had or rendered.
    """
    workers = ProcessPoolExecutor(
        max_workers=len(renders),
        # Ctrl-C is for the update, which waits for them and then says how to go back.
        initializer=signal.signal,
        initargs=(signal.SIGINT, signal.SIG_IGN),
    )
    with workers as pool:
        for problem in pool.map(_render, renders):
            if problem:
                raise RenderError(problem)


def _render(render: Render) -> str:
    """Render a book, and return what went wrong, empty where nothing did."""
    if not (render.template and render.revision):
        return f"{render.answers_file} does not say which version of the template made the book"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the update has said already what there is to say
            run_copy(
                render.template,
                render.folder,
                {name: answer for name, answer in render.answers.items() if name[0] != "_"},
                answers_file=render.answers_file,
                vcs_ref=render.revision,
                exclude=render.exclude,
                defaults=True,
                quiet=True,
                skip_tasks=True,
                unsafe=True,
            )
    except (UserMessageError, OSError, ValueError) as error:  # Git's failures are an OSError
        return f"{render.template} cannot be rendered at {render.revision}: {error}"
    return ""


def read_answers(text: bytes) -> dict[str, Any]:
    """Return the answers that an answers file holds."""
    answers: dict[str, Any] = load_yaml(text)
    return answers
