"""What an update must not break: a bare structure can be filled, and versions never mix."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from copier import run_copy, run_update

from tests.support import files, git, outline, render


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
    git(book, "init", "--quiet")
    git(book, "add", "--all")
    git(book, "commit", "--quiet", "--message", "Start the book")
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
