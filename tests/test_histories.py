"""Random histories of a book: whatever its author and the template do, no word is lost.

`nox -s tests` runs a few that are always the same; `nox -s histories` runs many new ones.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections import Counter
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from copier import run_recopy
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.repository import git
from tests.support import (
    append,
    broken_links,
    commit,
    files,
    outline,
    render,
    same_files,
    status,
    update,
    write,
)
from tests.versions import VERSIONS

TOKEN = re.compile(r"word-\d+-mine")
CONFLICT = re.compile(r"<{7} .*?\n(.*?)={7}\n(.*?)>{7} .*?\n", re.DOTALL)
NAMES = ("notes.md", "a figure.svg", "données.csv", "sub folder/more.md")
SHARED = ("Makefile", "CONTRIBUTING.md", "docs/contributing/README.md")
HISTORIES = int(os.environ.get("HISTORIES", "0"))
CHOICES = st.integers(min_value=0, max_value=999)


class History(RuleBasedStateMachine):
    """A book, and what its author knows to be in it."""

    def __init__(self, template: Path, edition: str, *, author_writes: bool) -> None:
        """Begin with nothing.

        Args:
            template: the released template.
            edition: the edition that the book starts from.
            author_writes: whether the author does more than change the outline.
        """
        super().__init__()
        self.template = template
        self.edition = edition
        self.author_writes = author_writes
        self.folder = Path(tempfile.mkdtemp(prefix="history."))
        self.book = self.folder / "book"
        self.version = 0
        self.numbers = count()
        self.living: set[str] = set()
        self.deleted: set[tuple[str, str]] = set()
        self.answers: dict[str, Any] = {}

    def teardown(self) -> None:
        """Throw the book away."""
        shutil.rmtree(self.folder)

    # --- what may happen -----------------------------------------------------------------------

    @initialize(version=st.integers(0, 1))
    def start(self, version: int) -> None:
        """Start a book at one of the first versions."""
        self.version = version
        if self.edition == "own":
            self.answers["chapters"] = ["One", "Two", "Three", "Four"]
        render(
            self.template,
            self.book,
            commit=True,
            version=VERSIONS[version],
            edition=self.edition,
            **self.answers,
        )

    @precondition(lambda self: self.author_writes)
    @rule(where=CHOICES, other=CHOICES, in_the_middle=st.booleans())
    def write_in_a_chapter(self, where: int, other: int, in_the_middle: bool) -> None:
        """Write a sentence with a link and a listing in a chapter's text."""
        chapter, there = self.chapter(where), self.chapter(other)
        prose = f"{chapter['path']}/chapter.md"
        link = os.path.relpath(f"{there['path']}/chapter.md", chapter["path"])
        sentence = f"\n{self.word()} as in [that chapter]({link}).\n"
        listing = f'\n```{{.markdown include="{there["path"]}/chapter.md"}}\n```\n'
        if not (self.book / prose).exists() or not (self.book / there["path"]).exists():
            write(self.book, prose, "# Anew\n\n" + self.word() + "\n")
        elif in_the_middle:
            text = (self.book / prose).read_text("utf-8")
            write(self.book, prose, text.replace("\n\n", f"\n{sentence}{listing}\n", 1))
        else:
            append(self.book, prose, sentence + listing)
        commit(self.book)

    @precondition(lambda self: self.author_writes)
    @rule(where=CHOICES, name=st.sampled_from(NAMES))
    def add_a_file(self, where: int, name: str) -> None:
        """Put a file of one's own beside a chapter's text."""
        path = f"{self.chapter(where)['path']}/{name}"
        old = (self.book / path).read_text("utf-8") if (self.book / path).exists() else ""
        write(self.book, path, f"{old}{self.word()}\n")
        write(self.book, f"{path}.md", "")  # not begun, and like every other empty file
        commit(self.book)

    @precondition(lambda self: self.author_writes)
    @rule(path=st.sampled_from((*SHARED, "book.yml", "tool", "chapter page")), where=CHOICES)
    def edit_another_file(self, path: str, where: int) -> None:
        """Change a file that the template owns, or shares."""
        if path == "tool":
            tools = ("tools/validation/validate_book.py", "tools/validation/checks.py")
            path = next(tool for tool in tools if (self.book / tool).exists())
        elif path == "chapter page":
            path = f"{self.chapter(where)['path']}/README.md"
        if (self.book / path).exists():
            append(self.book, path, f"\n# {self.word()}\n")
            commit(self.book)

    @precondition(lambda self: self.author_writes)
    @rule(where=CHOICES)
    def delete_a_file(self, where: int) -> None:
        """Delete what the template had put beside a chapter's text."""
        chapter = self.chapter(where)
        name = "deliverables/README.md"
        file = self.book / chapter["path"] / name
        if file.exists():
            self.living -= set(TOKEN.findall(file.read_text("utf-8")))
            file.unlink()
            self.deleted.add((chapter["id"], name))
            commit(self.book)

    @rule(
        change=st.sampled_from(("insert", "move", "drop", "retitle", "rename", "append", "return")),
        where=CHOICES,
        newer=st.booleans(),
        recopy=st.booleans(),
    )
    def change_the_outline(self, change: str, where: int, newer: bool, recopy: bool) -> None:
        """Change the outline, and perhaps take a newer version of the template at once."""
        chapters = list(map(line_of, outline(self.book)["chapters"]))
        appendices = list(map(line_of, outline(self.book)["appendices"]))
        place = where % len(chapters)
        if change == "insert":
            chapters.insert(place, {f"new_{next(self.numbers)}": "A New One"})
        elif change == "move":
            chapters.insert(where // 7 % len(chapters), chapters.pop(place))
        elif change == "retitle":
            chapters[place] = retitled(chapters[place], f"Title {next(self.numbers)}")
        elif change == "rename":
            chapters[place] = renamed(chapters[place], f"renamed_{next(self.numbers)}")
        elif change == "return":
            drafts = self.book / "drafts"
            listed = {next(iter(line)) for line in chapters + appendices}
            parked = {path.name for path in drafts.glob("*")} - listed - {"replaced"}
            chapters += [{id: "Back Again"} for id in sorted(parked)]
        elif len(chapters) > 1:
            line = chapters.pop(place)
            self.forget(next(iter(line))) if change == "drop" else appendices.append(line)
        self.answers = {"chapters": chapters, "appendices": appendices or "none"}
        self.take(newer=newer, recopy=recopy)

    @rule()
    def take_a_newer_version(self) -> None:
        """Take the next version of the template."""
        self.take(newer=True, recopy=False)

    # --- what must hold ------------------------------------------------------------------------

    def take(self, *, newer: bool, recopy: bool) -> None:
        """Update or recopy the book, look at everything, and commit."""
        self.version = min(self.version + newer, len(VERSIONS) - 1)
        version = VERSIONS[self.version]
        dangling = self.dangling()
        if recopy:
            run_recopy(
                self.book,
                self.answers,
                vcs_ref=version,
                defaults=True,
                overwrite=True,
                unsafe=True,
                quiet=True,
            )
        else:
            update(self.book, version, **self.answers)
        self.every_word_is_there_once()
        self.every_link_leads_somewhere(dangling)
        self.the_outline_and_the_folders_agree()
        self.git_knows_what_happened(recopy=recopy)
        if not self.author_writes:
            self.the_book_is_as_a_fresh_one()
        self.resolve_conflicts()
        commit(self.book)
        assert status(self.book) == {}

    def every_word_is_there_once(self) -> None:
        """Every token that the author wrote, and did not delete, is in one place."""
        found = Counter(
            token
            for name in files(self.book)
            for token in TOKEN.findall((self.book / name).read_text("utf-8", errors="replace"))
        )
        assert found == Counter(self.living)

    def every_link_leads_somewhere(self, dangling: set[str]) -> None:
        """No link, and no listing's path, leads nowhere that led somewhere before."""
        assert self.dangling() <= dangling

    def dangling(self) -> set[str]:
        """Return the links and listing paths that lead to no file, by the words around them."""
        if not self.author_writes:
            return {f"{link.file} {link.target}" for link in broken_links(self.book)}
        links = {
            link.target
            for link in broken_links(self.book)
            if not link.target.endswith("deliverables/README.md")
        }
        for name in files(self.book):
            if name.endswith(".md"):
                text = (self.book / name).read_text("utf-8")
                paths = re.findall(r'include="([^"]*)"', text)
                links |= {path for path in paths if not (self.book / path).exists()}
        return links

    def the_outline_and_the_folders_agree(self) -> None:
        """Every chapter has its folder, and no other folder looks like a chapter's."""
        book = outline(self.book)
        promised = {entry["path"] for entry in (*book["chapters"], *book["appendices"])}
        chapters = self.book / "chapters"
        found = {
            path.parent.relative_to(self.book).as_posix() for path in chapters.rglob("chapter.md")
        }
        assert found == promised
        assert {path.name for path in chapters.iterdir()} <= {
            *(Path(path).parts[1] for path in promised)
        }
        for entry in (*book["chapters"], *book["appendices"]):
            for id in (entry["id"], *entry.get("was", ())):
                for name in (name for owner, name in self.deleted if owner == id):
                    assert not (self.book / entry["path"] / name).exists()

    def git_knows_what_happened(self, *, recopy: bool) -> None:
        """The index holds moves and conflicts, and conflicts have their markers."""
        for path, said in status(self.book).items():
            assert said in {"M", "D", "R", "RM", "??", "UU", "AA"}, path
            assert not path.endswith(".rej")
            marked = (
                CONFLICT.search((self.book / path).read_text("utf-8", errors="replace"))
                if (self.book / path).exists()
                else None
            )
            assert bool(marked) == (said in {"UU", "AA"}), path
            assert not (recopy and marked), path

    def the_book_is_as_a_fresh_one(self) -> None:
        """A book that nobody touched is what the template writes today."""
        fresh = render(
            self.template,
            self.folder / f"fresh-{next(self.numbers)}",
            version=VERSIONS[self.version],
            edition=self.edition,
            **self.answers,
        )
        same_files(self.book, fresh)

    # --- helpers -------------------------------------------------------------------------------

    def resolve_conflicts(self) -> None:
        """Keep both sides of every conflict, the author's first."""
        for path in set(git(self.book, "diff", "--name-only", "--diff-filter=U").splitlines()):
            text = (self.book / path).read_text("utf-8")
            write(self.book, path, CONFLICT.sub(r"\1\2", text))

    def chapter(self, number: int) -> dict[str, Any]:
        book = outline(self.book)
        entries = [*book["chapters"], *book["appendices"]]
        entry: dict[str, Any] = entries[number % len(entries)]
        return entry

    def word(self) -> str:
        token = f"word-{next(self.numbers)}-mine"
        self.living.add(token)
        return token

    def forget(self, id: str) -> None:
        """A chapter that comes back has what the template writes beside its text again."""
        self.deleted = {(owner, name) for owner, name in self.deleted if owner != id}


def line_of(entry: dict[str, Any]) -> dict[str, Any]:
    if "was" in entry:
        return {entry["id"]: {"title": entry["title"], "was": entry["was"]}}
    return {entry["id"]: entry["title"]}


def retitled(line: dict[str, Any], title: str) -> dict[str, Any]:
    ((id, said),) = line.items()
    return {id: {**said, "title": title} if isinstance(said, dict) else title}


def renamed(line: dict[str, Any], new: str) -> dict[str, Any]:
    ((id, said),) = line.items()
    title, was = (said["title"], said["was"]) if isinstance(said, dict) else (said, [])
    return {new: {"title": title, "was": [*was, id]}}


@pytest.mark.parametrize("author_writes", [True, False], ids=["written", "untouched"])
@pytest.mark.parametrize("edition", ["own", "flask-to-fastapi"])
def test_no_history_loses_a_word(released: Path, edition: str, author_writes: bool) -> None:
    # Of the larger book few: the session of histories takes many of each.
    fixed = {"own": 4, "flask-to-fastapi": 2}[edition] if author_writes else 1

    class OfThisEdition(History):
        def __init__(self) -> None:
            super().__init__(released, edition, author_writes=author_writes)

    run_state_machine_as_test(
        OfThisEdition,
        settings=settings(
            max_examples=HISTORIES // 4 or fixed,
            stateful_step_count=7 if author_writes else 3,
            derandomize=not HISTORIES,
            database=None,
            deadline=None,
            # A step takes seconds: a history that fails is printed as it is, not shrunk for hours.
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
