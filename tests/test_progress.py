"""How far a fresh book is, and milestones that follow its outline."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support import link_environment, outline, render, run

STATUS = "tools/build_scripts/status.py"
OUTLINE: dict[str, Any] = {
    "chapters": [
        {"data": {"title": "All About Data", "was": "database_migration"}},
        {"authentication": "Authentication"},
        "Something of my own",
    ],
    "appendices": "none",
}
OWN: dict[str, Any] = {
    "edition": "own",
    "language": "ar",
    "chapters": ["مقدمة في البرمجة", "A | B"],
}
# Books, and the state of their chapters that are more than planned.
BOOKS: list[Any] = [
    pytest.param(
        {},
        {"database_migration": "done", "api_conversion": "done", "solutions": "drafted"},
        id="default",
    ),
    pytest.param(OUTLINE, {"data": "done"}, id="changed"),
    pytest.param(OWN, {}, id="own"),
]


def told(book: Path, python: str) -> dict[str, Any]:
    done = run(book, python, STATUS, "--format", "json")
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize(("answers", "states"), BOOKS)
def test_a_fresh_book_claims_what_can_be_seen_and_its_readme_is_not_stale(
    template: Path,
    book_python: str,
    tmp_path: Path,
    answers: dict[str, Any],
    states: dict[str, str],
) -> None:
    book = render(template, tmp_path / "book", **answers)

    found = told(book, python=book_python)
    for chapter in found["chapters"]:
        expected = states.get(chapter["id"], "planned")
        assert (chapter["claimed"], chapter["state"]) == (expected, expected), chapter
    check = run(book, book_python, STATUS, "--check")
    assert (check.returncode, check.stdout, check.stderr) == (0, "", "")
    assert run(book, book_python, STATUS, "--write").returncode == 0
    assert run(book, book_python, STATUS, "--check").returncode == 0
    lint = run(book, Path(book_python).with_name("rumdl"), "check", "README.md")
    assert lint.returncode == 0, lint.stdout


def test_the_chapters_of_the_edition_are_all_in_a_phase_or_the_appendices(
    template: Path, tmp_path: Path
) -> None:
    book = outline(render(template, tmp_path / "book"))

    covered = {id for phase in book["phases"] for id in phase["chapters"]}
    assert {chapter["id"] for chapter in book["chapters"]} <= covered


def test_milestones_and_phases_follow_the_outline(
    template: Path, book_python: str, tmp_path: Path
) -> None:
    book = render(template, tmp_path / "book", **OUTLINE)

    data = outline(book)
    core, review, publication = data["milestones"]
    assert core["chapters"] == ["data", "authentication"]
    assert [core["state"], review["state"], publication["state"]] == ["drafted", "reviewed", "done"]
    assert review["chapters"] == publication["chapters"] == "all"
    assert [phase["chapters"] for phase in data["phases"]] == [
        [],
        ["data", "authentication"],
        [],
        [],
        [],
    ]
    found = told(book, book_python)
    assert [goal["total"] for goal in found["milestones"]] == [2, 3, 3]
    assert [goal["title"] for goal in found["phases"]] == ["Core Migration"]


def test_every_chapter_of_an_own_book_is_to_be_drafted_reviewed_and_done(
    template: Path, book_python: str, tmp_path: Path
) -> None:
    book = render(template, tmp_path / "book", edition="own", chapters=["One", "Two"])

    assert [(goal["state"], goal["total"]) for goal in told(book, book_python)["milestones"]] == [
        ("drafted", 2),
        ("reviewed", 2),
        ("done", 2),
    ]


def test_validate_tells_of_a_stale_readme(template: Path, book_python: str, tmp_path: Path) -> None:
    book = render(template, tmp_path / "book", edition="own", chapters=["One"])
    link_environment(book, book_python)
    assert run(book, "make", "status", "WRITE=1").stdout.endswith("README.md: written.\n")
    assert run(book, "make", "validate").returncode == 0
    (chapter,) = book.glob("chapters/*/chapter.md")
    text = chapter.read_text(encoding="utf-8")
    chapter.write_text(text.replace("planned", "drafted") + "\nText.\n", encoding="utf-8")

    done = run(book, "make", "validate")

    assert done.returncode != 0
    assert "the section 'Status' is stale; run: make status WRITE=1" in done.stderr
