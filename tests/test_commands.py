"""The commands with which an author changes the outline and takes updates of the template."""

from __future__ import annotations

import os
import re
import select
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from copier import run_copy

from tests.repository import ROOT, git, start_repository
from tests.support import link_environment, outline, render, run
from tests.terminal import CTRL_C, ENTER, Author

TOOLS = "tools/updating"
PROGRAMS = {
    "chapter": (f"{TOOLS}/add_chapter.py", "Three"),
    "outline": (f"{TOOLS}/edit_outline.py", "--file", "book.yml"),
    "update": (f"{TOOLS}/update_book.py",),
}
ANSWERS: dict[str, Any] = {
    "edition": "own",
    "title": "Pools",
    "chapters": ["One", "Two"],
    "appendices": [{"glossary": "Glossary"}],
}
# Copier's own words, of which an author must see none.
NOISE = ("Running task", "emplate version", "Copying from", "conflict", "Traceback", "Task ")
UNCHANGED = "The outline is the same. Nothing was changed.\n"


def commit(folder: Path, message: str) -> None:
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", message)


def status(folder: Path) -> str:
    return git(folder, "status", "--porcelain")


def start(template: Path, folder: Path, python: str, **answers: Any) -> Path:
    """Return a new book, committed, in which Make finds its environment."""
    book = render(template, folder, commit=True, **{**ANSWERS, **answers})
    link_environment(book, python)
    return book


def answers_of(book: Path) -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load((book / ".copier-answers.yml").read_text("utf-8"))
    return content


def paths(book: Path) -> list[str]:
    content = outline(book)
    return [entry["path"] for entry in content["chapters"] + content["appendices"]]


@pytest.fixture(scope="session")
def fresh(tagged: Path, book_python: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an own book of two chapters and an appendix, in which its author has written."""
    book = start(tagged, tmp_path_factory.mktemp("own") / "book", book_python)
    chapter = book / "chapters/02_two/chapter.md"
    chapter.write_text(chapter.read_text("utf-8") + "\nMy own words.\n", encoding="utf-8")
    commit(book, "Write")
    return book


@pytest.fixture
def book(fresh: Path, tmp_path: Path) -> Path:
    """Return a copy of the fresh book."""
    return Path(shutil.copytree(fresh, tmp_path / "book", symlinks=True))


@pytest.fixture
def changing(template: Path, tmp_path: Path) -> Path:
    """Return a copy of the template, to be changed, as its version 1.0.0."""
    clone = Path(shutil.copytree(template, tmp_path / "template"))
    git(clone, "tag", "1.0.0")
    return clone


def release(template: Path, version: str, file: str, old: str, new: str) -> None:
    """Make a version of the template that changes words in one of its files."""
    text = (template / file).read_text(encoding="utf-8")
    assert old in text
    (template / file).write_text(text.replace(old, new), encoding="utf-8")
    commit(template, version)
    git(template, "tag", version)


def migrating(template: Path, program: str) -> None:
    """Let every update end with a Python program, as the last of the migrations."""
    file = template / "copier.yml"
    content = yaml.safe_load(file.read_text(encoding="utf-8"))
    command = {"command": ["{{ _copier_python }}", "-c", program]}
    content["_migrations"] = [*content.get("_migrations", []), command]
    file.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
    commit(template, "Migrate")
    git(template, "tag", "--force", "1.0.0")


def editor(folder: Path, *texts: str) -> str:
    """Return an editor for $VISUAL that types one text after the other, each over the last."""
    for number, text in enumerate(texts):
        (folder / f"typed-{number}").write_text(text, encoding="utf-8")
    script = folder / "editor.py"
    script.write_text(
        "import pathlib, shutil, sys\n"
        f"typed = sorted(pathlib.Path({str(folder)!r}).glob('typed-*'))[0]\n"
        "shutil.copyfile(typed, sys.argv[1])\n"
        "typed.unlink()\n",
        encoding="utf-8",
    )
    return f"'{sys.executable}' '{script}'"


@pytest.fixture(autouse=True)
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a directory for temporary files of this test alone, so that it can look at them."""
    directory = tmp_path / "scratch"
    directory.mkdir()
    monkeypatch.setenv("TMPDIR", str(directory))
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.delenv("EDITOR", raising=False)
    return directory


def outline_file(folder: Path, text: str) -> Path:
    file = folder / "outline.yml"
    file.write_text(text, encoding="utf-8")
    return file


# --- make chapter ------------------------------------------------------------------------------


def test_a_chapter_is_added_after_the_last(book: Path) -> None:
    before = git(book, "rev-parse", "HEAD")
    title = "Queues & \"pools\": $HOME, 'x' `date` #1"

    result = run(book, "make", "chapter", f"TITLE={title}")

    assert result.returncode == 0, result.stderr
    assert result.stdout.startswith(
        f"Added Chapter 3: {title}\n"
        "  id      queues_pools_home_x_date_1\n"
        "  folder  chapters/03_queues_pools_home_x_date_1\n"
    )
    assert result.stderr == ""
    assert not any(words in result.stdout for words in NOISE)
    assert outline(book)["chapters"][2]["title"] == title
    assert (book / "chapters/03_queues_pools_home_x_date_1/chapter.md").is_file()
    assert answers_of(book)["chapters"][:2] == [{"one": "One"}, {"two": "Two"}]
    assert git(book, "rev-parse", "HEAD") == before


def test_a_chapter_is_added_after_another(book: Path) -> None:
    result = run(book, "make", "chapter", "TITLE=Between", "AFTER=one", "ID=middle")

    assert result.returncode == 0, result.stderr
    assert "  folder  chapters/02_middle\n" in result.stdout
    assert paths(book)[:3] == ["chapters/01_one", "chapters/02_middle", "chapters/03_two"]
    assert "My own words." in (book / "chapters/03_two/chapter.md").read_text(encoding="utf-8")
    assert not (book / "chapters/02_two").exists()


def test_after_an_appendix_an_appendix_is_added(book: Path) -> None:
    result = run(book, "make", "chapter", "TITLE=Further reading", "AFTER=glossary")

    assert result.returncode == 0, result.stderr
    assert result.stdout.startswith("Added Appendix B: Further reading\n")
    assert paths(book)[-1] == "chapters/appendices/b_further_reading"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([], 'Give the chapter a title: make chapter TITLE="Its title"'),
        (["TITLE=Two"], "The chapter cannot be added: the id 'two' already stands"),
        (["TITLE=Glossary"], "The chapter cannot be added: The id 'glossary' stands twice"),
        (["TITLE=🚀"], "The chapter cannot be added: no id can be made of the title '🚀'"),
        (["TITLE=Three", "ID=Not an id"], "The chapter cannot be added: 'Not an id' is no id"),
        (["TITLE=Three", "AFTER=tow"], "No chapter has the id 'tow'; did you mean 'two'?"),
    ],
)
def test_a_chapter_that_cannot_be_added_is_one_sentence(
    book: Path, arguments: list[str], sentence: str
) -> None:
    result = run(book, "make", "chapter", *arguments)

    assert result.returncode != 0
    assert result.stderr.startswith(sentence), result.stderr
    assert not any(words in result.stderr for words in NOISE)
    assert status(book) == ""


# --- make outline ------------------------------------------------------------------------------

CHANGED = """\
chapters:
  - one: One, better
  - two: Two
  - Three
parts:
  - Foundations: one
"""


def test_an_outline_is_taken_from_a_file(book: Path, tmp_path: Path) -> None:
    result = run(book, "make", "outline", f"FILE={outline_file(tmp_path, CHANGED)}")

    assert result.returncode == 0, result.stderr
    assert result.stdout.startswith(
        "This changes:\n"
        "  retitled  chapters/01_one: One -> One, better\n"
        "  new       chapters/03_three\n"
        "  parts     Foundations (from one)\n"
    )
    assert result.stderr == ""
    assert not any(words in result.stdout for words in NOISE)
    content = outline(book)
    assert [chapter["title"] for chapter in content["chapters"]] == ["One, better", "Two", "Three"]
    assert content["parts"] == [{"title": "Foundations", "first": "one"}]
    assert "My own words." in (book / "chapters/02_two/chapter.md").read_text(encoding="utf-8")


def test_lists_that_are_left_alone_stay_answered_as_they_were(
    tagged: Path, book_python: str, tmp_path: Path
) -> None:
    """An empty answer means the edition's own chapters, also those that it gains later."""
    book = start(tagged, tmp_path / "book", book_python, edition="flask-to-fastapi", chapters=[])

    result = run(book, "make", "chapter", "TITLE=Further reading", "AFTER=glossary")

    assert result.returncode == 0, result.stderr
    assert answers_of(book)["chapters"] == []
    assert paths(book)[-1] == "chapters/appendices/b_further_reading"


def test_chapters_trade_places_with_all_that_is_in_them(book: Path, tmp_path: Path) -> None:
    (book / "chapters/02_two/notes.txt").write_text("Mine.\n", encoding="utf-8")
    commit(book, "Note")
    file = outline_file(tmp_path, "chapters:\n  - two: Two\n  - one: One\n")

    result = run(book, "make", "outline", f"FILE={file}")

    assert result.returncode == 0, result.stderr
    assert result.stdout.startswith(
        "This changes:\n"
        "  moved  chapters/02_two -> chapters/01_two\n"
        "  moved  chapters/01_one -> chapters/02_one\n"
    )
    assert "My own words." in (book / "chapters/01_two/chapter.md").read_text(encoding="utf-8")
    assert (book / "chapters/01_two/notes.txt").read_text(encoding="utf-8") == "Mine.\n"
    assert not (book / "chapters/02_two").exists()


def test_a_dropped_chapter_waits_in_drafts_and_comes_back(book: Path, tmp_path: Path) -> None:
    dropped = run(book, "make", "outline", f"FILE={outline_file(tmp_path, 'chapters: [one: One]')}")
    assert dropped.returncode == 0, dropped.stderr
    assert "  dropped  chapters/02_two (what you wrote goes to drafts/two)\n" in dropped.stdout
    assert "My own words." in (book / "drafts/two/chapter.md").read_text(encoding="utf-8")
    commit(book, "Drop")

    back = run(book, "make", "chapter", "TITLE=Two")

    assert back.returncode == 0, back.stderr
    assert "My own words." in (book / "chapters/02_two/chapter.md").read_text(encoding="utf-8")
    assert not (book / "drafts/two").exists()


def test_a_chapter_becomes_an_appendix(book: Path, tmp_path: Path) -> None:
    text = "chapters: [one: One]\nappendices:\n  - glossary: Glossary\n  - two: Two\n"

    result = run(book, "make", "outline", f"FILE={outline_file(tmp_path, text)}")

    assert result.returncode == 0, result.stderr
    moved = book / "chapters/appendices/b_two/chapter.md"
    assert "My own words." in moved.read_text(encoding="utf-8")


def test_the_last_appendix_can_be_dropped(book: Path, tmp_path: Path) -> None:
    (book / "chapters/appendices/a_glossary/chapter.md").write_text("# Words\n\nMine.\n", "utf-8")
    commit(book, "Write")

    result = run(book, "make", "outline", f"FILE={outline_file(tmp_path, 'appendices: []')}")

    assert result.returncode == 0, result.stderr
    assert answers_of(book)["appendices"] == "none"
    assert "Mine." in (book / "drafts/glossary/chapter.md").read_text(encoding="utf-8")


def test_a_chapter_gets_another_id_and_keeps_its_text(book: Path, tmp_path: Path) -> None:
    text = "chapters:\n  - one: One\n  - second: {title: Two, was: two}\n"

    result = run(book, "make", "outline", f"FILE={outline_file(tmp_path, text)}")

    assert result.returncode == 0, result.stderr
    assert "  new id  two -> second\n" in result.stdout
    assert "  moved   chapters/02_two -> chapters/02_second\n" in result.stdout
    assert "My own words." in (book / "chapters/02_second/chapter.md").read_text(encoding="utf-8")
    assert outline(book)["chapters"][1]["was"] == ["two"]
    commit(book, "Rename")
    assert run(book, "make", "outline", VISUAL="true").stdout == UNCHANGED


def test_every_title_survives_the_editor(hostile_book: Path, book_python: str) -> None:
    """Opened and saved, the outline of a book is what it was."""
    result = run(hostile_book, book_python, PROGRAMS["outline"][0], VISUAL="cat")

    assert result.returncode == 0, result.stderr
    document = result.stdout.removesuffix(UNCHANGED)
    typed, content = yaml.safe_load(document), outline(hostile_book)
    for name in ("chapters", "appendices"):
        assert typed[name] == [{entry["id"]: entry["title"]} for entry in content[name]]
    assert typed["parts"] == [{part["title"]: part["first"]} for part in content["parts"]]
    assert result.stdout.endswith(UNCHANGED)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("chapters: [", "1: this is no YAML"),
        ("chapters:\n  - @home\n", "2: this is no YAML"),
        ("chapters:\n  - 2026-13-45\n", " this is no YAML"),
        ("- One\n", "1: write the lists as chapters:, appendices:, parts:."),
        ("chapter:\n  - One\n", "1: 'chapter' is none of the lists"),
        ("parts: []\nchapters:\n", "2: a book needs at least one chapter"),
        ("chapters: One\n", "1: write one of the chapters a line"),
        ("chapters: [a]\n\nchapters: [b]\n", "3: the list 'chapters' stands twice"),
        ("# Mine\nchapters:\n  - One\n\n  - One\n", "5: the id 'one' already stands on line 3;"),
        ("chapters:\n  - one: One\n  - 010\n", "3: YAML reads the title as a number (8)"),
        ("appendices:\n  - one: One\n", "2: The id 'one' stands twice"),
        ("parts:\n  - A: one\n  - B: tow\n", "3: The part 'B' begins nowhere"),
        ("parts:\n  - A: two\n  - B: one\n", "1: Write the parts in the order"),
    ],
)
def test_a_mistake_in_an_outline_is_named_by_its_line(
    book: Path, tmp_path: Path, text: str, sentence: str
) -> None:
    file = outline_file(tmp_path, text)

    result = run(book, "make", "outline", f"FILE={file}")

    assert result.returncode != 0
    assert result.stderr.startswith(f"{file}:{sentence}"), result.stderr
    assert not any(words in result.stderr for words in NOISE)
    assert status(book) == ""
    assert file.read_text(encoding="utf-8") == text


def test_a_part_does_not_vanish_with_its_first_chapter(
    tagged: Path, book_python: str, tmp_path: Path
) -> None:
    """Copier forgets an answer that no longer fits; here it must be refused."""
    book = start(tagged, tmp_path / "book", book_python, parts=[{"Practice": "two"}])

    result = run(book, "make", "outline", f"FILE={outline_file(tmp_path, 'chapters: [one: One]')}")

    assert result.returncode != 0
    assert result.stderr.startswith("parts: The part 'Practice' begins nowhere")
    assert status(book) == ""


def test_an_outline_is_read_from_standard_input(book: Path, book_python: str) -> None:
    result = subprocess.run(
        [book_python, f"{TOOLS}/edit_outline.py", "--file", "-"],
        cwd=book,
        input="chapters:\n  - One\n  - One\n",
        capture_output=True,
        text=True,
        check=False,
    )

    assert result.returncode == 1
    assert result.stderr.startswith("standard input:3: the id 'one' already stands on line 2;")


@pytest.mark.parametrize(
    "text", ["", "chapters:\n  - one: One\n  - two: Two\n", "chapters: [One, Two]"]
)
def test_an_outline_that_changes_nothing_changes_nothing(
    book: Path, tmp_path: Path, text: str
) -> None:
    result = run(book, "make", "outline", f"FILE={outline_file(tmp_path, text)}")

    assert result.returncode == 0, result.stderr
    assert result.stdout == UNCHANGED
    assert status(book) == ""


def test_without_an_editor_and_a_terminal_a_file_is_asked_for(book: Path) -> None:
    result = run(book, "make", "outline")

    assert result.returncode != 0
    assert result.stderr.startswith("There is no terminal for an editor and EDITOR is not set;")


def test_what_was_typed_is_kept_when_it_cannot_be_used(
    book: Path, tmp_path: Path, scratch: Path
) -> None:
    text = "chapters:\n  - One\n  - One\n"

    result = run(book, "make", "outline", VISUAL=editor(tmp_path, text))

    assert result.returncode != 0
    kept = re.search(r"make outline FILE=(\S+)", result.stderr)
    assert kept
    assert Path(kept[1]).read_text(encoding="utf-8") == text
    assert list(scratch.iterdir()) == [Path(kept[1])]


def test_an_editor_that_fails_is_a_sentence(book: Path, scratch: Path) -> None:
    result = run(book, "make", "outline", EDITOR="false")

    assert result.returncode != 0
    assert result.stderr.startswith("false: Editing failed. Nothing was changed.\n")
    assert list(scratch.iterdir()) == []


def test_an_author_mends_a_mistake_and_agrees(book: Path, tmp_path: Path, scratch: Path) -> None:
    mistaken = CHANGED.replace("Three", "Two")
    author = Author("make", "outline", cwd=book, VISUAL=editor(tmp_path, mistaken, CHANGED))

    author.sees(":4: the id 'two' already stands on line 3;").sees("Edit it again? [Y/n]")
    author.types(ENTER).sees("new       chapters/03_three").sees("Apply it? [Y/n]")
    assert status(book) == ""
    author.types(ENTER).sees("See what changed")

    assert author.leaves() == 0
    assert (book / "chapters/03_three/chapter.md").is_file()
    assert list(scratch.iterdir()) == []


EVERYTHING = """\
chapters:
  - two: Two, at last
  - second_thoughts: Second thoughts
  - Three
appendices:
  - one: One
"""
FORETOLD = """\
  moved     chapters/02_two -> chapters/01_two
  retitled  chapters/01_two: Two -> Two, at last
  back      drafts/second_thoughts -> chapters/02_second_thoughts
  new       chapters/03_three
  moved     chapters/01_one -> chapters/appendices/a_one
  dropped   chapters/appendices/a_glossary (what you wrote goes to drafts/glossary)
"""


@pytest.mark.parametrize(("answer", "code"), [("n" + ENTER, 1), (CTRL_C, 130)])
def test_an_author_sees_what_would_move_and_declines(
    book: Path, tmp_path: Path, scratch: Path, answer: str, code: int
) -> None:
    (book / "drafts/second_thoughts").mkdir(parents=True)
    (book / "drafts/second_thoughts/chapter.md").write_text("Mine.\n", encoding="utf-8")
    commit(book, "Park")
    command = (book / ".venv/bin/python", f"{TOOLS}/edit_outline.py")
    author = Author(*command, cwd=book, VISUAL=editor(tmp_path, EVERYTHING))

    author.sees("This changes:\r\n" + FORETOLD.replace("\n", "\r\n") + "Apply it? [Y/n]")
    author.types(answer).sees("make outline FILE=")

    assert author.leaves() == code
    assert status(book) == ""
    (kept,) = scratch.iterdir()
    assert kept.read_text(encoding="utf-8") == EVERYTHING


def test_a_ctrl_c_in_the_editor_is_the_editors(book: Path, tmp_path: Path) -> None:
    script = tmp_path / "editor.py"
    script.write_text(
        "import signal, sys\n"
        "signal.signal(signal.SIGINT, lambda *_: sys.exit(0))\n"
        "print('Editing', flush=True)\n"
        "signal.pause()\n",
        encoding="utf-8",
    )
    command = (book / ".venv/bin/python", f"{TOOLS}/edit_outline.py")
    author = Author(*command, cwd=book, VISUAL=f"'{sys.executable}' '{script}'")

    author.sees("Editing").types(CTRL_C).sees("The outline is the same.")

    assert author.leaves() == 0


# --- make update -------------------------------------------------------------------------------


def test_a_current_book_is_left_alone(book: Path, book_python: str) -> None:
    newest = run(book, "make", "update")
    named = run(book, book_python, *PROGRAMS["update"], "--version", "1.0.0")

    for result in (newest, named):
        assert result.returncode == 0, result.stderr
        assert result.stdout == "Already current: version 1.0.0.\n"
    assert status(book) == ""


def test_an_update_says_from_where_to_where(
    changing: Path, book_python: str, tmp_path: Path
) -> None:
    migrating(changing, "print('3 files moved, 2 links rewritten')")
    book = start(changing, tmp_path / "book", book_python)
    release(changing, "1.1.0", "template/docs/contributing/README.md", "# Style", "# The style")

    result = run(book, "make", "update")

    assert result.returncode == 0, result.stderr
    assert result.stdout.startswith(
        f"Updated from version 1.0.0 to 1.1.0.\nWhat is new: {changing / 'CHANGELOG.md'}\n"
    )
    assert "3 files moved, 2 links rewritten\n" in result.stdout
    assert result.stderr == ""
    assert not any(words in result.stdout for words in NOISE)
    assert "# The style" in (book / "docs/contributing/README.md").read_text(encoding="utf-8")
    assert answers_of(book)["_commit"] == "1.1.0"


def test_conflicts_are_listed_and_can_be_undone(
    changing: Path, book_python: str, tmp_path: Path
) -> None:
    book = start(changing, tmp_path / "book", book_python)
    (book / "README.md").write_text("# Mine alone\n", encoding="utf-8")
    commit(book, "Write")
    # Copier looks for what did not merge in `git status`, which this setting shortens.
    git(book, "config", "status.showUntrackedFiles", "no")
    release(changing, "1.1.0", "template/README.md.jinja", "# {{ title | md }}", "# {{ title }}!")

    result = run(book, book_python, *PROGRAMS["update"])
    again = run(book, book_python, *PROGRAMS["update"])

    assert result.returncode == 1
    assert result.stderr.startswith("1 file has conflicts:\n  README.md\n")
    assert "<<<<<<<" in (book / "README.md").read_text(encoding="utf-8")
    assert again.returncode == 1
    assert again.stderr.startswith("Conflicts are not resolved in README.md;")
    undo = re.search(r"^To undo it all instead: (.*)$", result.stderr, re.MULTILINE)
    assert undo
    assert run(book, "sh", "-c", undo[1]).returncode == 0
    assert git(book, "status", "--porcelain", "--untracked-files=normal") == ""
    assert (book / "README.md").read_text(encoding="utf-8") == "# Mine alone\n"


def test_a_version_that_cannot_be_had_is_a_sentence(
    changing: Path, book_python: str, tmp_path: Path
) -> None:
    release(changing, "1.1.0", "template/docs/contributing/README.md", "# Style", "# The style")
    book = start(changing, tmp_path / "book", book_python)

    older = run(book, book_python, *PROGRAMS["update"], "--version", "1.0.0")
    unknown = run(book, book_python, *PROGRAMS["update"], "--version", "9.9.9")

    assert (older.returncode, unknown.returncode) == (1, 1)
    assert older.stderr.startswith("You are downgrading from 1.1.0 to 1.0.0.")
    assert unknown.stderr.startswith(f"The template {changing} has no version '9.9.9'.")
    for result in (older, unknown):
        assert result.stderr.endswith("The book is as it was before.\n")
        assert "Traceback" not in result.stderr
    assert status(book) == ""


# --- what is refused ---------------------------------------------------------------------------


def without_repository(book: Path) -> str:
    shutil.rmtree(book / ".git")
    return f"{book} is in no Git repository, so nobody could go back;"


def with_uncommitted_changes(book: Path) -> str:
    (book / "notes.txt").write_text("Mine.\n", encoding="utf-8")
    git(book, "config", "status.showUntrackedFiles", "no")
    return "The book has changes that are not committed, in notes.txt;"


def without_answers(book: Path) -> str:
    git(book, "rm", "--quiet", ".copier-answers.yml")
    commit(book, "Forget")
    return f"{book / '.copier-answers.yml'} is missing, where Copier keeps the answers;"


def with_answers_of_nobody(book: Path) -> str:
    (book / ".copier-answers.yml").write_text("edition: own\n", encoding="utf-8")
    commit(book, "Damage")
    return ".copier-answers.yml does not name the template's _src_path,"


def with_a_template_that_went_away(book: Path) -> str:
    file = book / ".copier-answers.yml"
    text = file.read_text(encoding="utf-8")
    file.write_text(re.sub("_src_path: .*", "_src_path: /nowhere/template", text), "utf-8")
    commit(book, "Move")
    return "The template /nowhere/template is not there any more;"


def with_an_ignored_outline(book: Path) -> str:
    git(book, "rm", "--quiet", "--cached", "book.yml")
    (book / ".git/info/exclude").write_text("book.yml\n", encoding="utf-8")
    commit(book, "Ignore")
    return "No commit holds book.yml, so nobody could go back to it;"


def with_what_a_merge_left(book: Path) -> str:
    (book / ".git/info/exclude").write_text("*.rej\n", encoding="utf-8")
    (book / "README.md.rej").write_text("Old.\n", encoding="utf-8")
    return "An earlier merge left README.md.rej;"


@pytest.mark.parametrize("program", ["chapter", "update"])
def test_a_template_that_cannot_be_read_is_a_sentence(
    book: Path, book_python: str, program: str
) -> None:
    source = "file:///nowhere/template.git"
    file = book / ".copier-answers.yml"
    text = file.read_text(encoding="utf-8")
    file.write_text(re.sub("_src_path: .*", f"_src_path: {source}", text), "utf-8")
    commit(book, "Move")

    result = run(book, book_python, *PROGRAMS[program])

    assert result.returncode == 1
    assert result.stderr.startswith(f"Copier fails with the template {source}: '/nowhere")
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.parametrize("program", PROGRAMS)
@pytest.mark.parametrize(
    "spoil",
    [
        without_repository,
        with_uncommitted_changes,
        without_answers,
        with_answers_of_nobody,
        with_a_template_that_went_away,
        with_an_ignored_outline,
        with_what_a_merge_left,
    ],
)
def test_a_book_that_cannot_be_changed_is_refused(
    book: Path, book_python: str, program: str, spoil: Callable[[Path], str]
) -> None:
    sentence = spoil(book)

    result = run(book, book_python, *PROGRAMS[program])

    assert result.returncode == 1
    assert result.stderr.startswith(sentence), result.stderr
    assert len(result.stderr.splitlines()) == 1


# --- the way back ------------------------------------------------------------------------------


@pytest.fixture
def larger(changing: Path, book_python: str, tmp_path: Path) -> Path:
    """Return a repository with a book in it, beside a part in which somebody works."""
    repository = tmp_path / "repository"
    start(changing, repository / "docs/book", book_python)
    shutil.rmtree(repository / "docs/book/.git")
    (repository / "code").mkdir()
    (repository / "code/tracked.txt").write_text("Committed.\n", encoding="utf-8")
    start_repository(repository, "Start")
    (repository / "code/tracked.txt").write_text("Not committed.\n", encoding="utf-8")
    (repository / "code/untracked.txt").write_text("New.\n", encoding="utf-8")
    return repository


ELSEWHERE = " M code/tracked.txt\n?? code/untracked.txt\n"


def test_a_book_in_a_larger_repository_is_changed_alone(larger: Path) -> None:
    book = larger / "docs/book"
    chapter = book / "chapters/02_two/chapter.md"
    chapter.write_text(chapter.read_text("utf-8") + "\nMy own words.\n", encoding="utf-8")
    git(larger, "commit", "--quiet", "--message", "Write", "--", "docs")

    result = run(book, "make", "chapter", "TITLE=Three")

    assert result.returncode == 0, result.stderr
    assert (book / "chapters/03_three/chapter.md").is_file()
    assert "My own words." in chapter.read_text(encoding="utf-8")
    assert git(larger, "status", "--porcelain", "--", "code") == ELSEWHERE
    assert (larger / "code/tracked.txt").read_text(encoding="utf-8") == "Not committed.\n"


def test_what_fails_is_undone_in_the_book_alone(
    changing: Path, larger: Path, book_python: str
) -> None:
    book = larger / "docs/book"
    (book / "book_build/html/index.html").write_text("Built.\n", encoding="utf-8")
    migrating(
        changing,
        "import pathlib, sys\n"
        "assert pathlib.Path('chapters/03_three').is_dir()\n"
        "print('1 file moved')\n"
        "sys.exit('chapters/01_one/notes.md: this file cannot be moved.')",
    )

    result = run(book, book_python, *PROGRAMS["chapter"])

    assert result.returncode == 1
    assert result.stderr == (
        "chapters/01_one/notes.md: this file cannot be moved.\nThe book is as it was before.\n"
    )
    assert git(larger, "status", "--porcelain") == ELSEWHERE
    assert (book / "book_build/html/index.html").read_text(encoding="utf-8") == "Built.\n"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_what_is_interrupted_is_undone(
    changing: Path, book_python: str, tmp_path: Path, scratch: Path, number: signal.Signals
) -> None:
    here = tmp_path / "fifo"
    os.mkfifo(here)
    reader = os.open(here, os.O_RDONLY | os.O_NONBLOCK)
    program = f"import signal; open({str(here)!r}, 'w').write('here'); signal.pause()"
    migrating(changing, program)
    book = start(changing, tmp_path / "book", book_python)
    command = subprocess.Popen(
        [book_python, *PROGRAMS["chapter"]], cwd=book, stderr=subprocess.PIPE, text=True
    )
    try:
        assert select.select([reader], [], [], 120)[0], "the migration never ran"
        assert "03_three" in status(book)

        command.send_signal(number)

        _, errors = command.communicate(timeout=60)
    finally:
        command.kill()
        os.close(reader)
    assert errors == "Interrupted. The book is as it was before.\n"
    assert command.returncode == 128 + number
    assert status(book) == ""
    assert list(scratch.iterdir()) == []


def test_answers_can_be_kept_in_another_file(
    tagged: Path, book_python: str, tmp_path: Path
) -> None:
    book = tmp_path / "book"
    name = ".config/my answers.yml"
    run_copy(str(tagged), book, ANSWERS, answers_file=name, defaults=True, unsafe=True, quiet=True)
    start_repository(book, "Start")
    link_environment(book, book_python)

    current = run(book, "make", "update")
    added = run(book, "make", "chapter", "TITLE=Three")

    assert current.stdout == "Already current: version 1.0.0.\n", current.stderr
    assert added.returncode == 0, added.stderr
    assert (book / "chapters/03_three/chapter.md").is_file()
    assert "Three" in (book / name).read_text(encoding="utf-8")
    assert not (book / ".copier-answers.yml").exists()


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_missing_copier_is_a_sentence(book: Path, book_python: str, program: str) -> None:
    path = PROGRAMS[program][0]
    script = (
        "import runpy, sys; sys.modules['copier'] = None; "
        f"runpy.run_path({path!r}, run_name='__main__')"
    )

    result = run(book, book_python, "-c", script)

    assert result.returncode == 1
    assert result.stderr == (
        "Changing the outline needs copier; run: python -m pip install -r requirements/update.txt\n"
    )


# --- the page on it ----------------------------------------------------------------------------

PAGE = ROOT / "template/docs/development/outline.md"
SESSION = re.compile(r"(?<=^## A session\n).*?(?=^## )", re.DOTALL | re.MULTILINE)
BLOCK = re.compile(r"^```(?P<language>yaml|console)\n(?P<text>.*?)^```$", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True)
class Session:
    """The session of the page, held in a book: an author's commands, and what they print."""

    book: Path
    folder: Path

    def held(self, section: str) -> str:
        """Return a section of a page with the output that its commands have today.

        What a block of YAML holds is what the author types into the editor after it.
        """
        return BLOCK.sub(self._block, section)

    def _block(self, block: re.Match[str]) -> str:
        if block["language"] == "yaml":
            (self.folder / "typed").write_text(block["text"], encoding="utf-8")
            return block[0]
        commands = re.findall(r"^\$ .*$", block["text"], re.MULTILINE)
        return "\n".join(["```console", *map(self._answered, commands), "```"])

    def _answered(self, command: str) -> str:
        result = subprocess.run(
            ["sh", "-c", command.removeprefix("$ ")],
            cwd=self.book,
            env={**os.environ, "VISUAL": f"cp '{self.folder / 'typed'}'"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return f"{command}\n{result.stdout}".rstrip()


def test_the_session_of_the_page_is_what_happens(
    tagged: Path, book_python: str, tmp_path: Path
) -> None:
    """REFRESH_TRANSCRIPT=1 writes what happens into the page."""
    chapters = [
        {"why_pools": "Why pools"},
        {"sizing": "How big should a pool be?"},
        {"queues": "Queues behind pools"},
    ]
    book = start(tagged, tmp_path / "book", book_python, chapters=chapters)
    for directory, words in (
        ("02_sizing", "My words."),
        ("03_queues", "[Sizes](../02_sizing/chapter.md)"),
        ("appendices/a_glossary", "Mine too."),
    ):
        with (book / "chapters" / directory / "chapter.md").open("a", encoding="utf-8") as chapter:
            chapter.write(f"\n{words}\n")
    commit(book, "Write")
    page = PAGE.read_text(encoding="utf-8")

    held = SESSION.sub(lambda section: Session(book, tmp_path).held(section[0]), page)

    if os.environ.get("REFRESH_TRANSCRIPT"):
        PAGE.write_text(held, encoding="utf-8")
    else:
        assert held == page, "run it with REFRESH_TRANSCRIPT=1, and look at what changed"
