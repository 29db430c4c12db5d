"""An update that is stopped, at whatever moment, loses nothing and can be taken back."""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from extensions.repository import RESTORE
from tests.repository import git
from tests.support import append, commit, files, render, status, write
from tests.versions import OLD_TOOL

pexpect = pytest.importorskip("pexpect", reason="a pseudo-terminal needs a POSIX system")

COMMAND = (
    *(sys.executable, "-m", "copier", "update", "--trust", "--vcs-ref", "1.1.0"),
    *("--data", "chapters=[Two, One, Three]"),
)
# The Git command before which an update stands still: Copier's own merge, after it has rendered
# over the book; our merge; our writing; and our last word to the index.
STAGES = {
    "render": "apply",
    "merge": "merge-tree",
    "save": "checkout-index",
    "index": "update-index -z --index-info",
}
# `update-index` also fills the indexes in which we prepare merges; a variable names those.
AT_STAGE = (
    'case " $* " in *" {command} "*) '
    '[ -z "$GIT_INDEX_FILE" ] || [ "{command}" != "update-index -z --index-info" ]'
)


@pytest.fixture
def book(released: Path, tmp_path: Path) -> Path:
    """Return a book whose author wrote where the second version writes too."""
    answers = {"edition": "own", "chapters": ["One", "Two", "Three"]}
    folder = render(released, tmp_path / "book", commit=True, version="1.0.0", **answers)
    append(folder, "chapters/02_two/chapter.md", "\nMy words.\n")
    append(folder, OLD_TOOL, "\n# Mine.\n")
    write(folder, "chapters/02_two/.DS_Store", "ignored")
    return commit(folder)


def content(book: Path) -> Mapping[str, bytes]:
    return {name: (book / name).read_bytes() for name in files(book)}


def stopping_git(folder: Path, command: str) -> tuple[dict[str, str], Path]:
    """Make a Git that stands still before a command, and return how to use it and its sign."""
    real, reached = shutil.which("git"), folder / "reached"
    script = write(
        folder,
        "bin/git",
        "#!/bin/sh\n"
        f"{AT_STAGE.format(command=command)} && touch {shlex.quote(str(reached))}"
        f' && exec sleep 600;; esac\nexec {real} "$@"\n',
    )
    script.chmod(0o755)
    path = f"{script.parent}{os.pathsep}{os.environ['PATH']}"
    return {**os.environ, "PATH": path}, reached


def restore(book: Path) -> None:
    subprocess.run(RESTORE, shell=True, cwd=book, check=True)


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGKILL], ids=["int", "kill"])
@pytest.mark.parametrize("stage", STAGES)
def test_a_stopped_update_can_be_taken_back(
    book: Path, tmp_path: Path, stage: str, sign: signal.Signals
) -> None:
    before, head = content(book), git(book, "rev-parse", "HEAD")
    environment, reached = stopping_git(tmp_path, STAGES[stage])
    process = subprocess.Popen(
        [*COMMAND, "--defaults", "--quiet"],
        cwd=book,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    deadline = time.monotonic() + 300
    while not reached.exists():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.05)
    os.killpg(process.pid, sign)
    _, said = process.communicate(timeout=60)

    assert process.returncode != 0
    assert "Traceback" not in said
    if sign == signal.SIGINT and stage != "render":
        assert RESTORE in said
    assert git(book, "rev-parse", "HEAD") == head
    restore(book)
    assert status(book) == {}
    assert content(book) == before


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGKILL], ids=["int", "kill"])
def test_an_update_stopped_at_a_question_has_done_nothing(book: Path, sign: signal.Signals) -> None:
    before = content(book)
    terminal = pexpect.spawn(COMMAND[0], [*COMMAND[1:]], cwd=str(book), timeout=120)
    terminal.expect("Which book do you want")
    if sign == signal.SIGINT:
        terminal.sendintr()
    else:
        terminal.kill(sign)
    terminal.expect(pexpect.EOF)
    terminal.close()

    assert status(book) == {}
    assert content(book) == before
