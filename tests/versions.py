"""A small template with several released versions, for tests that update many times.

It is this template with most of what only readers and builders need left out: what an update does
to a file does not depend on which file it is.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from tests.repository import IDENTITY, git, snapshot

# Whole folders of the book that no update treats in a way of its own.
LEFT_OUT = (
    "src",
    "tests",
    "requirements",
    "research",
    "assets/*charts*",
    "tools/build_scripts",
    "tools/publishing",
    "tools/updating",
    "*.github*/scripts",
)
PROSE = "chapters/{{ chapter_dir('database_migration') }}/chapter.md.jinja"
SKELETON = "templates/chapter_template.md.jinja"
OLD_TOOL, NEW_TOOL = "tools/validation/validate_book.py", "tools/validation/checks.py"


def small_template(folder: Path) -> Path:
    """Make the small template as one commit with the tag 1.0.0, and return its folder."""
    template = snapshot(folder)
    for pattern in LEFT_OUT:
        for folder in (template / "template").glob(pattern):
            shutil.rmtree(folder)
    for tool in (template / "template" / OLD_TOOL).parent.iterdir():
        if tool.name != Path(OLD_TOOL).name:
            tool.unlink()
    return release(template, "1.0.0")


def release(template: Path, version: str) -> Path:
    """Commit the template as it stands, and tag it."""
    git(template, "add", "--all")
    git(template, *IDENTITY, "commit", "--quiet", "--allow-empty", "--message", version)
    git(template, "tag", version)
    return template


def edit(template: Path, path: str, change: Callable[[str], str]) -> None:
    """Change a file of the book's part of a template; the change must change something."""
    file = template / "template" / path
    before = file.read_text(encoding="utf-8")
    after = change(before)
    assert after != before, path
    file.write_text(after, encoding="utf-8")


def improve(template: Path) -> None:
    """Version 1.1.0: better prose, a better skeleton, a better tool, and a new file."""
    edit(template, PROSE, lambda text: text + "\nA remark of the second version.\n")
    edit(template, SKELETON, lambda text: text.replace("One step of", "A single step of"))
    edit(template, OLD_TOOL, lambda text: text + "\n# The second version.\n")
    (template / "template/tools/validation/README.md").write_text("# Checks\n", encoding="utf-8")
    release(template, "1.1.0")


def rename(template: Path) -> None:
    """Version 1.2.0: a tool has another name, the table of moves knows it, and a file is gone."""
    book = template / "template"
    (book / OLD_TOOL).rename(book / NEW_TOOL)
    edit(template, NEW_TOOL, lambda text: text + "\n# The third version.\n")
    (book / "tools/validation/README.md").unlink()
    with (template / "extensions/moves.yml").open("a", encoding="utf-8") as table:
        table.write(f"{OLD_TOOL}: {NEW_TOOL}\n")
    release(template, "1.2.0")


def grow(template: Path) -> None:
    """Version 2.0.0: the edition has one chapter more, before all others, and renames one file."""
    edition = template / "extensions/editions/flask-to-fastapi.yml"
    text = edition.read_text(encoding="utf-8")
    chapter = (
        "chapters:\n"
        "  - id: before_you_start\n"
        "    title: Before You Start\n"
        "    summary: What to have at hand\n"
        "    objectives: []\n"
        "    sections: []\n"
        "    deliverables: []\n"
    )
    assert text.count("\nchapters:\n") == 1
    edition.write_text(text.replace("chapters:\n", chapter, 1), encoding="utf-8")
    folder = template / "template/chapters/{{ chapter_dir('before_you_start') }}"
    folder.mkdir()
    (folder / "chapter.md.jinja").write_text(
        "# {{ chapter_title('before_you_start') }}\n\nThen read {{ link('executive_summary') }}.\n",
        encoding="utf-8",
    )
    release(template, "2.0.0")


VERSIONS = ("1.0.0", "1.1.0", "1.2.0", "2.0.0")


def released_template(folder: Path) -> Path:
    """Make the small template with all its versions, and return its folder."""
    template = small_template(folder)
    for next_version in (improve, rename, grow):
        next_version(template)
    return template
