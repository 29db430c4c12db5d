"""Draw what is below assets, and list it: `python tools/build_scripts/make_assets.py`."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

if not __package__:  # run as a script, from whatever directory
    sys.path[0] = str(Path(__file__).resolve().parents[2])
    import tools.build_scripts  # noqa: F401  (says what is not installed, before click does)

import click

from tools.build_scripts import (
    asset_index,
    asset_sources,
    cache,
    chapters,
    drawio,
    generated,
    redraw,
)
from tools.build_scripts import book as books
from tools.build_scripts.book import BuildError, Problem
from tools.build_scripts.cli import book_option, told
from tools.build_scripts.diagrams import DiagramError
from tools.build_scripts.files import put
from tools.build_scripts.redraw import Drawn


def drawn(root: Path, only: str | None, seconds: float) -> dict[str, bytes]:
    """Draw the assets that are drawn from something.

    Args:
        root: the book's directory.
        only: the one to draw, or what it is drawn from; relative to the root.
        seconds: how long a script of a chart may take.

    Returns:
        The bytes of each file, by its path relative to the root.

    Raises:
        BuildError: something cannot be drawn; holds every problem that was found.
    """
    names = generated.asset_files(root)
    known = generated.originals(names)
    wanted = [original for original in known if only in (None, original.path, *original.files)]
    if only is not None and not wanted:
        message = f"is neither drawn by {generated.COMMAND} nor what something is drawn from."
        raise BuildError(Problem(only, None, message))
    clashes = {original: [*generated.clashes(root, original, known)] for original in wanted}
    problems = [problem for found in clashes.values() for problem in found]
    if only is None:
        problems += _drawing_problems(root, names)
    drawable = [original for original, found in clashes.items() if not found]
    outcomes = redraw.draw_all(root, drawable, seconds)
    problems += [outcome for outcome in outcomes if isinstance(outcome, Problem)]
    if problems:
        raise BuildError(*problems)
    drawings = [outcome for outcome in outcomes if isinstance(outcome, Drawn)]
    if only is None:
        redraw.forget_others(root, drawings)
    return {name: data for drawing in drawings for name, data in drawing.files.items()}


def _drawing_problems(root: Path, names: Sequence[str]) -> Iterator[Problem]:
    """Yield the drawings of draw.io, which only draw.io can export, whose export is old."""
    for name in names:
        if name.endswith(".drawio"):
            try:
                drawio.exported(root / name)
            except DiagramError as error:
                yield Problem(name, None, f"{error.message}.")


def listed(root: Path) -> str | None:
    """Return the index of a book's assets.

    Raises:
        BuildError: book.yml or sources.yml cannot be read.
    """
    book = books.load(root)
    origins = asset_sources.read(root)
    if origins.problems:
        raise BuildError(*origins.problems)
    names = generated.asset_files(root)
    with cache.opened(root, "chapters") as kept:
        survey = chapters.survey(root, book, kept)
    used = asset_index.usage(book, survey.reports, survey.library)
    return asset_index.text(root, book, names, origins, used)


def _changed(root: Path, files: dict[str, bytes]) -> Iterator[str]:
    for name, data in files.items():
        path = root / name
        if not path.is_file() or path.read_bytes() != data:
            yield name


def _relative(root: Path, path: Path | None) -> str | None:
    """Return a path that somebody typed, relative to the book's root."""
    if path is None:
        return None
    for place in (Path.cwd() / path, root / path):
        if place.exists() and place.is_relative_to(root):
            return place.relative_to(root).as_posix()
    return path.as_posix()


def _refuse_stale(root: Path, files: dict[str, bytes]) -> None:
    """Refuse what is not as it would be drawn.

    Raises:
        BuildError: holds a problem for each such file.
    """
    problems = []
    for name in _changed(root, files):
        state = "is not what is drawn now" if (root / name).exists() else "is missing"
        problems.append(Problem(name, None, f"{state}; run: {generated.COMMAND}"))
    if problems:
        raise BuildError(*problems)


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--check", is_flag=True, help="Change nothing; fail where a file is missing or old.")
@click.option(
    "--only",
    type=click.Path(path_type=Path),
    metavar="PATH",
    help="Draw only this file, or what is drawn from it; leave the index alone.",
)
@click.option(
    "--seconds",
    type=click.FloatRange(min=0, min_open=True),
    default=redraw.SECONDS,
    show_default=True,
    help="How long the script of a chart may take.",
)
@book_option
def main(check: bool, only: Path | None, seconds: float, root: Path) -> None:
    """Draw the diagrams and charts below assets, and write the index of all assets.

    Diagrams (.mmd, .dot) and the scripts in assets/charts are drawn as SVG beside themselves, and
    charts with their data as CSV. Nothing is written when something cannot be drawn.
    """
    with told():
        files = drawn(root, _relative(root, only), seconds)
        if check:
            _refuse_stale(root, files)
        changed = list(_changed(root, files))
        for name in () if check else changed:
            put(root / name, files[name])
            click.echo(f"Drew {name}")
        if only is None:
            changed += _index(root, check)
    if not changed:
        click.echo("All assets are as they were.")


def _index(root: Path, check: bool) -> list[str]:
    """Write the index of assets if it changed, and return what was written.

    Raises:
        BuildError: it is to be checked only, or somebody else's file is in its place.
    """
    text = listed(root)
    problems = list(asset_index.problems(root, text))
    if problems and (check or asset_index.is_foreign(root)):
        raise BuildError(*problems)
    if check or text == asset_index.written(root):
        return []
    if text is None:
        (root / asset_index.FILE).unlink()
        click.echo(f"Deleted {asset_index.FILE}: there are no assets")
    else:
        put(root / asset_index.FILE, text.encode())
        click.echo(f"Wrote {asset_index.FILE}")
    return [asset_index.FILE]


if __name__ == "__main__":
    main()
