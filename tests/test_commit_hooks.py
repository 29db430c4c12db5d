"""What Git refuses to commit in a book, and that it needs no network to know."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.repository import git
from tests.support import append, commit, link_environment, outline, render, run, write
from tests.versions import release

# Whoever asks the network gets no answer.
OFFLINE = {
    **dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"), "http://127.0.0.1:9"),
    "PIP_NO_INDEX": "1",
}
FORMS = ".github/ISSUE_TEMPLATE"


def start(template: Path, folder: Path, python: str, **answers: Any) -> Path:
    """Return a new book, committed, whose hooks have their programs."""
    book = render(template, folder, commit=True, **answers)
    link_environment(book, python)
    return book


def check_all(book: Path, skip: str = "") -> subprocess.CompletedProcess[str]:
    command = (".venv/bin/python", "-m", "pre_commit", "run", "--all-files")
    return run(book, *command, SKIP=skip, **OFFLINE)


def try_commit(book: Path, skip: str = "") -> subprocess.CompletedProcess[str]:
    """Commit all that is in a book, as far as its hooks let it."""
    git(book, "add", "--all")
    return run(book, "git", "commit", "--message", "Write", SKIP=skip, **OFFLINE)


@pytest.fixture(scope="session")
def hooked(tagged: Path, book_python: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an own book in which `make hooks` was run."""
    folder = tmp_path_factory.mktemp("hooked") / "book"
    book = start(tagged, folder, book_python, edition="own", chapters=["One"])
    result = run(book, "make", "hooks", **OFFLINE)
    assert result.returncode == 0, result.stdout + result.stderr
    return book


@pytest.fixture
def book(hooked: Path, tmp_path: Path) -> Path:
    """Return a copy of the book with hooks."""
    return Path(shutil.copytree(hooked, tmp_path / "book", symlinks=True))


# --- a book that is as it should be ------------------------------------------------------------


@pytest.mark.parametrize("hosting", ["github", "gitlab", "none"])
@pytest.mark.parametrize("edition", ["flask-to-fastapi", "own"])
def test_a_fresh_book_passes(
    template: Path, book_python: str, tmp_path: Path, edition: str, hosting: str
) -> None:
    book = start(template, tmp_path / "book", book_python, edition=edition, hosting=hosting)

    # What a book's text needs half a minute for does not depend on where it is hosted.
    result = check_all(book, skip="" if hosting == "github" else "validate")

    assert result.returncode == 0, result.stdout + result.stderr
    assert "The book is valid" in result.stdout
    assert ("Issue forms" in result.stdout) == (hosting == "github")
    assert git(book, "status", "--porcelain") == ""


def test_a_book_of_hostile_answers_passes(
    hostile_book: Path, book_python: str, tmp_path: Path
) -> None:
    book = Path(shutil.copytree(hostile_book, tmp_path / "book"))
    link_environment(book, book_python)

    result = check_all(book)

    assert result.returncode == 0, result.stdout + result.stderr


def test_a_book_with_another_chapter_passes_and_is_committed(book: Path) -> None:
    added = run(book, "make", "chapter", "TITLE=Sizes: how big?")
    committed = try_commit(book)

    assert added.returncode == 0, added.stderr
    assert committed.returncode == 0, committed.stdout + committed.stderr
    assert len(outline(book)["chapters"]) == 2
    assert check_all(book).returncode == 0
    assert git(book, "status", "--porcelain") == ""


MARKUP = """\
# One

> [!NOTE]
> An alert.

## Pools {#sec-pools}

In @sec-pools and @lst-greet, [pools]{.index} are a kind of [cache]{.gls}.[^1] As @eq-little says:

```{.python include="src/app.py" region="greet" #lst-greet caption="A greeting"}
```

```{.console .numberLines}
$ make build
```

$$ L = \\lambda W $$ {#eq-little}

| Size | Wait |
| --- | --- |
| 1 | 9 ms |

: Waiting {#tbl-waiting}

::: {.tip title="A title of its own"}
Longer ones are easier to write like this.
:::

::: glossary
cache
:   What is kept.
:::

## Key takeaways {.unnumbered .was-summary}

Text.

[^1]: A note.
"""


def test_all_that_a_chapter_may_hold_passes(book: Path) -> None:
    write(book, "chapters/01_one/chapter.md", MARKUP)
    code = '# region: greet\ndef greet() -> str:\n    return "Hello"\n\n\n# endregion\n'
    write(book, "src/app.py", code)

    result = try_commit(book)

    assert result.returncode == 0, result.stderr


def test_a_second_worktree_uses_the_environment_of_the_first(book: Path, tmp_path: Path) -> None:
    second = tmp_path / "second"
    git(book, "worktree", "add", "--quiet", str(second))
    (second / ".venv").symlink_to(book / ".venv", target_is_directory=True)
    append(second, "README.md", "\nA line.\n")

    good = try_commit(second)
    append(second, "README.md", "<<<<<<< HEAD\n")
    bad = try_commit(second)

    assert good.returncode == 0, good.stderr
    assert bad.returncode == 1
    assert "hook id: conflict-markers" in bad.stderr


# --- what is refused ---------------------------------------------------------------------------


def holding(path: str, content: str | bytes) -> Callable[[Path], object]:
    """Return what puts a file into a book."""
    data = content.encode() if isinstance(content, str) else content

    def put(book: Path) -> None:
        file = book / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)

    return put


def link_to_nothing(book: Path) -> None:
    (book / "assets/images/newest.svg").symlink_to("none.svg")


def executable_text(book: Path) -> None:
    write(book, "src/run", "import this\n").chmod(0o755)


REFUSED = {
    "a conflict of an update": (
        "conflict-markers",
        holding(
            "notes.md",
            "# N\n\n<<<<<<< before updating\nmine\n=======\nits\n>>>>>>> after updating\n",
        ),
    ),
    "a conflict of a merge": (
        "conflict-markers",
        holding("src/app.py", "<<<<<<< HEAD\na = 1\n=======\na = 2\n>>>>>>> branch\n"),
    ),
    "half a conflict": ("conflict-markers", holding("notes.txt", "||||||| last update\nold\n")),
    "a conflict with CRLF": ("conflict-markers", holding("notes.txt", b"mine\r\n>>>>>>>\r\n")),
    "what an update rejected": ("rejected-changes", holding("README.md.rej", "@@ -1 +1 @@\n")),
    "a private key": (
        "private-keys",
        holding("deploy.pem", "-----BEGIN OPENSSH PRIVATE KEY-----\n"),
    ),
    "a file of 2 MB": ("large-files", holding("assets/images/photo.png", bytes(2_000_000))),
    "a name in other capitals": ("case-conflicts", holding("readme.md", "# Read me\n")),
    "a link to nothing": ("symlinks", link_to_nothing),
    "a program of no language": ("shebangs", executable_text),
    "broken YAML": ("yaml", holding("research/data.yml", "a: [1, 2\n")),
    "a key said twice": ("yaml", holding("research/data.yml", "a: 1\na: 2\n")),
    "broken TOML": ("toml", holding("research/data.toml", "a = \n")),
    "broken JSON": ("json", holding("research/data.json", '{"a": 1,}\n')),
    "a citation of nobody": (
        "citation",
        holding("CITATION.cff", "cff-version: 1.2.0\nmessage: Cite it.\ntitle: Book\n"),
    ),
    "a form with a field of no kind": (
        "issue-forms",
        holding(f"{FORMS}/idea.yml", "name: Idea\ndescription: An idea\nbody:\n  - type: text\n"),
    ),
    "a choice of forms with a bad address": (
        "issue-chooser",
        holding(
            f"{FORMS}/config.yml",
            "contact_links:\n  - name: Chat\n    about: Talk\n    url: example.org\n",
        ),
    ),
    "a discussion form without fields": (
        "discussion-forms",
        holding(".github/DISCUSSION_TEMPLATE/general.yml", "title: Hello\n"),
    ),
    "lint": ("ruff-check", holding("src/app.py", "import os\n")),
    "code in another style": ("ruff-format", holding("src/app.py", "a = {  'b':1 }\n")),
    "a wrong type": ("mypy", holding("src/app.py", 'a: int = "one"\n')),
    "untidy Markdown": ("rumdl", holding("notes.md", "# Notes\n# Notes\n")),
    "a link that leads nowhere": ("validate", holding("docs/notes.md", "# N\n\n[a](none.md)\n")),
}
# They take longest, and only their own tests need them.
SLOW = {"mypy", "validate"}


@pytest.mark.parametrize("mistake", REFUSED)
def test_a_mistake_is_refused(book: Path, mistake: str) -> None:
    hook, make = REFUSED[mistake]
    make(book)
    before = git(book, "rev-parse", "HEAD")

    result = try_commit(book, skip=",".join(SLOW - {hook}))

    assert result.returncode == 1
    assert f"- hook id: {hook}\n" in result.stderr, result.stderr
    assert "Traceback" not in result.stderr
    assert git(book, "rev-parse", "HEAD") == before


def test_every_hook_has_a_mistake(hooked: Path) -> None:
    config = (hooked / ".pre-commit-config.yaml").read_text(encoding="utf-8")
    hooks = {line.split()[2] for line in config.splitlines() if "- id:" in line}

    assert hooks == {hook for hook, _ in REFUSED.values()} | set(MENDED)


MENDED = {
    "line-endings": (b"one\r\ntwo\n", b"one\ntwo\n"),
    "trailing-whitespace": (b"one \ntwo\t\n", b"one\ntwo\n"),
    "final-newline": (b"one\ntwo\n\n", b"one\ntwo\n"),
}


@pytest.mark.parametrize("hook", MENDED)
def test_white_space_is_mended_and_the_next_commit_passes(book: Path, hook: str) -> None:
    untidy, tidy = MENDED[hook]
    holding("research/notes.txt", untidy)(book)

    first = try_commit(book, skip="validate")
    second = try_commit(book, skip="validate")

    assert first.returncode == 1
    assert f"- hook id: {hook}\n" in first.stderr
    assert second.returncode == 0, second.stderr
    assert (book / "research/notes.txt").read_bytes() == tidy


@pytest.mark.parametrize("suffix", ["diff", "drawio", "out", "patch", "svg"])
def test_white_space_stays_where_a_program_wrote_it(book: Path, suffix: str) -> None:
    for content in (untidy for untidy, _ in MENDED.values()):
        holding(f"research/printed.{suffix}", content)(book)

        result = try_commit(book, skip="validate")

        assert result.returncode == 0, result.stderr
        assert (book / f"research/printed.{suffix}").read_bytes() == content


def test_two_spaces_that_break_a_line_of_text_stay(book: Path) -> None:
    write(book, "docs/notes.md", "# Notes\n\nOne line,  \nbroken.\n")

    assert try_commit(book, skip="validate").returncode == 0


@pytest.mark.parametrize(
    "text", ["`<<<<<<<` begins a conflict.\n", "A title\n=======\n", "x = a <<<<<<< b\n"]
)
def test_what_only_looks_like_a_conflict_passes(book: Path, text: str) -> None:
    write(book, "research/notes.txt", text)

    assert try_commit(book, skip="validate").returncode == 0


def test_conflicts_of_an_update_are_not_committed_unread(
    tagged: Path, book_python: str, tmp_path: Path
) -> None:
    template = Path(shutil.copytree(tagged, tmp_path / "template"))
    book = start(template, tmp_path / "book", book_python, edition="own", chapters=["One"])
    assert run(book, "make", "hooks").returncode == 0
    page = "docs/publishing/README.md"
    write(book, page, "# How we publish\n")
    commit(book, "Say it in our words")
    write(template, f"template/{page}", "# How to publish\n")
    release(template, "1.1.0")

    updated = run(book, "make", "update")
    refused = try_commit(book)
    write(book, page, "# How we publish\n")
    accepted = try_commit(book)

    assert "1 file has conflicts" in updated.stderr
    assert refused.returncode == 1
    assert f"{page}:1:<<<<<<< before updating\n" in refused.stderr
    assert accepted.returncode == 0, accepted.stderr


# --- turning them on ---------------------------------------------------------------------------


def test_a_book_in_a_larger_repository_is_told_what_to_do(
    template: Path, book_python: str, tmp_path: Path
) -> None:
    git(tmp_path, "init", "--quiet")
    book = render(template, tmp_path / "docs" / "book", edition="own")
    link_environment(book, book_python)

    result = run(book, "make", "hooks")

    assert result.returncode == 2
    assert result.stderr.startswith(
        "The book stands in docs/book/ of a larger repository; take its hooks over into the "
        ".pre-commit-config.yaml of that one.\n"
    )
    assert not (tmp_path / ".git/hooks/pre-commit").exists()


def test_a_book_in_no_repository_is_told_so(
    template: Path, book_python: str, tmp_path: Path
) -> None:
    book = render(template, tmp_path / "book", edition="own")
    link_environment(book, book_python)

    result = run(book, "make", "hooks", GIT_CEILING_DIRECTORIES=str(tmp_path))

    assert result.returncode == 2
    assert result.stderr.startswith("fatal: not a git repository")
