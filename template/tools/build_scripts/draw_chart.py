"""Draw one chart, in a process of its own: `draw_chart.py ROOT SCRIPT DIRECTORY SECONDS`.

A script is somebody's program: it may fail, wait for ever or end its process. What becomes of it
is told in DIRECTORY, where redraw.py reads it: the outcome, the drawing and its table, and where
the script was when it did not end.
"""

from __future__ import annotations

import faulthandler
import os
import runpy
import sys
import traceback
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

if not __package__:  # run as a script, from whatever directory
    sys.path[0] = str(Path(__file__).resolve().parents[2])
    import tools.build_scripts  # noqa: F401  (says what is not installed)

import msgspec.json

from tools.build_scripts.charts import Chart, ChartError, register_fonts, svg, table
from tools.build_scripts.redraw import DRAWING, OUTCOME, STUCK, TABLE, Outcome

# The directories that hold the book's own data and code.
CONTENT = ("assets/", "chapters/", "research/", "src/")
FORM = "define `def draw() -> charts.Chart` in it (docs/contributing/assets.md shows how)"


def main(root: Path, script: str, directory: Path, seconds: float) -> None:
    """Draw a chart and write down what became of it."""
    sys.path.insert(0, str(root))  # where scripts share modules
    fonts = directory / "fonts"
    fonts.mkdir()
    register_fonts(fonts)
    read: set[Path] = set()
    sys.addaudithook(lambda event, arguments: _notice(read, event, arguments))
    with (directory / STUCK).open("w", encoding="utf-8") as stuck:
        faulthandler.dump_traceback_later(seconds, exit=True, file=stuck)
        outcome = _drawn(root, script, directory)
        faulthandler.cancel_dump_traceback_later()
    outcome.sources = sorted(_of_the_book(root, read))
    (directory / OUTCOME).write_bytes(msgspec.json.encode(outcome))


def _drawn(root: Path, script: str, directory: Path) -> Outcome:
    try:
        found = runpy.run_path(str(root / script), run_name=Path(script).stem).get("draw")
        chart = _checked(found() if callable(found) else None)
        drawing = svg(chart)
        data = table(chart)
    except SyntaxError as error:
        return Outcome(message=f"is not Python: {error.msg}.", line=error.lineno)
    except BaseException as error:
        return Outcome(message=_told(error), line=_line(error, root / script))
    (directory / DRAWING).write_bytes(drawing)
    (directory / TABLE).write_bytes(data)
    return Outcome()


def _checked(chart: object) -> Chart:
    """Return what a script drew.

    Raises:
        ChartError: it is no chart, or says nothing to those who cannot see it.
    """
    if not isinstance(chart, Chart):
        raise ChartError(f"returns no chart; {FORM}")
    for name, text in (("title", chart.title), ("description", chart.description)):
        if not text.strip():
            raise ChartError(f"the chart has no {name}; say what there is to see in it")
    if not chart.rows:
        raise ChartError("the chart has no rows; give it the data that is drawn")
    return chart


def _told(error: BaseException) -> str:
    """Return an exception as a sentence."""
    words = " ".join(str(error).split()).rstrip(".")
    if isinstance(error, ChartError):
        return f"{words}."
    return f"the script failed: {type(error).__name__}{': ' if words else ''}{words}."


def _line(error: BaseException, script: Path) -> int | None:
    """Return the line of the script that an exception passed last."""
    frames = traceback.extract_tb(error.__traceback__)
    lines = [frame.lineno for frame in frames if Path(frame.filename) == script]
    return lines[-1] if lines else None


def _notice(read: set[Path], event: str, arguments: Sequence[Any]) -> None:
    """Remember the files that are read, and refuse the network."""
    if event in {"socket.connect", "socket.getaddrinfo"}:
        raise ChartError("the script asks the network; keep the data below research/")
    if event == "open" and isinstance(arguments[0], (str, bytes, os.PathLike)):
        # Links stay links, and nothing is opened to find out.
        read.add(Path(os.path.abspath(os.fsdecode(arguments[0]))))  # noqa: PTH100


def _of_the_book(root: Path, read: Collection[Path]) -> set[str]:
    """Return those of some files, and of the modules that are loaded, that a chart is made of."""
    modules = (getattr(module, "__file__", None) for module in list(sys.modules.values()))
    paths = (*read, *(Path(file) for file in modules if file))
    names = (path.relative_to(root).as_posix() for path in paths if path.is_relative_to(root))
    return {name for name in names if name.startswith(CONTENT) and not name.endswith(".pyc")}


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]), float(sys.argv[4]))
