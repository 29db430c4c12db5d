"""Time and memory of rendering, beside an empty template, and of updates that move chapters.

Run it by `nox -s bench`. Each figure is the median of several processes of their own; memory is
the peak resident set of the process, Copier's `git` children left out.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.repository import git, snapshot, start_repository

MEASURE = """
import json, resource, sys, time
from copier import run_copy
source, destination, answers = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
start = time.perf_counter()
run_copy(source, destination, answers, defaults=True, unsafe=True, quiet=True, vcs_ref="HEAD")
elapsed = time.perf_counter() - start
print(json.dumps([elapsed, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024]))
"""


UPDATE = """
import json, sys, time
from copier import run_update
book, answers = sys.argv[1], json.loads(sys.argv[2])
start = time.perf_counter()
run_update(book, answers, defaults=True, overwrite=True, unsafe=True, quiet=True, vcs_ref="HEAD")
print(json.dumps(time.perf_counter() - start), file=sys.stderr)
"""
# Runs of an update of so many chapters: a thousand take minutes.
UPDATE_RUNS = {10: 3, 100: 3, 1000: 1}


@dataclass(frozen=True)
class Result:
    """Medians of one case: seconds, MiB, and how many files were written."""

    name: str
    seconds: float
    mebibytes: float
    files: int


def empty_template(folder: Path) -> Path:
    """Make the floor: a template that renders its answers file and nothing else."""
    (folder / "template").mkdir(parents=True)
    (folder / "copier.yml").write_text("_subdirectory: template\n", encoding="utf-8")
    answers = folder / "template" / "{{ _copier_conf.answers_file }}.jinja"
    answers.write_text("{{ _copier_answers|to_nice_yaml }}\n", encoding="utf-8")
    return start_repository(folder, "An empty template")


def measure(
    name: str, template: Path, scratch: Path, runs: int, answers: Mapping[str, Any]
) -> Result:
    """Render a case several times and return its medians."""
    figures = []
    for run in range(runs):
        destination = scratch / f"{name}-{run}".replace(" ", "-")
        command = [sys.executable, "-c", MEASURE, str(template), str(destination)]
        printed = subprocess.run(
            [*command, json.dumps(answers)], check=True, capture_output=True, text=True
        ).stdout
        figures.append(json.loads(printed))
    written = sum(path.is_file() for path in destination.rglob("*"))
    seconds, mebibytes = (statistics.median(values) for values in zip(*figures, strict=True))
    return Result(name, seconds, mebibytes, written)


def written_book(template: Path, folder: Path, titles: Sequence[str]) -> Path:
    """Start a book of which the author has changed every chapter, and return it."""
    command = [sys.executable, "-c", MEASURE, str(template), str(folder)]
    answers = {"edition": "own", "chapters": titles}
    subprocess.run([*command, json.dumps(answers)], check=True, capture_output=True)
    for prose in folder.glob("chapters/*/chapter.md"):
        with prose.open("a", encoding="utf-8") as file:
            file.write("\nWords, and [a link](../../README.md#chapters).\n")
    return start_repository(folder, "Start the book")


def measure_update(book: Path, titles: Sequence[str], runs: int) -> float:
    """Update a book several times from the same state, and return the median of the seconds."""
    figures = []
    for _ in range(runs):
        command = [sys.executable, "-c", UPDATE, str(book), json.dumps({"chapters": titles})]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        figures.append(float(done.stderr.splitlines()[-1]))
        git(book, "reset", "--quiet", "--hard")
        git(book, "clean", "-fdq")
    return statistics.median(figures)


def report_updates(template: Path, scratch: Path) -> None:
    """Measure updates that move every chapter beside those that move none, and print a table."""
    print("\n| chapters | runs | none moves: s | all move: s | ratio |")
    print("| --: | --: | --: | --: | --: |")
    for count, runs in UPDATE_RUNS.items():
        titles = [f"Chapter about {n}" for n in range(count)]
        book = written_book(template, scratch / f"update-{count}", titles)
        none = measure_update(book, [*titles, "The last"], runs)
        every = measure_update(book, ["The first", *titles], runs)
        print(f"| {count} | {runs} | {none:.1f} | {every:.1f} | {every / none:.2f} |")


def main() -> None:
    """Measure and print tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5, help="processes a case (default: 5)")
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory() as scratch_name:
        scratch = Path(scratch_name)
        ours = snapshot(scratch / "ours")
        floor = measure("empty template", empty_template(scratch / "empty"), scratch, runs, {})
        cases = [measure("default book", ours, scratch, runs, {})]
        for count in (10, 100, 1000):
            answers = {"edition": "own", "chapters": [f"Chapter about {n}" for n in range(count)]}
            cases.append(measure(f"{count} chapters", ours, scratch, runs, answers))
        report(runs, floor, cases)
        report_updates(ours, scratch)


def report(runs: int, floor: Result, cases: Sequence[Result]) -> None:
    """Print the table of renders."""
    print(f"Medians of {runs} runs, {os.cpu_count()} cores, Python {sys.version.split()[0]}\n")
    print("| case | files | seconds | of the floor | ms a file above it | MiB |")
    print("| --- | --: | --: | --: | --: | --: |")
    for result in [floor, *cases]:
        above = (result.seconds - floor.seconds) / result.files * 1000
        print(
            f"| {result.name} | {result.files} | {result.seconds:.2f} "
            f"| {result.seconds / floor.seconds:.1f} | {above:.1f} | {result.mebibytes:.0f} |"
        )


if __name__ == "__main__":
    main()
