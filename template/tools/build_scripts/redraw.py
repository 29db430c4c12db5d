"""Drawing what is below assets anew: diagrams here, charts by their scripts."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import msgspec
import msgspec.json

from tools.build_scripts import cache, diagrams, generated, installed, pandoc
from tools.build_scripts.book import BuildError, Problem
from tools.build_scripts.cache import Cache, digest
from tools.build_scripts.diagrams import DiagramError
from tools.build_scripts.generated import Original

# What a script of a chart leaves in its directory (draw_chart.py).
OUTCOME, STUCK, DRAWING, TABLE = "outcome.json", "stuck.txt", "chart.svg", "chart.csv"
# Where the data of charts is.
DATA = "research/"
# Until a script is given up; to load Matplotlib takes longer where it was never loaded.
SECONDS = 60
LOADING = 120

HERE = Path(__file__).parent
PACKAGES = (*diagrams.PACKAGES, "matplotlib", "numpy")
MODULES = ("charts.py", "diagrams.py", "draw_chart.py", "drawing.py")
INSTALL = "python -m pip install -r requirements/assets.txt"
STUCK_LINE = re.compile(r'File "(.+)", line (\d+) in ')


class Outcome(msgspec.Struct):
    """What became of the script of a chart.

    Attributes:
        sources: the files of the book that it read, sorted.
        message: why there is no chart.
        line: the line of the script where that is.
    """

    sources: list[str] = []
    message: str | None = None
    line: int | None = None


@dataclass(frozen=True)
class Drawn:
    """What was drawn.

    Attributes:
        files: the bytes of each file, by its path relative to the book's root.
        key: the hash of all that they were made of.
    """

    files: dict[str, bytes]
    key: str


def forget_others(root: Path, drawings: Iterable[Drawn]) -> None:
    """Forget what was drawn before and is no longer."""
    with cache.opened(root, "assets") as kept:
        kept.keep_only({drawing.key for drawing in drawings})


def draw_all(
    root: Path, originals: Sequence[Original], seconds: float = SECONDS
) -> list[Drawn | Problem]:
    """Draw what is not remembered, on all cores.

    Args:
        root: the book's directory.
        originals: what to draw.
        seconds: how long a script of a chart may take.

    Returns:
        For each of them what was drawn, or why not.
    """
    with (
        cache.opened(root, "assets") as kept,
        cache.opened(root, "matplotlib") as settings,
        ThreadPoolExecutor(pandoc.default_jobs()) as pool,
    ):
        drawing = _Drawing(root, kept, settings.directory, seconds)
        return list(pool.map(drawing.draw, originals))


@dataclass(frozen=True)
class _Drawing:
    """The drawing of a book's assets.

    Attributes:
        root: the book's directory.
        kept: what was drawn before, by the hash of all that it was made of.
        settings: where Matplotlib keeps what it found out about the machine.
        seconds: how long a script may take.
    """

    root: Path
    kept: Cache
    settings: Path
    seconds: float

    def draw(self, original: Original) -> Drawn | Problem:
        note = generated.note_of(self.root / original.drawing)
        if note is not None and note.sources[0] == original.path:
            remembered = self._remembered(original, note.sources)
            if remembered is not None:
                return remembered
        try:
            return self._chart(original) if original.kind == "chart" else self._diagram(original)
        except BuildError as error:
            return error.problems[0]

    def _key(self, sources: Sequence[str]) -> str:
        tools = [(HERE / name).read_bytes() for name in MODULES]
        versions = installed.versions(PACKAGES)
        return digest(versions, *tools, generated.made_of(self.root, sources))

    def _remembered(self, original: Original, sources: Sequence[str]) -> Drawn | None:
        key = self._key(sources)
        found = {name: self.kept.read(key, Path(name).suffix[1:]) for name in original.files}
        files = {name: data for name, data in found.items() if data is not None}
        return Drawn(files, key) if len(files) == len(found) else None

    def _finished(
        self, original: Original, sources: Sequence[str], drawing: bytes, table: bytes | None
    ) -> Drawn:
        """Return what was drawn, and remember it."""
        files = {original.drawing: generated.sealed(self.root, sources, drawing, table)}
        if original.table is not None and table is not None:
            files[original.table] = table
        key = self._key(sources)
        for name, data in files.items():
            self.kept.write(key, Path(name).suffix[1:], data)
        return Drawn(files, key)

    def _diagram(self, original: Original) -> Drawn:
        try:
            source = (self.root / original.path).read_bytes().decode("utf-8-sig")
            drawing = diagrams.render(original.kind, source)
        except UnicodeDecodeError as error:
            raise BuildError(Problem(original.path, None, "is not UTF-8.")) from error
        except DiagramError as error:
            message = f"cannot be drawn: {error.message}."
            raise BuildError(Problem(original.path, error.line, message)) from error
        return self._finished(original, (original.path,), drawing, None)

    def _chart(self, original: Original) -> Drawn:
        with tempfile.TemporaryDirectory(prefix="chart-") as aside:
            outcome = self._run(original, Path(aside))
            drawing = (Path(aside) / DRAWING).read_bytes()
            table = (Path(aside) / TABLE).read_bytes()
        others = [name for name in outcome.sources if name != original.path]
        if not any(name.startswith(DATA) for name in others):
            message = f"reads no file below {DATA}; a chart shows data that has a source."
            raise BuildError(Problem(original.path, None, message))
        return self._finished(original, (original.path, *others), drawing, table)

    def _run(self, original: Original, aside: Path) -> Outcome:
        """Run the script of a chart, which leaves its files aside.

        Raises:
            BuildError: it draws nothing.
        """
        command = [sys.executable, str(HERE / "draw_chart.py"), str(self.root), original.path]
        environment = {
            **{name: value for name, value in os.environ.items() if name != "PYTHONPATH"},
            **{"LC_ALL": "C.UTF-8", "MPLBACKEND": "svg", "MPLCONFIGDIR": str(self.settings)},
            **{"PYTHONDONTWRITEBYTECODE": "1", "PYTHONHASHSEED": "0", "PYTHONUTF8": "1"},
            "TZ": "UTC",
        }
        try:
            done = subprocess.run(
                [*command, str(aside), str(self.seconds)],
                cwd=self.root,
                env=environment,
                capture_output=True,
                encoding="utf-8",
                errors="replace",
                timeout=self.seconds + LOADING,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            message = f"was not done after {self.seconds + LOADING:g} seconds."
            raise BuildError(Problem(original.path, None, message)) from error
        if not (aside / OUTCOME).is_file():
            raise BuildError(self._unended(original, aside, done))
        outcome = msgspec.json.decode((aside / OUTCOME).read_bytes(), type=Outcome)
        if outcome.message is not None:
            raise BuildError(Problem(original.path, outcome.line, outcome.message))
        return outcome

    def _unended(
        self, original: Original, aside: Path, done: subprocess.CompletedProcess[str]
    ) -> Problem:
        """Return why the process of a script ended before it could say so itself."""
        stuck = aside / STUCK
        trace = stuck.read_text(encoding="utf-8") if stuck.is_file() else ""
        if trace:
            script = str(self.root / original.path)
            lines = [int(line) for file, line in STUCK_LINE.findall(trace) if file == script]
            message = f"was not done after {self.seconds:g} seconds, when it was here."
            return Problem(original.path, lines[0] if lines else None, message)
        last = (done.stderr.strip().splitlines() or ["it says nothing"])[-1]
        if last.startswith("ModuleNotFoundError"):
            return Problem(original.path, None, f"{last}; run: {INSTALL}")
        return Problem(
            original.path, None, f"ended its process with code {done.returncode}: {last}."
        )
