"""What an update must not break: no word is lost, and versions never mix."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from copier import run_copy, run_update

from extensions.repository import RESTORE
from tests.repository import git, start_repository
from tests.support import copier, files, outline, render


def test_a_later_update_fills_a_bare_structure(template: Path, tmp_path: Path) -> None:
    book = render(template, tmp_path / "bare", commit=True, structure_only=True)

    run_update(
        book,
        {"structure_only": False},
        vcs_ref="HEAD",
        defaults=True,
        overwrite=True,
        unsafe=True,
        quiet=True,
    )

    fresh = render(template, tmp_path / "fresh")
    assert [name for name in files(book) if name != ".copier-answers.yml"] == [
        name for name in files(fresh) if name != ".copier-answers.yml"
    ]
    assert outline(book) == outline(fresh)


def release(template: Path, version: str, words: str) -> None:
    """Change the extension and the outline model together, and tag the result."""
    for name, pattern, replacement in (
        ("extensions/jinja.py", r'full = f"\{entry.name\}', f'full = f"{words} {{entry.name}}'),
        ("extensions/outline.py", r'return f"sec-\{self.id\}"', f'return f"{words}-{{self.id}}"'),
    ):
        file = template / name
        text, count = re.subn(pattern, replacement, file.read_text(encoding="utf-8"))
        assert count == 1, name
        file.write_text(text, encoding="utf-8")
    git(template, "commit", "--quiet", "--all", "--message", version)
    git(template, "tag", version)
    git(template, "revert", "--no-edit", "HEAD")


def test_each_version_renders_with_its_own_outline(template: Path, tmp_path: Path) -> None:
    """An update renders both versions in one process; neither may see the other's modules."""
    versions = tmp_path / "template"
    shutil.copytree(template, versions)
    release(versions, "1.0.0", "Old")
    release(versions, "2.0.0", "New")
    book = tmp_path / "book"
    run_copy(str(versions), book, vcs_ref="1.0.0", defaults=True, unsafe=True, quiet=True)
    start_repository(book, "Start the book")
    chapter = book / "chapters/03_database_migration/chapter.md"
    assert "[Old Chapter" in chapter.read_text(encoding="utf-8")
    assert outline(book)["chapters"][0]["anchor"] == "Old-executive_summary"

    run_update(book, vcs_ref="2.0.0", defaults=True, overwrite=True, unsafe=True, quiet=True)

    assert "[New Chapter" in chapter.read_text(encoding="utf-8")
    assert "Old" not in re.findall(r"anchor: (\w+)-", (book / "book.yml").read_text("utf-8"))
    assert outline(book)["chapters"][0]["anchor"] == "New-executive_summary"
    # A mixed render of the old version would have made every line a conflict or an author's edit.
    assert git(book, "ls-files", "--unmerged") == ""
    run_copy(str(versions), tmp_path / "fresh", vcs_ref="2.0.0", defaults=True, unsafe=True)
    assert files(book) == files(tmp_path / "fresh")
    for name in files(book):
        assert (book / name).read_bytes() == (tmp_path / "fresh" / name).read_bytes(), name


def update(book: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return copier(
        *("update", "--trust", "--defaults", "--quiet", "--vcs-ref", "HEAD"), *arguments, cwd=book
    )


def load_answers(book: Path) -> dict[str, Any]:
    answers: dict[str, Any] = yaml.safe_load((book / ".copier-answers.yml").read_text("utf-8"))
    return answers


@pytest.fixture
def written(template: Path, tmp_path: Path) -> Path:
    """Return an own book of two chapters in which its author has written."""
    book = render(template, tmp_path / "book", commit=True, edition="own", chapters=["One", "Two"])
    chapter = book / "chapters" / "02_two" / "chapter.md"
    chapter.write_text("# Two\n\nMy own words.\n", encoding="utf-8")
    git(book, "commit", "--quiet", "--all", "--message", "Write")
    return book


def test_an_update_may_not_empty_a_book(written: Path) -> None:
    result = update(written, "--data", "structure_only=true")

    assert result.returncode == 1
    assert "structure_only would remove" in result.stderr
    assert git(written, "status", "--porcelain") == ""


def test_a_damaged_outline_is_computed_anew(written: Path) -> None:
    (written / "book.yml").write_text("chapters: [\n", encoding="utf-8")
    git(written, "commit", "--quiet", "--all", "--message", "Damage")

    result = update(written, "--data", "chapters=[Two, One]")

    assert result.returncode == 0, result.stderr
    assert [chapter["id"] for chapter in outline(written)["chapters"]] == ["two", "one"]
    assert (written / "drafts/replaced/book.yml").read_text("utf-8") == "chapters: [\n"


def test_an_update_that_cannot_be_finished_says_how_to_go_back(
    written: Path, tmp_path: Path
) -> None:
    """The old version is rendered a second time; here it cannot be, having gone meanwhile."""
    template = Path(str(load_answers(written)["_src_path"]))
    own = Path(shutil.copytree(template, tmp_path / "template"))
    task = own / "copier.yml"
    task.write_text(
        task.read_text("utf-8").replace(
            "_migrations:\n", "_migrations:\n  - command: rm -rf {{ _copier_answers._src_path }}\n"
        ),
        encoding="utf-8",
    )
    git(own, "commit", "--quiet", "--all", "--message", "Lose the template")
    answers = written / ".copier-answers.yml"
    answers.write_text(answers.read_text("utf-8").replace(str(template), str(own)), "utf-8")
    git(written, "commit", "--quiet", "--all", "--message", "Use it")

    result = update(written, "--data", "chapters=[Two, One]")

    assert result.returncode == 1
    assert f"{own} cannot be rendered" in result.stderr
    assert RESTORE in result.stderr
    assert "Traceback" not in result.stderr
    subprocess.run(RESTORE, shell=True, cwd=written, check=True)
    assert git(written, "status", "--porcelain") == ""
    assert "My own words." in (written / "chapters/02_two/chapter.md").read_text("utf-8")


def test_chapters_can_be_added_at_the_end_and_retitled(written: Path) -> None:
    result = update(written, "--data", "chapters=[{one: 'One, better'}, Two, Three]")

    assert result.returncode == 0, result.stderr
    assert load_answers(written)["chapters"] == [
        {"one": "One, better"},
        {"two": "Two"},
        {"three": "Three"},
    ]
    assert "My own words." in (written / "chapters/02_two/chapter.md").read_text(encoding="utf-8")
    assert (written / "chapters/03_three/chapter.md").is_file()
    assert [chapter["title"] for chapter in outline(written)["chapters"]] == [
        "One, better",
        "Two",
        "Three",
    ]
    assert git(written, "ls-files", "--unmerged") == ""
