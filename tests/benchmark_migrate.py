"""Time and memory of the migration report on applications of growing size.

Run it by `nox -s bench`. The applications are copies of the book's own shop, each a package of its
own; every figure is the median of several processes, each held to one core where the system allows.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tests.benchmark import MEASURE
from tests.repository import snapshot

SIZES = (2_500, 10_000, 50_000)
ANALYSE = """
import json, os, resource, sys, time
from pathlib import Path
if hasattr(os, "sched_setaffinity"):
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
start, cpu = time.perf_counter(), time.process_time()
from src.utils.migrate import analyse
report = analyse(Path(sys.argv[1]))
unit = 1024**2 if sys.platform == "darwin" else 1024
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit
print(json.dumps([time.perf_counter() - start, time.process_time() - cpu, peak,
                  report.lines, len(report.routes), len(report.findings)]))
"""


@dataclass(frozen=True)
class Result:
    """Medians of one application."""

    seconds: float
    cpu: float
    mebibytes: float
    lines: int
    routes: int
    findings: int


def application(book: Path, folder: Path, lines: int) -> Path:
    """Write an application of at least so many lines, and return its folder."""
    shop = book / "src" / "flask_examples"
    each = sum(file.read_bytes().count(b"\n") for file in shop.rglob("*.py"))
    for number in range(-(-lines // each)):
        shutil.copytree(shop, folder / f"shop_{number}")
    return folder


def measure(book: Path, folder: Path, runs: int) -> Result:
    """Analyse an application several times and return the medians."""
    command = [os.environ["BOOK_PYTHON"], "-c", ANALYSE, str(folder)]
    figures = [
        json.loads(
            subprocess.run(command, check=True, capture_output=True, text=True, cwd=book).stdout
        )
        for _ in range(runs)
    ]
    seconds, cpu, mebibytes, lines, routes, findings = (
        statistics.median(values) for values in zip(*figures, strict=True)
    )
    return Result(seconds, cpu, mebibytes, int(lines), int(routes), int(findings))


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=3, help="processes a case (default: 3)")
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory() as scratch_name:
        scratch = Path(scratch_name)
        book = scratch / "book"
        subprocess.run(
            [sys.executable, "-c", MEASURE, str(snapshot(scratch / "ours")), str(book), "{}"],
            check=True,
            capture_output=True,
        )
        print(f"\nThe migration report, medians of {runs} runs on one core\n")
        print("| lines | routes | findings | seconds | seconds of CPU | MiB |")
        print("| --: | --: | --: | --: | --: | --: |")
        for size in SIZES:
            folder = application(book, scratch / f"application-{size}", size)
            result = measure(book, folder, runs)
            print(
                f"| {result.lines} | {result.routes} | {result.findings} "
                f"| {result.seconds:.1f} | {result.cpu:.1f} | {result.mebibytes:.0f} |"
            )


if __name__ == "__main__":
    main()
