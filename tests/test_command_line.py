"""What a person types without prompts: the old generator's options, and every wrong answer."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.support import copier, files, outline

GIVEN = ("copy", "--trust", "--defaults", "--quiet", "--vcs-ref", "HEAD")

BAD_ANSWERS = {
    "edition=owm": "edition: 'owm' is not among the choices (did you mean 'own'?)",
    "title=": "title: Give the book a title.",
    "authors=<nobody>": "authors: Cannot read the author '<nobody>'",
    "language=english": "language: 'english' is no BCP 47 language tag",
    "repository_url=github.com/you": "repository_url: 'github.com/you' is no address",
    "slug=My Book": "slug: 'My Book' is no short name",
    "isbn=978-3-16-148410-1": "isbn: '978-3-16-148410-1' is no ISBN",
    "isbn=0-306-40615-3": "isbn: '0-306-40615-3' is no ISBN",
    "formats=[]": "formats: Choose at least one format",
    "formats=[htlm]": "formats: 'htlm' is not among the choices (did you mean 'html'?)",
    "paper=a5": "paper: 'a5' is not among the choices",
    "examples=flask_examples": "examples: Write a list",
    "hosting=sourceforge": "hosting: 'sourceforge' is not among the choices",
    "structure_only=perhaps": "structure_only: 'perhaps' is neither true nor false",
    "chapters=- a\n- a": "chapters: Line 2: the id 'a' already stands on line 1",
    "chapters=- 2026-01-01": "chapters: Line 1: YAML reads the title as a date (2026-01-01)",
    "chapters=- 010": "chapters: Line 1: YAML reads the title as a number (8)",
    "chapters=- on: The switch": "chapters: Line 1: YAML reads the id as yes or no (True)",
    "chapters=[": "chapters: Line 1 is no YAML",
    "chapters=- @home": "chapters: Line 1 is no YAML",
    "chapters=Introduction": "chapters: Write a chapter a line",
    "appendices=- performance: Twice": "appendices: The id 'performance' stands twice",
    "parts=- Start: nowhere": "parts: The part 'Start' begins nowhere",
}


@pytest.mark.parametrize("answer", BAD_ANSWERS, ids=lambda answer: str(answer).split("\n")[0])
def test_a_bad_answer_is_one_sentence_and_no_folder(
    template: Path, tmp_path: Path, answer: str
) -> None:
    result = copier(*GIVEN, "--data", answer, template, tmp_path / "book")

    assert result.returncode == 1
    assert result.stderr.startswith(BAD_ANSWERS[answer]), result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert not (tmp_path / "book").exists()


def test_an_own_book_needs_a_chapter(template: Path, tmp_path: Path) -> None:
    (tmp_path / "answers.yml").write_text("edition: own\nchapters: []\n", encoding="utf-8")

    result = copier(*GIVEN, "--data-file", "answers.yml", template, "book", cwd=tmp_path)

    assert result.returncode == 1
    assert result.stderr.startswith("chapters: A book needs at least one chapter")
    assert not (tmp_path / "book").exists()


def test_a_data_file_holds_the_outline_as_yaml(template: Path, tmp_path: Path) -> None:
    (tmp_path / "answers.yml").write_text(
        "edition: own\ntitle: Pools\nchapters:\n- one: First\n- Second thoughts\n",
        encoding="utf-8",
    )

    result = copier(*GIVEN, "--data-file", "answers.yml", template, "book", cwd=tmp_path)

    assert result.returncode == 0, result.stderr
    paths = [chapter["path"] for chapter in outline(tmp_path / "book")["chapters"]]
    assert paths == ["chapters/01_one", "chapters/02_second_thoughts"]


def test_a_wrong_default_of_the_users_settings_is_one_sentence(
    template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = tmp_path / "settings.yml"
    settings.write_text("defaults:\n  language: klingon\n", encoding="utf-8")
    monkeypatch.setenv("COPIER_SETTINGS_PATH", str(settings))

    result = copier(*GIVEN, template, tmp_path / "book")

    assert result.returncode == 1
    assert result.stderr.startswith("language: 'klingon' is no BCP 47 language tag")


@pytest.mark.parametrize("typed", [".", "./", "../copier-techbook", "sub/.."])
def test_a_relative_template_is_refused_with_what_to_type(
    template: Path, tmp_path: Path, typed: str
) -> None:
    here = tmp_path / "copier-techbook"
    shutil.copytree(template, here)
    (here / "sub").mkdir()

    result = copier(*GIVEN, typed, tmp_path / "book", cwd=here)

    assert result.returncode == 1
    assert f"copier copy --trust {here} {tmp_path / 'book'}" in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert not (tmp_path / "book").exists()


def test_pretend_writes_nothing(template: Path, tmp_path: Path) -> None:
    result = copier("copy", "--trust", "--defaults", "--pretend", template, tmp_path / "book")

    assert result.returncode == 0, result.stderr
    assert "book.yml" in result.stderr
    assert not (tmp_path / "book").exists()


def test_an_occupied_folder_is_refused_and_left_alone(template: Path, tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("mine\n", encoding="utf-8")

    result = copier(*GIVEN, template, tmp_path)

    assert result.returncode == 1
    assert "is not empty; choose another one, or add --overwrite" in result.stderr
    assert files(tmp_path) == ["README.md"]
    assert (tmp_path / "README.md").read_text(encoding="utf-8") == "mine\n"


def test_an_occupied_folder_is_filled_on_demand(template: Path, tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("mine\n", encoding="utf-8")
    (tmp_path / "notes.md").write_text("mine too\n", encoding="utf-8")

    result = copier(*GIVEN, "--overwrite", template, tmp_path)

    assert result.returncode == 0, result.stderr
    assert (tmp_path / "notes.md").read_text(encoding="utf-8") == "mine too\n"
    assert "From Flask to FastAPI" in (tmp_path / "README.md").read_text(encoding="utf-8")


def test_a_folder_that_git_made_counts_as_empty(template: Path, tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()

    assert copier(*GIVEN, template, tmp_path).returncode == 0


def test_each_option_of_the_old_generator_has_its_form(template: Path, tmp_path: Path) -> None:
    """The README's table: --path, --no-files, --dry-run, --verbose, --help."""
    path = copier(*GIVEN, template, tmp_path / "path")
    no_files = copier(*GIVEN, "--data", "structure_only=true", template, tmp_path / "bare")
    dry_run = copier(*GIVEN, "--pretend", template, tmp_path / "dry")
    verbose = copier("copy", "--trust", "--defaults", template, tmp_path / "verbose")
    help_ = copier("copy", "--help")

    assert [result.returncode for result in (path, no_files, dry_run, verbose, help_)] == [0] * 5
    assert "book.yml" in files(tmp_path / "path")
    assert {Path(name).name for name in files(tmp_path / "bare")} == {
        ".copier-answers.yml",
        ".gitkeep",
    }
    assert not (tmp_path / "dry").exists()
    assert "create" in verbose.stderr
    assert not path.stderr
    assert "--data-file" in help_.stdout


def test_the_closing_message_says_what_to_type(template: Path, tmp_path: Path) -> None:
    result = copier("copy", "--trust", "--defaults", template, tmp_path / "book")

    assert f'cd "{tmp_path / "book"}"' in result.stderr
    assert "tools/build_scripts/build_book.py" in result.stderr


def test_a_template_without_history_is_said_to_be_no_base_for_updates(
    template: Path, tmp_path: Path
) -> None:
    shutil.copytree(template, tmp_path / "unzipped", ignore=shutil.ignore_patterns(".git"))

    result = copier("copy", "--trust", "--defaults", tmp_path / "unzipped", tmp_path / "book")

    assert result.returncode == 0, result.stderr
    assert "start the book from a clone" in result.stderr


def test_without_trust_copier_says_so(template: Path, tmp_path: Path) -> None:
    result = copier("copy", "--defaults", template, tmp_path / "book")

    assert result.returncode != 0
    assert "--trust" in result.stderr
    assert not (tmp_path / "book").exists()
