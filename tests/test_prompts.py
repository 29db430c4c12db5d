"""The prompts as an author meets them, typed into a real pseudo-terminal."""

from __future__ import annotations

import sys
from pathlib import Path

import yaml

from tests.support import outline
from tests.terminal import CTRL_C, ENTER, Author

FINISH = "\x1b\r"  # Esc, Enter
DOWN = "\x1b[B"
CLEAR = "\x15"  # Ctrl-U
BACKSPACE = "\x7f"
CLEAR_TWO_LINES = CLEAR + BACKSPACE + CLEAR


def copying(template: Path, folder: Path) -> Author:
    """Return somebody who starts a book."""
    command = ("-m", "copier", "copy", "--trust", "--vcs-ref", "HEAD", template, folder)
    return Author(sys.executable, *command)


def test_the_default_path_asks_four_questions(template: Path, tmp_path: Path) -> None:
    author = copying(template, tmp_path / "book")

    author.sees("Which book do you want").types(ENTER)
    author.sees("What is the book's title").types(ENTER)
    author.sees("Who writes it").sees("Ada Lovelace").types(ENTER)
    author.sees("Answer the other questions too").types(ENTER)
    author.sees("Type this next")

    assert author.leaves() == 0
    book = outline(tmp_path / "book")
    assert book["title"] == "From Flask to FastAPI"
    assert book["authors"] == [{"name": "Ada Lovelace"}]
    assert len(book["chapters"]) == 10


def test_an_own_book_is_asked_for_its_chapters(template: Path, tmp_path: Path) -> None:
    author = copying(template, tmp_path / "book")

    author.sees("Which book do you want").types(DOWN + ENTER)
    author.sees("What is the book's title").types(CLEAR + "Pools & Queues" + ENTER)
    author.sees("Who writes it").types(ENTER)
    author.sees("Answer the other questions too").types(ENTER)
    author.sees("Which chapters").types(CLEAR)
    author.types("- Why pools" + ENTER + "- queues: Queues at last" + FINISH)
    author.sees("Type this next")

    assert author.leaves() == 0
    book = outline(tmp_path / "book")
    assert book["title"] == "Pools & Queues"
    assert [chapter["id"] for chapter in book["chapters"]] == ["why_pools", "queues"]
    assert book["slug"] == "pools-queues"


def test_a_wrong_answer_is_explained_in_the_prompt_and_can_be_mended(
    template: Path, tmp_path: Path
) -> None:
    author = copying(template, tmp_path / "book")

    author.sees("Which book do you want").types(DOWN + ENTER)
    author.sees("What is the book's title").types(CLEAR + ENTER)
    author.sees("Give the book a title.").types("Mended" + ENTER)
    author.sees("Who writes it").types(CLEAR + "a <b" + ENTER)
    author.sees("Cannot read the author").types(CLEAR + "Grace Hopper" + ENTER)
    author.sees("Answer the other questions too").types(ENTER)
    author.sees("Which chapters").types(CLEAR + "- One" + ENTER + "- One" + FINISH)
    author.sees("already stands on line 1").types(CLEAR_TWO_LINES + "- One" + FINISH)
    author.sees("Type this next")

    assert author.leaves() == 0
    assert outline(tmp_path / "book")["authors"] == [{"name": "Grace Hopper"}]


def test_every_question_can_be_asked(template: Path, tmp_path: Path) -> None:
    author = copying(template, tmp_path / "book")

    author.sees("Which book do you want").types(ENTER)
    author.sees("What is the book's title").types(ENTER)
    author.sees("Who writes it").types(ENTER)
    author.sees("Answer the other questions too").types("y")
    author.sees("Its subtitle").types(ENTER)
    author.sees("What is it about").types(ENTER)
    author.sees("In which language").types(CLEAR + "de" + ENTER)
    author.sees("Its ISBN").types("978-3-16-148410-1" + ENTER)
    author.sees("its check digit is wrong").types(BACKSPACE + "0" + ENTER)
    author.sees("Which chapters").types(FINISH)
    author.sees("Which appendices").types(CLEAR + "none" + FINISH)
    author.sees("grouped into parts").types(FINISH)
    author.sees("Which example code").types(" " + ENTER)
    author.sees("Create the folders only").types(ENTER)
    author.sees("Into which formats").types(ENTER)
    author.sees("On which size of page").types(DOWN + ENTER)
    author.sees("A short name").types(ENTER)
    author.sees("Where will its repository live").types(DOWN + ENTER)
    author.sees("The address of its repository").types("https://gitlab.com/a/b" + ENTER)
    author.sees("may readers use its text").types(ENTER)
    author.sees("And its code").types(ENTER)
    author.sees("Type this next")

    assert author.leaves() == 0
    answers = yaml.safe_load((tmp_path / "book" / ".copier-answers.yml").read_text("utf-8"))
    assert answers["language"] == "de"
    assert answers["isbn"] == "978-3-16-148410-0"
    assert answers["hosting"] == "gitlab"
    assert answers["paper"] == "a4"
    assert "flask_examples" not in answers["examples"]
    assert outline(tmp_path / "book")["appendices"] == []


def test_leaving_at_a_prompt_leaves_nothing(template: Path, tmp_path: Path) -> None:
    author = copying(template, tmp_path / "book")

    author.sees("Which book").types(CTRL_C)

    assert author.leaves() != 0
    assert not (tmp_path / "book").exists()
