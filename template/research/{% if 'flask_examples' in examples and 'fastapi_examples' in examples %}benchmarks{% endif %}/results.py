"""A run as files: what was measured, where, and what was made of both."""

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec

from .measurement import Measurement
from .processes import BenchmarkError

FOLDER = Path(__file__).resolve().parent / "results" / "full"
MEASUREMENTS, MANIFEST = "measurements.csv", "manifest.json"


@dataclass(frozen=True)
class Run:
    """A whole run.

    Attributes:
        manifest: on what it was made.
        measurements: what came of it.
    """

    manifest: Mapping[str, Any]
    measurements: tuple[Measurement, ...]

    def files(self) -> dict[str, str]:
        """Return the text of each file that holds it, by name."""
        rows = [asdict(one) for one in self.measurements]
        manifest = json.dumps(self.manifest, indent=2) + "\n"
        return {MEASUREMENTS: as_csv(rows), MANIFEST: manifest}


def as_csv(rows: Sequence[Mapping[str, Any]]) -> str:
    """Return rows as CSV, its head the names in the first."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def load(folder: Path) -> Run:
    """Read a run that was stored.

    Raises:
        BenchmarkError: there is none, or something else is in its place.
    """
    path = folder / MANIFEST
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
        path = folder / MEASUREMENTS
        with path.open(encoding="utf-8", newline="") as file:
            rows = [
                {name: value or None for name, value in row.items()}
                for row in csv.DictReader(file)
            ]
        found = msgspec.convert(rows, tuple[Measurement, ...], strict=False)
        if not found:
            raise ValueError("it holds no measurement")
    except FileNotFoundError as error:
        message = f"{path} is missing; a run with --full writes it"
        raise BenchmarkError(message) from error
    except (ValueError, msgspec.ValidationError) as error:
        raise BenchmarkError(f"{path} is no stored run: {error}") from error
    return Run(manifest, found)


# region: store
def store(files: Mapping[str, str], folder: Path) -> None:
    """Put files into a folder, in place of all that was in it.

    They are written aside, and then folders change their names: whatever
    stops this program, there is one run in the folder, and all of it.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=".run-", dir=folder.parent) as name:
        aside, former = Path(name, "new"), Path(name, "former")
        aside.mkdir()
        for file, text in files.items():
            (aside / file).write_text(text, encoding="utf-8", newline="\n")
        with _out_of_the_way(folder, former):
            aside.rename(folder)


@contextmanager
def _out_of_the_way(folder: Path, former: Path) -> Iterator[None]:
    if folder.exists():
        folder.rename(former)
    try:
        yield
    except BaseException:
        if former.exists():
            former.rename(folder)
        raise


# endregion
