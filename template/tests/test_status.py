"""How far the book is, by what chapters claim and show: told, on a page, and in README.md."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import msgspec.json
import pytest

from tests.support import (
    ARABIC,
    STATUS,
    VALIDATE,
    Page,
    build,
    entry,
    make_book,
    run,
    write,
)

WRITTEN = "A whole text.\n\n## Aims\n\nNone.\n"
TEMPLATE = """\
---
status: planned
---

# Title

## Aims {.unnumbered}

You can:

> [!NOTE]
> **To be written.** Three things.

## A step

## Further Reading {.unnumbered}

## Thanks {.unnumbered .optional}
"""
README = """\
# Tiny

Before.

## Status

Nobody knows.

### Details

```markdown
## Not a heading
```

## After

More.
"""
PROMISES = [
    {"path": "deliverables/plan.md", "title": "Plan"},
    {"path": "deliverables/data", "title": "Data"},
]
MILESTONES = [
    {"title": "A | B", "state": "drafted", "chapters": ["one", "gone"]},
    {"state": "done", "chapters": "all"},
    {"title": "Nobody", "state": "done", "chapters": ["gone"]},
]


def claiming(root: Path, status: str | None, text: str = WRITTEN, **changes: Any) -> Path:
    """Write a book of one chapter that promises something, and an appendix."""
    one = entry("one", 1, "1", "One", "chapters/01_one") | {"deliverables": PROMISES}
    two = entry("two", 1, "A", ARABIC, "chapters/appendices/a_two") | {"deliverables": []}
    changes = {"parts": [], "chapters": [one], "appendices": [two]} | changes
    book = make_book(root, **changes)
    shutil.rmtree(book / "chapters")
    claim = f"---\nstatus: {status}\n---\n\n" if status else ""
    write(book / "chapters/01_one/chapter.md", f"{claim}# One\n\n{text}")
    write(book / "chapters/appendices/a_two/chapter.md", "# Two\n\nText.\n")
    write(book / "chapters/01_one/deliverables/plan.md", "# Plan\n")
    write(book / "chapters/01_one/deliverables/data/a.csv", "")
    write(book / "templates/chapter_template.md", TEMPLATE)
    write(book / "README.md", README)
    return book


def told(book: Path) -> dict[str, Any]:
    """Return what the command tells programs."""
    done = run(STATUS, "--book", book, "--format", "json")
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = msgspec.json.decode(done.stdout)
    return found


def lines(book: Path, *arguments: str) -> list[str]:
    done = run(STATUS, "--book", book, *arguments)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.splitlines()


def git(book: Path, *arguments: str, date: str = "2031-05-06") -> None:
    at = f"{date}T12:00:00+0000"
    subprocess.run(
        ["git", "-c", "user.name=Ada", "-c", "user.email=ada@example.org", *arguments],
        cwd=book,
        check=True,
        capture_output=True,
        env={**os.environ, "GIT_AUTHOR_DATE": at, "GIT_COMMITTER_DATE": at},
    )


def commit(book: Path, date: str) -> None:
    git(book, "add", "--all")
    git(book, "commit", "--quiet", "--message", "Text", date=date)


# What holds --------------------------------------------------------------------------------


def test_the_table_counts_what_is_there(tmp_path: Path) -> None:
    book = make_book(tmp_path / "book")
    write(book / "chapters" / "02_second" / "deliverables" / "plan.md", "# Plan\n")

    table = [line.split() for line in lines(book)]

    first, second, third, tools, total = (row[:8] for row in table[3:8])
    assert first[:2] == ["1", "drafted"]
    assert second[4:7] == ["0/0", "1/1", "1"]
    assert third[:7] == ["3", "planned", "1", "1", "0/0", "0/1", "0"]
    assert tools[:2] == ["A", "drafted"]
    assert total[3:5] == ["1/4", "1"]


@pytest.mark.parametrize("status", ["planned", "drafted", "reviewed", "done"])
def test_a_claim_that_is_borne_out_holds(tmp_path: Path, status: str) -> None:
    (chapter, appendix) = told(claiming(tmp_path / "book", status))["chapters"]

    assert (chapter["claimed"], chapter["state"], chapter["missing"]) == (status, status, [])
    assert appendix["state"] == "drafted"


@pytest.mark.parametrize(
    ("text", "state"), [(WRITTEN, "drafted"), ("", "planned"), ("## Aims\n", "planned")]
)
def test_without_a_claim_a_text_is_a_draft(tmp_path: Path, text: str, state: str) -> None:
    assert told(claiming(tmp_path / "book", None, text))["chapters"][0]["state"] == state


NOTHING = "\n## Aims {.unnumbered}\n\nYou can:\n\n> [!NOTE]\n> **To be written.** All\n> of it.\n"
LISTING = '```{.python include="src/app.py"}\n```\n'


@pytest.mark.parametrize(
    ("text", "state", "place", "message"),
    [
        (f"{NOTHING}\n{LISTING}", "planned", "chapter.md", "it has no text yet."),
        (
            f"{WRITTEN}\n> [!NOTE]\n> **To be written.** More.\n",
            "drafted",
            "chapter.md:14",
            "a passage is still to be written.",
        ),
        (
            f"{WRITTEN}\nTODO: more.\n",
            "drafted",
            "chapter.md:13",
            "'TODO' marks a passage for later.",
        ),
        (
            f"{WRITTEN}\n- (FIXME)\n",
            "drafted",
            "chapter.md:13",
            "'FIXME' marks a passage for later.",
        ),
        (
            "A whole text.\n",
            "drafted",
            "chapter.md",
            "the section '## Aims' is missing, which templates/chapter_template.md asks for.",
        ),
        (
            f"{WRITTEN}\n{LISTING}",
            "reviewed",
            "chapter.md:13",
            "it shows src/app.py, which no test imports or names.",
        ),
    ],
)
def test_a_claim_is_lowered_to_what_the_text_shows(
    tmp_path: Path, text: str, state: str, place: str, message: str
) -> None:
    book = claiming(tmp_path / "book", "done", text)

    printed = lines(book)

    assert printed[3].split()[1:3] == [state, "!"]
    assert f"chapters/01_one/{place}: claims 'done', but {message}" in printed


@pytest.mark.parametrize(
    ("path", "empty", "message"),
    [
        ("plan.md", False, "the deliverable 'Plan' does not exist."),
        ("plan.md", True, "the deliverable 'Plan' is empty."),
        ("data", False, "the deliverable 'Data' does not exist."),
        ("data", True, "the deliverable 'Data' is empty."),
    ],
)
def test_what_is_done_keeps_its_promises(
    tmp_path: Path, path: str, empty: bool, message: str
) -> None:
    book = claiming(tmp_path / "book", "done")
    promised = book / "chapters/01_one/deliverables" / path
    if promised.is_dir():
        shutil.rmtree(promised)
        if empty:
            write(promised / ".gitkeep", "")
    else:
        promised.unlink()
        if empty:
            write(promised, "")

    chapter = told(book)["chapters"][0]

    assert chapter["state"] == "reviewed"
    assert chapter["present_deliverables"] == 1
    where = f"chapters/01_one/deliverables/{path}"
    assert chapter["missing"] == [
        {"state": "done", "path": where, "line": None, "message": message}
    ]


def test_code_and_comments_ask_for_nothing(tmp_path: Path) -> None:
    text = f"{WRITTEN}\n<!-- TODO: later -->\n\n`TODO` and src/TODO.md\n\n```python\n# TODO\n```\n"

    chapter = told(claiming(tmp_path / "book", "reviewed", text))["chapters"][0]

    assert (chapter["state"], chapter["open_passages"]) == ("reviewed", 0)


@pytest.mark.parametrize(
    "test",
    [
        "from src import app\n",
        "import tests.helper\n",
        'run("app.py")\n',
        "def test() -> None:\n    from src import (\n        app,  # all (so far)\n    )\n",
        "from src import \\\n    app\n",
        "try: import src.app\nexcept ImportError: ...\n",
    ],
)
def test_listings_of_files_that_tests_run_are_counted(tmp_path: Path, test: str) -> None:
    pasted = '```python\nprint("pasted")\n```\n\n```mermaid\nflowchart LR\n```\n'
    book = claiming(tmp_path / "book", "done", f"{WRITTEN}\n{LISTING}\n{pasted}")
    write(book / "tests/test_app.py", test)
    write(book / "tests/helper.py", "from src.app import hello\n")
    if not test.startswith("import tests"):
        (book / "tests/helper.py").unlink()

    chapter = told(book)["chapters"][0]

    assert (chapter["state"], chapter["listings"], chapter["tested_listings"]) == ("done", 2, 1)


def test_sections_are_asked_for_in_the_language_of_the_template(tmp_path: Path) -> None:
    book = claiming(tmp_path / "book", "reviewed", "Text.\n\n## *Das* Wichtigste\n\nDies.\n")
    assert told(book)["chapters"][0]["state"] == "drafted"

    write(book / "templates/chapter_template.md", "# T\n\n## Das wichtigste {.unnumbered}\n")
    assert told(book)["chapters"][0]["state"] == "reviewed"

    write(book / "templates/chapter_template.md", "# T\n\n## Fragen {.unnumbered}\n")
    assert told(book)["chapters"][0]["state"] == "drafted"

    (book / "templates/chapter_template.md").unlink()
    assert told(book)["chapters"][0]["state"] == "reviewed"


def test_minutes_are_counted_from_words_and_in_chinese_from_characters(tmp_path: Path) -> None:
    book = claiming(tmp_path / "book", "drafted", "word " * 2379)
    chapter = told(book)["chapters"][0]
    assert (chapter["words"], chapter["minutes"]) == (2380, 10)

    write(book / "chapters/01_one/chapter.md", f"# 一\n\n{'字' * 2599} and {'more ' * 237}\n")
    chapter = told(book)["chapters"][0]
    assert (chapter["words"], chapter["minutes"]) == (2600 + 238, 11)


def test_a_chapter_without_a_file_is_missing(tmp_path: Path) -> None:
    book = claiming(tmp_path / "book", "done")
    (book / "chapters/01_one/chapter.md").unlink()

    assert lines(book)[3].split()[:2] == ["1", "missing"]
    assert told(book)["chapters"][0]["state"] == "planned"


def test_milestones_and_phases_count_the_chapters_that_are_left(tmp_path: Path) -> None:
    phases = [
        {"title": "First", "weeks": "1-2", "items": ["Think"], "chapters": ["one"]},
        {"title": "Then", "weeks": "3", "items": ["Do"], "chapters": ["gone"]},
        {"title": "Of an older template", "weeks": "4"},
    ]
    book = claiming(tmp_path / "book", "done", milestones=MILESTONES, phases=phases)

    found = told(book)

    assert found["milestones"] == [
        {"title": "A | B", "state": "drafted", "reached": 1, "total": 1},
        {"title": None, "state": "done", "reached": 1, "total": 2},
    ]
    assert found["phases"] == [{"title": "First", "state": "done", "reached": 1, "total": 1}]
    printed = lines(book)
    assert "[x]  1 of  1 drafted   A | B" in printed
    assert "[ ]  1 of  2 done      Every chapter done" in printed


def test_a_book_of_an_older_template_is_read(tmp_path: Path) -> None:
    old = [{"title": "Old", "due": None, "chapters": ["one"]}]

    found = told(claiming(tmp_path / "book", "done", milestones=old))

    assert found["milestones"] == [{"title": "Old", "state": "done", "reached": 1, "total": 1}]


def test_what_cannot_be_read_is_told_with_its_place(tmp_path: Path) -> None:
    book = claiming(tmp_path / "book", "finished")
    write(book / "chapters/appendices/a_two/chapter.md", "# Two\n\n<!-- open\n")

    done = run(STATUS, "--book", book)

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("chapters/01_one/chapter.md:2: the front matter is wrong")
    assert "a_two/chapter.md:3: a comment opens here" in done.stderr


# Git ---------------------------------------------------------------------------------------


def test_changes_are_dated_by_their_commits(tmp_path: Path) -> None:
    book = claiming(tmp_path / "larger" / "book", "drafted")
    git(book.parent, "init", "--quiet")
    commit(book, "2031-05-06")
    write(book / "chapters/01_one/notes.md", "Notes.\n")
    commit(book, "2031-06-07")
    write(book / "README.md", f"{README}\nMore.\n")
    commit(book, "2031-07-08")

    one, two = told(book)["chapters"]
    assert (one["changed"], one["uncommitted"]) == ("2031-06-07", False)
    assert (two["changed"], two["uncommitted"]) == ("2031-05-06", False)

    write(book / "chapters/appendices/a_two/new.md", "New.\n")
    one, two = told(book)["chapters"]
    assert (one["uncommitted"], two["uncommitted"]) == (False, True)
    printed = lines(book)
    assert printed[3].split()[7] == "2031-06-07"
    assert printed[4].split()[7] == "2031-05-06*"
    assert "* holds changes that are not committed." in printed


def test_what_was_never_committed_has_no_date(tmp_path: Path) -> None:
    book = claiming(tmp_path / "book", "drafted")
    git(book, "init", "--quiet")

    chapter = told(book)["chapters"][0]

    assert (chapter["changed"], chapter["uncommitted"]) == (None, True)
    assert lines(book)[3].split()[7] == "never*"


def test_without_a_repository_nothing_is_said_of_changes(tmp_path: Path) -> None:
    book = claiming(tmp_path / "book", "drafted")

    chapter = told(book)["chapters"][0]

    assert (chapter["changed"], chapter["uncommitted"]) == (None, None)
    assert lines(book)[3].split()[7] == "-"


# README.md ---------------------------------------------------------------------------------


def test_the_section_of_the_readme_is_written_and_nothing_else(tmp_path: Path) -> None:
    book = claiming(tmp_path / "book", "done", milestones=MILESTONES)
    assert lines(book, "--check") == []

    assert lines(book, "--write") == ["README.md: written."]

    text = (book / "README.md").read_text(encoding="utf-8")
    head, _, rest = README.partition("Nobody knows.\n")
    foot = rest[rest.index("## After") :]
    assert text.startswith(head)
    assert text.endswith(f"\n\n{foot}")
    assert text[len(head) : -len(foot)].splitlines() == [
        "<!-- Written by `make status WRITE=1`. -->",
        "",
        "| Number | Chapter | State | Deliverables |",
        "| --- | --- | --- | --- |",
        "| 1 | [One](chapters/01_one/chapter.md) | done | 2 of 2 |",
        f"| A | [{ARABIC}](chapters/appendices/a_two/chapter.md) | drafted | none |",
        "",
        r"- [x] A \| B: 1 of 1 drafted",
        "- [ ] Every chapter done: 1 of 2",
        "",
    ]
    assert lines(book, "--write") == ["README.md: nothing changed."]
    assert (book / "README.md").read_text(encoding="utf-8") == text
    assert sorted(path.name for path in book.iterdir() if "README" in path.name) == ["README.md"]


def test_a_section_that_was_written_gets_stale(tmp_path: Path) -> None:
    book = claiming(tmp_path / "book", "done")
    lines(book, "--write")
    write(book / "chapters/01_one/chapter.md", f"# One\n\n{WRITTEN}\nMore words.\n")

    done = run(STATUS, "--book", book, "--check")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "README.md:5: the section 'Status' is stale; run: make status WRITE=1\n"

    lines(book, "--write")
    assert lines(book, "--check") == []
    write(book / "chapters/01_one/chapter.md", f"# One\n\n{WRITTEN}\nMore words, once more.\n")
    assert lines(book, "--check") == []


@pytest.mark.parametrize("kind", ["windows", "last", "underlined", "deeper", "marked"])
def test_the_readme_keeps_its_ways(tmp_path: Path, kind: str) -> None:
    book = claiming(tmp_path / "book", "done")
    before, after = {
        "windows": ("# Tiny\r\n\r\n## Status\r\n\r\nOld.\r\n\r\n", "# After\r\n\r\nno end"),
        "last": ("# Tiny\n\n## Status", ""),
        "underlined": ("Tiny\n====\n\nStatus\n------\n\nOld.\n\n", "After\n-----\n\nText.\n"),
        "deeper": ("# Tiny\n\n#### status ####\nOld.\n\n", "### After\n"),
        "marked": ("\ufeff# Status\n\nOld.\n", "# After\n"),
    }[kind]
    (book / "README.md").write_bytes(f"{before}{after}".encode())
    end = "\r\n" if kind == "windows" else "\n"

    lines(book, "--write")

    text = (book / "README.md").read_bytes().decode()
    assert text.startswith(before.partition("Old.")[0].rstrip("\r\n") + f"{end}{end}<!-- Written")
    assert text.endswith(after or "none |\n")
    assert (text.count("\r\n") == text.count("\n")) == (kind == "windows")
    assert lines(book, "--write") == ["README.md: nothing changed."]


def test_a_readme_without_the_section_is_an_error(tmp_path: Path) -> None:
    book = claiming(tmp_path / "book", "done")
    write(book / "README.md", "# Tiny\n\n```text\n## Status\n```\n")

    done = run(STATUS, "--book", book, "--write")

    assert done.returncode == 1
    assert done.stderr == (
        "README.md: has no section for it; add a heading where it is to stand: ## Status\n"
    )
    assert lines(book, "--check") == []
    (book / "README.md").unlink()
    assert lines(book, "--check") == []
    assert run(STATUS, "--book", book, "--write").stderr.startswith("README.md: does not exist")


def test_writing_and_checking_exclude_each_other(tmp_path: Path) -> None:
    done = run(STATUS, "--book", claiming(tmp_path / "book", "done"), "--write", "--check")

    assert done.returncode == 2
    assert "nothing to --check" in done.stderr


# The website -------------------------------------------------------------------------------


def page_of(book: Path) -> str:
    return (book / "book_build/html/status.html").read_text(encoding="utf-8")


def test_the_website_tells_the_same(tmp_path: Path) -> None:
    book = claiming(tmp_path / "book", "done", milestones=MILESTONES, language="de")

    done = build(book)

    assert done.returncode == 0, done.stderr
    page = Page(page_of(book))
    for words in ("Stand der Arbeit", "fertig", "entworfen", "2/2", "A | B", "Alle Kapitel fertig"):
        assert words in page.text
    assert "Nobody" not in page.text
    index = Page((book / "book_build/html/index.html").read_text(encoding="utf-8"))
    assert "status.html" in index.addresses


def test_the_page_follows_whatever_it_is_made_of(tmp_path: Path) -> None:
    book = claiming(tmp_path / "book", "done", f"{WRITTEN}\n{LISTING}")

    def state() -> str:
        assert build(book).returncode == 0
        assert "Nothing changed" in build(book).stdout
        return page_of(book).partition('<span class="state ')[2].partition('"')[0]

    assert state() == "reviewed"
    write(book / "tests/test_app.py", "from src import app\n")
    assert state() == "done"
    write(book / "templates/chapter_template.md", "# T\n\n## Questions {.unnumbered}\n")
    assert state() == "drafted"
    (book / "templates/chapter_template.md").unlink()
    assert state() == "done"
    (book / "chapters/01_one/deliverables/data/a.csv").unlink()
    assert state() == "reviewed"


def test_the_page_is_the_same_wherever_it_is_built(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    one, other = (claiming(tmp_path / name, "done") for name in ("one", "other"))
    git(other, "init", "--quiet")
    commit(other, "2031-05-06")

    assert build(one).returncode == build(other).returncode == 0

    assert page_of(one) == page_of(other)


def test_validation_counts_what_no_test_runs_alike(tmp_path: Path) -> None:
    book = claiming(tmp_path / "book", "done", f"{WRITTEN}\n{LISTING}")

    done = run(VALIDATE, "--book", book, "--remarks")

    assert "chapter.md:13:1: proof: " in done.stdout
    assert "it shows src/app.py, which no test imports or names" in done.stdout
