"""Every released version of this template can be updated to the one being written.

Before the first release, the version before updates moved anything stands for all of them.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.repository import IDENTITY, ROOT, git
from tests.support import (
    append,
    broken_links,
    commit,
    outline,
    render,
    same_files,
    status,
    update,
    write,
)

NEXT = "999.0.0"


def released_versions() -> list[str]:
    """Return the tags of this repository, or the last commit without the migration."""
    tags = git(ROOT, "tag", "--list", "[0-9]*", "v[0-9]*").split()
    if tags:
        return tags
    added = git(ROOT, "log", "--format=%H", "-S_migrations:", "--", "copier.yml").split()
    return [f"{added[-1]}~1"] if added else []


@pytest.fixture(scope="session")
def repository(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return this repository with its history, and the working tree as its next version."""
    clone = tmp_path_factory.mktemp("matrix") / "copier-techbook"
    git(ROOT, "clone", "--quiet", "--no-hardlinks", str(ROOT), str(clone))
    for number, version in enumerate(released_versions()):
        if version not in git(clone, "tag").split():
            git(clone, "tag", f"0.0.{number}", version)
    git(clone, "fetch", "--quiet", str(template), "HEAD")
    tree = git(clone, "rev-parse", "FETCH_HEAD^{tree}").strip()
    head = git(clone, *IDENTITY, "commit-tree", tree, "-p", "HEAD", "-m", "Next").strip()
    git(clone, "reset", "--quiet", "--hard", head)
    git(clone, "tag", NEXT)
    return clone


@pytest.fixture(params=range(len(released_versions())), ids=released_versions())
def version(repository: Path, request: pytest.FixtureRequest) -> str:
    """Return each released version, as the repository of the test names it."""
    tags = git(repository, "tag", "--sort=creatordate").split()
    number: int = request.param
    return [tag for tag in tags if tag != NEXT][number]


def test_there_is_a_version_to_update_from() -> None:
    assert released_versions(), "a clone with its whole history is needed"


def test_an_untouched_book_becomes_a_fresh_one(
    repository: Path, version: str, tmp_path: Path
) -> None:
    book = render(repository, tmp_path / "book", commit=True, version=version)

    update(book, NEXT)

    same_files(book, render(repository, tmp_path / "fresh", version=NEXT))


def test_a_book_with_edits_keeps_every_word(repository: Path, version: str, tmp_path: Path) -> None:
    book = render(repository, tmp_path / "book", commit=True, version=version)
    entries = outline(book)["chapters"]
    first, second = (f"{entry['path']}/chapter.md" for entry in entries[:2])
    append(book, second, f"\nMy words, as [before](../{first.removeprefix('chapters/')}).\n")
    append(book, "Makefile", "\n# My target.\n")
    write(book, f"{entries[1]['path']}/notes.md", "My notes.\n")
    (book / entries[2]["path"] / "deliverables/README.md").unlink()
    commit(book)
    lines = [{entry["id"]: entry["title"]} for entry in entries]

    update(book, NEXT, chapters=[{"preface": "Preface"}, *lines])

    moved = outline(book)["chapters"]
    assert [entry["id"] for entry in moved[1:]] == [entry["id"] for entry in entries]
    prose = (book / moved[2]["path"] / "chapter.md").read_text("utf-8")
    assert "My words, as [before](../02_" in prose
    assert (book / moved[2]["path"] / "notes.md").read_text("utf-8") == "My notes.\n"
    assert "# My target." in (book / "Makefile").read_text("utf-8")
    assert not (book / moved[3]["path"] / "deliverables/README.md").exists()
    assert {link.target for link in broken_links(book)} <= {"deliverables/README.md"}
    assert "U" not in "".join(status(book).values())
