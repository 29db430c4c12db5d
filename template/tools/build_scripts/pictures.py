"""Pictures that are made at build time: diagrams of a chapter's text, and drawings of draw.io."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path, PurePosixPath

from tools.build_scripts import cache, diagrams, drawio
from tools.build_scripts.book import Problem
from tools.build_scripts.cache import Cache
from tools.build_scripts.diagrams import DiagramError
from tools.build_scripts.report import Diagram, Image, Report
from tools.build_scripts.source import Source

PART = "diagrams"
# Where they are, relative to the book's root.
DIRECTORY = f"{cache.DIRECTORY}/{PART}"
# Each has an engine of its own that draws, which takes memory.
MOST_AT_ONCE = 4


def draw(
    root: Path, reports: Mapping[str, Report], sources: Mapping[str, Source], jobs: int
) -> list[Problem]:
    """Make the pictures that are not there yet, and return what is wrong with the others.

    Args:
        root: the book's directory.
        reports: what was found in the chapters, by the chapter's id.
        sources: the files of the chapters, likewise.
        jobs: how many to draw at once.
    """
    if not any(report.diagrams or report.images for report in reports.values()):
        return []
    with cache.opened(root, PART) as kept:
        wanted = {_name(one): one for report in reports.values() for one in report.diagrams}
        waiting = [one for name, one in wanted.items() if not kept.has(name, ("svg",))]
        wrong = dict(_draw_diagrams(waiting, kept, min(jobs, MOST_AT_ONCE)))
        problems = (
            problem
            for id, report in reports.items()
            for problem in (
                *_diagram_problems(root, report, sources[id], wrong),
                *_draw_drawings(root, report, sources[id], kept),
            )
        )
        # A file may be drawn in several places, and is wrong in one.
        return list(dict.fromkeys(problems))


def forget_others(root: Path, images: Iterable[str]) -> None:
    """Delete the pictures that were made and that no image of the book is any longer."""
    names = {PurePosixPath(image).stem for image in images if image.startswith(f"{DIRECTORY}/")}
    if (root / DIRECTORY).is_dir():
        with cache.opened(root, PART) as kept:
            kept.keep_only(names)


def _name(diagram: Diagram) -> str:
    """Return the name of a diagram, which is made of all that it is drawn from."""
    return PurePosixPath(diagram.path).stem


def _draw_diagrams(
    waiting: Sequence[Diagram], kept: Cache, jobs: int
) -> Iterator[tuple[str, DiagramError]]:
    """Draw diagrams, and yield the names of those that cannot be drawn, with the reason."""

    def drawn(diagram: Diagram) -> DiagramError | None:
        try:
            kept.write(_name(diagram), "svg", diagrams.render(diagram.language, diagram.text))
        except DiagramError as error:
            return error
        return None

    if len(waiting) < 2:  # here the engine is still warm from the last one
        results = list(map(drawn, waiting))
    else:
        with ThreadPoolExecutor(jobs) as pool:
            results = list(pool.map(drawn, waiting))
    for diagram, error in zip(waiting, results, strict=True):
        if error is not None:
            yield _name(diagram), error


def _diagram_problems(
    root: Path, report: Report, text: Source, wrong: Mapping[str, DiagramError]
) -> Iterator[Problem]:
    for diagram in report.diagrams:
        error = wrong.get(_name(diagram))
        if error is not None:
            yield _diagram_problem(root, text, diagram, error)


def _diagram_problem(root: Path, text: Source, diagram: Diagram, error: DiagramError) -> Problem:
    """Return what is wrong in a diagram, at its line in the chapter or in a file of its own."""
    message = f"the {diagram.language} diagram cannot be drawn: {error.message}."
    if diagram.source is not None:
        line = None if error.line is None else _line_in_file(root, diagram, error.line)
        return Problem(diagram.source, line, message, "diagram")
    fence = text.fence_of(diagram.text)
    line = fence if fence is None or error.line is None else fence + error.line
    return Problem(text.name, line, message, "diagram")


def _line_in_file(root: Path, diagram: Diagram, number: int) -> int:
    """Return the line of a file that a line of its excerpt is: some are left out between."""
    lines = (root / str(diagram.source)).read_text(encoding="utf-8-sig").split("\n")
    place = (diagram.first or 1) - 1
    for wanted in diagram.text.split("\n")[:number]:
        while lines[place].strip() != wanted.strip():
            place += 1
        place += 1
    return place


def _draw_drawings(root: Path, report: Report, text: Source, kept: Cache) -> Iterator[Problem]:
    for image in dict.fromkeys(report.images):
        if image.drawing is None or image.path is None:
            continue
        try:
            drawn = _drawn(root / image.drawing)
        except DiagramError as error:
            yield from _drawing_problems(text, image, error.message)
            continue
        name = PurePosixPath(image.path).stem
        if kept.read(name, "svg") != drawn:
            kept.write(name, "svg", drawn)


def _drawn(drawing: Path) -> bytes:
    if not drawing.is_file():
        raise DiagramError("there is no such file")
    return drawio.picture(drawio.exported(drawing) if drawing.suffix == ".drawio" else drawing)


def _drawing_problems(text: Source, image: Image, message: str) -> Iterator[Problem]:
    told = f"image '{image.written}' cannot be shown: {message}."
    yield from text.problems(text.find_target(image.written), told, "diagram")
