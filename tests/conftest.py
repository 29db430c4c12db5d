"""The template as a stranger clones it, and the books most tests look at."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from tests.repository import git, snapshot
from tests.support import render
from tests.versions import released_template

HOSTILE_CHAPTERS = [
    "Quotes: \"double\", 'single' and `back`ticks",
    {"ampersand": "R&D <b>bold</b> & 100% of $x$ in C:\\new\\table #1"},
    "{{ cookiecutter }} and {% raw %} and {# not a comment #}",
    {"rocket": "🚀 👩‍💻"},
    "مقدمة في البرمجة غير المتزامنة",
    "Long " * 39 + "title",
    "...leading dots and ../../etc/passwd",
    "CON",
    "[link](https://example.org) *stars* _lines_ ~tilde~ ^caret^ | pipe",
    "# Heading: ---",
    "@sec-nothing {.unnumbered} \\LaTeX",
]


@pytest.fixture(scope="session", autouse=True)
def _a_stranger(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Hide the developer's own settings: an empty home, and a name for commits."""
    home = tmp_path_factory.mktemp("home")
    for variable in ("XDG_CONFIG_HOME", "XDG_CACHE_HOME", "COPIER_SETTINGS_PATH"):
        os.environ.pop(variable, None)
    os.environ["HOME"] = str(home)
    (home / ".gitconfig").write_text(
        "[user]\n\tname = Ada Lovelace\n\temail = ada@example.org\n"
        "[init]\n\tdefaultBranch = main\n",
        encoding="utf-8",
    )


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory, _a_stranger: None) -> Path:
    """Return a clone of this repository that holds the working tree as its one commit."""
    return snapshot(tmp_path_factory.mktemp("template") / "copier-techbook")


@pytest.fixture(scope="session")
def tagged(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the template as its version 1.0.0."""
    clone = tmp_path_factory.mktemp("tagged") / "template"
    shutil.copytree(template, clone)
    git(clone, "tag", "1.0.0")
    return clone


@pytest.fixture(scope="session")
def released(tmp_path_factory: pytest.TempPathFactory, _a_stranger: None) -> Path:
    """Return a small template with several released versions."""
    return released_template(tmp_path_factory.mktemp("released") / "template")


@pytest.fixture(scope="session")
def default_book(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the book that the default answers give, committed."""
    return render(template, tmp_path_factory.mktemp("default") / "async-book", commit=True)


@pytest.fixture(scope="session")
def hostile_book(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an own book whose every answer tries to break something, committed."""
    return render(
        template,
        tmp_path_factory.mktemp("hostile") / "a folder with spaces",
        commit=True,
        edition="own",
        title='The "Best" {{ book }} & <Friends>: 100% \\TeX #1 🚀',
        subtitle="$a^2$ 'quoted' — مرحبا",
        authors='O\'Brien "Bob" & Sons <bob@example.org> (R&D); Łukasz Ωμέγα',
        description='{% raw %} "quoted" \\ & <b>',
        chapters=HOSTILE_CHAPTERS,
        appendices=["Ünïcödé", {"nul_values": "NULL & void"}],
        parts=[{"Part {{ one }} & only": "ampersand"}],
    )


@pytest.fixture(scope="session")
def book_python() -> str:
    """Return the interpreter of the environment that holds a book's requirements.

    `nox` makes it once for all tests, as a book's `make install` would.
    """
    python = os.environ.get("BOOK_PYTHON")
    if not python:
        pytest.fail("BOOK_PYTHON names no interpreter; run the tests by `nox -s tests`")
    return python
