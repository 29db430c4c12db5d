"""Time and memory of builds, beside other generators on the same text.

Run it by `nox -s bench-build`. Ratios are to one plain `pandoc -t chunkedhtml` of the same
chapters. Each figure is the median of several processes, the cases taking turns, so that a
machine that is busy for a while slows all of them; memory is the peak resident set of the
largest process that a build starts. What others took of the machine meanwhile stands beside it,
because it slows a build that uses every core more than one that uses a single one. A build that
fails, or does not write what it should, is told in the table.
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
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from pathlib import Path

from tests.bench_book import (
    COMMON_LABEL,
    Book,
    Material,
    generate,
    material_of,
    plain_chapters,
    render_book,
)
from tests.bench_rivals import RIVALS, Rival, pandoc_arguments, write_chapters
from tests.repository import snapshot

CHAPTERS = 100
BUILD = ("tools/build_scripts/build_book.py",)
# A file that a build must change, and what must be in it then.
Proof = tuple[Path, str]
# In a process of its own, and a small one: a child's peak begins with its parent's size.
MEASURE = """
import json, os, resource, subprocess, sys, time
def busy():
    with open("/proc/stat") as stat:
        user, nice, system, idle, waiting, *others = map(int, stat.readline().split()[1:9])
    return (user + nice + system + sum(others)) / os.sysconf("SC_CLK_TCK")
before, start = busy(), time.perf_counter()
done = subprocess.run(sys.argv[1:], capture_output=True, stdin=subprocess.DEVNULL)
seconds = time.perf_counter() - start
used = resource.getrusage(resource.RUSAGE_CHILDREN)
own = used.ru_utime + used.ru_stime
others = max(0, busy() - before - own) / seconds / os.cpu_count()
said = (done.stderr + done.stdout).decode("utf-8", "replace").strip()
print(json.dumps([done.returncode, said, seconds, own, others, used.ru_maxrss / 1024]))
"""


class BuildFailedError(Exception):
    """A build failed, or did not write what it should; the text says what is wrong."""


@dataclass(frozen=True)
class Run:
    """One build.

    Attributes:
        seconds: how long it took.
        processor: the seconds of all its processes together.
        others: the share of the machine that other programs took meanwhile.
        mebibytes: the peak of its largest process.
    """

    seconds: float
    processor: float
    others: float
    mebibytes: float


@dataclass(frozen=True)
class Case:
    """What is measured.

    Attributes:
        name: its name in the table.
        command: what builds, or None where it is not installed.
        folder: where to run it.
        written: what must be there afterwards and hold text.
        prepare: brings the folder into the state before the build.
    """

    name: str
    command: tuple[str, ...] | None
    folder: Path
    written: tuple[Path, ...]
    prepare: Callable[[], Proof | None]


@dataclass
class Measurement:
    """The builds of a case, and why there are no more of them if one failed."""

    case: Case
    runs: list[Run] = field(default_factory=list)
    problem: str | None = None

    @property
    def median(self) -> Run:
        """The medians of the builds, and the largest process of all of them."""
        return Run(
            statistics.median(run.seconds for run in self.runs),
            statistics.median(run.processor for run in self.runs),
            statistics.median(run.others for run in self.runs),
            max(run.mebibytes for run in self.runs),
        )


def measure(cases: Sequence[Case], runs: int) -> list[Measurement]:
    """Measure cases several times, in turns and in their order: some need the one before."""
    measurements = [Measurement(case) for case in cases]
    for _ in range(runs):
        for measurement in measurements:
            if measurement.problem:
                continue
            try:
                measurement.runs.append(run_case(measurement.case))
            except BuildFailedError as error:
                measurement.problem = str(error)
    return measurements


def run_case(case: Case) -> Run:
    """Build once.

    Raises:
        BuildFailedError: it is not installed, it failed, or something is not as it should be.
    """
    if case.command is None:
        raise BuildFailedError("is not installed")
    proof = case.prepare()
    wrapped = [sys.executable, "-I", "-S", "-c", MEASURE, *case.command]
    done = subprocess.run(wrapped, cwd=case.folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise BuildFailedError(f"cannot be run: {done.stderr.splitlines()[-1]}")
    code, said, *figures = json.loads(done.stdout)
    if code:
        lines = said.splitlines()
        told = " … ".join(dict.fromkeys([*lines[:1], *lines[-1:]]))
        raise BuildFailedError(f"ended with code {code}: {told}")
    missing = [path for path in case.written if not path.is_file() or not path.stat().st_size]
    if missing:
        raise BuildFailedError(
            f"did not write {missing[0].name}, nor {len(missing) - 1} of {len(case.written)} others"
        )
    if proof and proof[1] not in proof[0].read_text(encoding="utf-8"):
        raise BuildFailedError(f"wrote {proof[0].name} without “{proof[1]}”")
    return Run(*figures)


def our_cases(book: Book, python: str, *, generated: bool) -> list[Case]:
    """Return what is measured of a book: the cold website, and what needs it to be built."""
    built = book.folder / "book_build"
    pages = tuple(built / "html" / page for page in book.pages)
    results = tuple(built / result for result in book.results)
    serial = count(1)

    def edit() -> Proof:
        text = f"Edited {next(serial)} times."
        return built / "html" / book.edit(text), text

    def rename() -> Proof:
        label = f"{COMMON_LABEL}-{next(serial)}"
        return built / "html" / book.rename_label(label), f'#{label}"'

    def website(name: str, prepare: Callable[[], Proof | None]) -> Case:
        command = (python, *BUILD, "--format", "html")
        return Case(f"ours, {name}", command, book.folder, pages, prepare)

    return [
        website("website cold", book.clean),
        website("nothing changed", lambda: None),
        website("one chapter edited", edit),
        *([website("one label renamed", rename)] if generated else []),
        Case(
            "ours, all four formats cold",
            (python, *BUILD),
            book.folder,
            pages + results,
            book.clean,
        ),
    ]


def pandoc_case(pandoc: Path, folder: Path, chapters: Sequence[str], pages: Sequence[str]) -> Case:
    """Return the case that all others are compared with."""
    site = folder / "site"
    command = (str(pandoc), *pandoc_arguments(site.name, chapters))
    clean = partial(shutil.rmtree, site, ignore_errors=True)
    written = tuple(site / page for page in ("index.html", *pages))
    return Case("pandoc -t chunkedhtml", command, folder, written, clean)


def rival_case(rival: Rival, project: Path, chapters: Mapping[str, str]) -> Case:
    """Write the project of another generator, and return its case."""
    rival.write(project, chapters)
    pages = tuple(project / rival.site / name.replace(".md", ".html") for name in chapters)
    prepare = partial(rival.clean, project)
    return Case(f"{rival.name} cold", rival.command(), project, pages, prepare)


@dataclass(frozen=True)
class Bench:
    """What every table needs: the template, where to write, with what, and how often."""

    template: Path
    scratch: Path
    python: str
    pandoc: Path
    material: Material
    options: argparse.Namespace

    def generated(self, scale: int) -> Book:
        """Generate a book of so many times the size."""
        folder = self.scratch / f"book-{scale}"
        labels = not self.options.no_labels
        count = CHAPTERS * scale
        book = generate(self.template, folder, self.material, count, labels=labels)
        return ready(book, self.python)

    def compare(self) -> list[Measurement]:
        """Measure our builds of the generated book beside others of the same text."""
        book = self.generated(1)
        chapters = plain_chapters(self.material, CHAPTERS)
        words = sum(len(text.split()) for text in chapters.values())
        listings = sum(text.count("```python\n") for text in chapters.values())
        plain = self.scratch / "pandoc"
        write_chapters(plain, chapters)
        cases = [
            pandoc_case(self.pandoc, plain, tuple(chapters), book.pages),
            *our_cases(book, self.python, generated=True),
            *(
                rival_case(RIVALS[name], self.scratch / name, chapters)
                for name in self.options.rivals
            ),
        ]
        print(f"\n{CHAPTERS} chapters, {words:,} words, {listings} listings\n")
        return measure(cases, self.options.runs)

    def compare_default(self, book: Book) -> list[Measurement]:
        """Measure our builds of the default edition beside pandoc's, which leaves includes out."""
        chapters = [path.relative_to(book.folder).as_posix() for path in book.chapters]
        cases = [
            pandoc_case(self.pandoc, book.folder, chapters, pages=()),
            *our_cases(book, self.python, generated=False),
        ]
        words = sum(len(path.read_text(encoding="utf-8").split()) for path in book.chapters)
        print(f"\nThe default edition: {len(chapters)} chapters, {words:,} words\n")
        return measure(cases, self.options.runs)

    def grow(self, first: Measurement) -> Iterator[tuple[int, Measurement]]:
        """Measure our cold website at every size, the first of which is measured already."""
        for scale in self.options.scale:
            if scale == 1:
                yield scale, first
                continue
            cold, *_ = our_cases(self.generated(scale), self.python, generated=True)
            yield scale, measure([cold], self.options.runs)[0]


def ready(book: Book, python: str) -> Book:
    """Compile a book's tools, as pip does with those of others, and return the book."""
    command = [python, "-m", "compileall", "-q", "tools"]
    subprocess.run(command, cwd=book.folder, check=True)
    return book


def pandoc_of(python: str) -> Path:
    """Return the pandoc that an environment's tools use."""
    command = [python, "-c", "import pypandoc; print(pypandoc.__file__)"]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return Path(done.stdout.strip()).parent / "files" / "pandoc"


def report(measurements: Sequence[Measurement]) -> None:
    """Print a table of which the first case is 1."""
    first = measurements[0]
    print("| build | ratio | seconds | lowest to highest | processor | others | MiB a process |")
    print("| --- | --: | --: | --: | --: | --: | --: |")
    for measurement in measurements:
        name, runs = measurement.case.name, measurement.runs
        if measurement.problem:
            print(f"| {name} | {measurement.problem} | | | | | |")
            continue
        median = measurement.median
        ratio = "" if first.problem else f"{median.seconds / first.median.seconds:.3f}"
        seconds = [run.seconds for run in runs]
        print(
            f"| {name} | {ratio} | {median.seconds:.3f} "
            f"| {min(seconds):.3f} to {max(seconds):.3f} "
            f"| {median.processor:.2f} | {median.others:.0%} | {median.mebibytes:.0f} |"
        )


def report_growth(sizes: Iterator[tuple[int, Measurement]]) -> None:
    """Print how time and memory of our cold website grow with the book."""
    print("\nThe website cold, by the size of the book\n")
    print(
        "| size | chapters | seconds | ms a chapter | of the first "
        "| processor | others | MiB a process |"
    )
    print("| --: | --: | --: | --: | --: | --: | --: | --: |")
    first = None
    for scale, measurement in sizes:
        chapters = CHAPTERS * scale
        if measurement.problem:
            print(f"| {scale} | {chapters} | {measurement.problem} | | | | | |")
            continue
        median = measurement.median
        share = median.seconds / chapters * 1000
        first = first or share
        print(
            f"| {scale} | {chapters} | {median.seconds:.2f} | {share:.1f} "
            f"| {share / first:.2f} | {median.processor:.1f} | {median.others:.0%} "
            f"| {median.mebibytes:.0f} |",
            flush=True,
        )


def positive(text: str) -> int:
    """Read a number of the command line that must be at least 1."""
    if (number := int(text)) < 1:
        raise ValueError
    return number


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--runs", type=positive, default=3, help="builds of every case (default: 3)"
    )
    parser.add_argument(
        "--scale",
        type=positive,
        nargs="+",
        default=[1, 4, 10],
        metavar="N",
        help="sizes of our book, in hundreds of chapters (default: 1 4 10)",
    )
    parser.add_argument(
        "--rivals",
        nargs="*",
        choices=RIVALS,
        default=list(RIVALS),
        help="which other generators to measure (default: all)",
    )
    parser.add_argument(
        "--no-labels",
        action="store_true",
        help="write links instead of @sec-… references, and paste every listing",
    )
    parser.add_argument(
        "--keep", type=Path, metavar="FOLDER", help="write the books into this new folder"
    )
    return parser.parse_args()


def main() -> None:
    """Measure and print tables."""
    options = arguments()
    python = os.environ["BOOK_PYTHON"]
    with tempfile.TemporaryDirectory() as temporary:
        scratch = options.keep.resolve() if options.keep else Path(temporary)
        scratch.mkdir(parents=True, exist_ok=not options.keep)
        template = snapshot(scratch / "template")
        default = ready(render_book(template, scratch / "default", {}), python)
        material = material_of(default)
        bench = Bench(template, scratch, python, pandoc_of(python), material, options)
        print(f"Medians of {options.runs} runs, {os.cpu_count()} cores")
        compared = bench.compare()
        report(compared)
        report(bench.compare_default(default))
        report_growth(bench.grow(compared[1]))


if __name__ == "__main__":
    main()
