"""Stored output of programs: is it what they print today?"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from tools.build_scripts import cache
from tools.build_scripts import outputs as stored
from tools.build_scripts.book import BuildError, Problem
from tools.build_scripts.cache import digest
from tools.build_scripts.listings import attributes_of, stored_output
from tools.build_scripts.pandoc import default_jobs
from tools.build_scripts.tested import imports_of
from tools.validation.context import Context


def stale(context: Context) -> Iterator[Problem]:
    """Yield the programs that print something else than listings show.

    A program runs again when it, a file of the book that it imports, or its output has changed.
    """
    shown: dict[str, tuple[str, int]] = {}
    for text in context.survey.sources.values():
        for fence in text.fences:
            program = attributes_of(fence.info).get("output")
            if program and (context.root / stored_output(program)).is_file():
                shown.setdefault(program, (text.name, fence.line))
    with cache.opened(context.root, "outputs") as kept:
        keys = {program: _key(context.root, program) for program in shown}
        waiting = [program for program in shown if not kept.has(keys[program], ("same",))]
        with ThreadPoolExecutor(default_jobs()) as pool:
            messages = pool.map(partial(_message, context.root), waiting)
            for program, message in zip(waiting, messages, strict=True):
                if message is None:
                    kept.write(keys[program], "same", b"")
                else:
                    yield Problem(*shown[program], message, "output")
        kept.keep_only(set(keys.values()))


def _message(root: Path, program: str) -> str | None:
    """Say what is wrong with a program's stored output, or None."""
    try:
        is_stale = stored.changed(root, program)
    except BuildError as error:
        return f"the output of {program} cannot be checked: {error.problems[0].message}"
    if is_stale:
        return f"{program} prints something else than {stored_output(program)}; run: make outputs"
    return None


def _key(root: Path, program: str) -> str:
    imported = imports_of(root, [program], digest(program))
    files = sorted({program, stored_output(program), *imported})
    return digest(sys.version, *((root / name).read_bytes() for name in files))
