"""A release that is stopped leaves no trace, and two of the same commit are the same files."""

from __future__ import annotations

import json
import os
import random
import shlex
import shutil
import signal
import subprocess
import tarfile
import time
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from tests.gallery.make import make_gallery
from tests.repository import ROOT, git, start_repository
from tests.support import append, commit, files, render, run, write

BUILD = "tools/build_scripts/build_book.py"
PUBLISH = "tools/publishing/publish_book.py"
PLAN = ".book_cache/release/plan.json"
RELEASE = (PUBLISH, "--skip-tests", "0.1.0")
DATE = "1700000000"  # 2023-11-14
KILLS = 20


# Stopped -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def tiny_book(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a book that is released in a second, and has a `dist` of an earlier release."""
    answers: dict[str, Any] = {
        "edition": "own",
        "formats": ["html"],
        "chapters": ["One"],
        "examples": [],
    }
    folder = tmp_path_factory.mktemp("tiny") / "book"
    book = render(template, folder, commit=True, hosting="none", slug="tiny", **answers)
    (book / "dist").mkdir()
    (book / "dist" / "tiny-0.0.1.txt").write_text("The last release.\n", encoding="utf-8")
    (book / "dist" / "SHA256SUMS").write_text("0  tiny-0.0.1.txt\n", encoding="utf-8")
    return book


@dataclass(frozen=True)
class State:
    """All that a release changes."""

    references: str
    index: str
    status: str
    files: Mapping[str, bytes]

    @classmethod
    def of(cls, book: Path) -> State:
        return cls(
            references=git(book, "for-each-ref") + git(book, "rev-parse", "HEAD"),
            index=git(book, "ls-files", "--stage"),
            status=git(book, "status", "--porcelain", "--untracked-files=all"),
            files={
                name: (book / name).read_bytes()
                for name in files(book)
                if not name.startswith(".book_cache/") and "__pycache__" not in name
            },
        )


def is_released(book: Path) -> bool:
    """Say whether a book is released, and whole."""
    tags = git(book, "tag", "--list").split()
    if not tags:
        return False
    assert tags == ["v0.1.0"]
    assert git(book, "rev-parse", "v0.1.0^{commit}") == git(book, "rev-parse", "HEAD")
    assert git(book, "status", "--porcelain") == ""
    subprocess.run(["sha256sum", "--check", "--quiet", "SHA256SUMS"], cwd=book / "dist", check=True)
    return (book / "dist" / "tiny-0.1.0-website.zip").is_file()


def started(book: Path, python: str, **environment: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [python, *RELEASE],
        cwd=book,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def recovered(book: Path, python: str) -> str:
    """Run the command again, as whoever was stopped does, and return what it says."""
    done = run(book, python, PUBLISH, "--skip-tests", "--dry-run", "0.1.0")
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_a_release_that_is_killed_at_any_moment_is_not_there_or_whole(
    tiny_book: Path, book_python: str, tmp_path: Path
) -> None:
    whole = tmp_path / "whole"
    shutil.copytree(tiny_book, whole)
    began = time.monotonic()
    _, said = started(whole, book_python).communicate(timeout=120)
    seconds = time.monotonic() - began
    assert is_released(whole), said
    seed = random.randrange(1_000_000)
    dice = random.Random(seed)
    before = State.of(tiny_book)
    outcomes = []
    for number in range(KILLS):
        book = tmp_path / str(number)
        shutil.copytree(tiny_book, book)
        sign = (signal.SIGTERM, signal.SIGKILL)[number % 2]
        process = started(book, book_python)
        time.sleep(dice.uniform(0, seconds))
        os.killpg(process.pid, sign)
        _, said = process.communicate(timeout=60)
        assert "Traceback" not in said, (seed, said)
        if (book / PLAN).exists():
            recovered(book, book_python)
        outcomes.append(is_released(book))
        if not outcomes[-1]:
            assert State.of(book) == before, (seed, number)
        shutil.rmtree(book)
    assert outcomes.count(False) > KILLS / 4, outcomes


# The Git command before which a release stands still: while its objects are made, before its
# references, and before its files.
STAGES = {"commit": "commit-tree", "references": "update-ref --stdin", "files": "restore "}


def standing(folder: Path, command: str, then: str) -> tuple[str, Path]:
    """Make a Git that does something before a command, and return a path with it and its sign."""
    real, reached = shutil.which("git"), folder / "reached"
    script = folder / "bin" / "git"
    script.parent.mkdir(parents=True)
    script.write_text(
        "#!/bin/sh\n"
        f'case "$1 $4" in "{command}"*) echo $$ > {shlex.quote(str(reached))}; {then};; esac\n'
        f'exec {real} "$@"\n',
        encoding="utf-8",
    )
    script.chmod(0o755)
    return f"{script.parent}{os.pathsep}{os.environ['PATH']}", reached


def wait_for(reached: Path, process: subprocess.Popen[str]) -> int:
    deadline = time.monotonic() + 120
    while not (reached.exists() and reached.read_text(encoding="utf-8").strip()):
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return int(reached.read_text(encoding="utf-8"))


@pytest.mark.parametrize("stage", STAGES)
def test_a_release_killed_in_the_middle_is_undone_by_the_next_run(
    tiny_book: Path, book_python: str, tmp_path: Path, stage: str
) -> None:
    book = tmp_path / "book"
    shutil.copytree(tiny_book, book)
    before = State.of(book)
    path, reached = standing(tmp_path, STAGES[stage], "exec sleep 600")
    process = started(book, book_python, PATH=path)
    asleep = wait_for(reached, process)

    process.kill()
    process.communicate(timeout=60)
    os.kill(asleep, signal.SIGKILL)

    is_begun = stage != "commit"
    assert (book / PLAN).exists() == is_begun
    assert bool(git(book, "tag", "--list")) == (stage == "files")
    said = recovered(book, book_python)
    assert ("A release that had been interrupted is undone." in said) == is_begun
    assert State.of(book) == before
    done = run(book, book_python, *RELEASE)
    assert done.returncode == 0, done.stderr
    assert is_released(book)


def test_what_somebody_wrote_since_is_not_undone(
    tiny_book: Path, book_python: str, tmp_path: Path
) -> None:
    book = tmp_path / "book"
    shutil.copytree(tiny_book, book)
    path, reached = standing(tmp_path, STAGES["files"], "exec sleep 600")
    process = started(book, book_python, PATH=path)
    asleep = wait_for(reached, process)
    process.kill()
    process.communicate(timeout=60)
    os.kill(asleep, signal.SIGKILL)
    append(book, "CHANGELOG.md", "My words.\n")

    done = run(book, book_python, *RELEASE)

    assert done.returncode == 1
    assert "changes that are not committed, in CHANGELOG.md" in done.stderr
    assert git(book, "tag", "--list") == ""
    assert (book / "CHANGELOG.md").read_text(encoding="utf-8").endswith("My words.\n")


def test_a_release_asked_to_stop_at_its_last_step_ends_it(
    tiny_book: Path, book_python: str, tmp_path: Path
) -> None:
    book = tmp_path / "book"
    shutil.copytree(tiny_book, book)
    path, reached = standing(tmp_path, STAGES["references"], "sleep 1")
    process = started(book, book_python, PATH=path)
    wait_for(reached, process)

    process.send_signal(signal.SIGTERM)
    _, said = process.communicate(timeout=60)

    assert process.returncode == 0, said
    assert is_released(book)


def test_a_disk_that_takes_no_more_leaves_all_as_it_was(
    tiny_book: Path, book_python: str, tmp_path: Path
) -> None:
    book = tmp_path / "book"
    shutil.copytree(tiny_book, book)
    before = State.of(book)
    path, _ = standing(tmp_path, STAGES["files"], "rm -f $0; echo 'disk full' >&2; exit 1")

    done = run(book, book_python, *RELEASE, PATH=path)

    assert done.returncode == 1
    assert "disk full" in done.stderr
    assert State.of(book) == before
    assert not (book / PLAN).exists()


# The same ----------------------------------------------------------------------------------


def elsewhere(folder: Path) -> dict[str, str]:
    """Return the environment of another person on another machine."""
    home = folder / "home of grace"
    home.mkdir()
    (home / ".gitconfig").write_text(
        "[user]\n\tname = Grace Hopper\n\temail = grace@example.org\n"
        "[core]\n\tautocrlf = true\n[tar]\n\tumask = user\n",
        encoding="utf-8",
    )
    return {
        "HOME": str(home),
        "USER": "grace",
        "LOGNAME": "grace",
        "TZ": "Asia/Kathmandu",
        "LANG": "tr_TR.UTF-8",
        "LC_ALL": "POSIX",
        "PYTHONHASHSEED": "4711",
        "TMPDIR": str(home),
        "COLUMNS": "40",
    }


def run_elsewhere(
    folder: Path, *command: object, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run a command as somebody who shares no file with others."""
    script = f"umask 077; exec {shlex.join(map(str, command))}"
    return run(folder, "bash", "-c", script, **environment)


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a book with every element in every format, ready for its first release."""
    book = make_gallery(tmp_path_factory.mktemp("release") / "book")
    for name in ("CHANGELOG.md", ".gitignore", ".gitattributes", "requirements/build.txt"):
        write(book, name, (ROOT / "template" / name).read_text(encoding="utf-8"))
    write(book, "pyproject.toml", '[project]\nname = "gallery"\nversion = "0.1.0"\n')
    # What is wrong with a book is looked at elsewhere.
    write(book, "tools/validation/validate_book.py", "print('No problems.')\n")
    return start_repository(book, "Start the book")


@pytest.fixture(scope="module")
def dist(everything: Path, book_python: str) -> Path:
    """Return the files of the release of that book."""
    done = run(everything, book_python, *RELEASE, SOURCE_DATE_EPOCH=DATE)
    assert done.returncode == 0, done.stdout + done.stderr
    return everything / "dist"


def contents(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in files(folder)}


@pytest.mark.xdist_group("release")
def test_two_releases_of_a_commit_are_the_same_files(
    dist: Path, everything: Path, book_python: str, tmp_path: Path
) -> None:
    clone = tmp_path / "another place, and a longer one"
    git(tmp_path, "clone", "--quiet", str(everything), str(clone))
    environment = elsewhere(tmp_path)

    done = run_elsewhere(clone, book_python, *RELEASE, "--from-tag", **environment)

    assert done.returncode == 0, done.stdout + done.stderr
    assert contents(clone / "dist") == contents(dist)


@pytest.mark.xdist_group("release")
def test_who_releases_a_book_and_where_is_in_no_format(
    dist: Path, everything: Path, book_python: str, tmp_path: Path
) -> None:
    """The commit names whoever made it, so what holds the commit is another."""
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "--quiet", str(everything), str(clone))
    git(clone, "reset", "--quiet", "--hard", "HEAD~")
    git(clone, "tag", "--delete", "v0.1.0")
    git(clone, "remote", "remove", "origin")
    environment = elsewhere(tmp_path)

    done = run_elsewhere(clone, book_python, *RELEASE, SOURCE_DATE_EPOCH=DATE, **environment)

    assert done.returncode == 0, done.stdout + done.stderr
    theirs, ours = contents(clone / "dist"), contents(dist)
    assert set(theirs) == set(ours)
    different = {name for name in ours if theirs[name] != ours[name]}
    assert different == {"SHA256SUMS", "gallery-0.1.0-source.tar.gz", "manifest.json"}
    assert git(clone, "log", "--format=%an", "-1") == "Grace Hopper\n"


@pytest.mark.xdist_group("release")
def test_a_build_does_not_know_where_and_for_whom_it_runs(
    everything: Path, book_python: str, tmp_path: Path
) -> None:
    environment = elsewhere(tmp_path)
    here, there = tmp_path / "here", tmp_path / "there"
    options = ("--no-cache", "--output")

    first = run(everything, book_python, BUILD, *options, here)
    second = run_elsewhere(everything, book_python, BUILD, *options, there, **environment)

    assert (first.returncode, second.returncode) == (0, 0), first.stderr + second.stderr
    assert contents(here) == contents(there)


@pytest.mark.xdist_group("release")
def test_archives_tell_nothing_of_their_machine(dist: Path) -> None:
    with tarfile.open(dist / "gallery-0.1.0-source.tar.gz") as archive:
        members = archive.getmembers()
    assert {member.mode for member in members if member.isfile()} <= {0o644, 0o755}
    assert {(member.uid, member.uname, member.mtime) for member in members} == {
        (0, "root", int(DATE))
    }
    with zipfile.ZipFile(dist / "gallery-0.1.0-website.zip") as website:
        entries = website.infolist()
    assert [entry.filename for entry in entries] == sorted(entry.filename for entry in entries)
    assert {entry.date_time for entry in entries} == {(2023, 11, 14, 22, 13, 20)}
    assert {entry.external_attr >> 16 for entry in entries} == {0o100644}


@pytest.mark.xdist_group("release")
def test_the_manifest_is_a_bill_of_materials(dist: Path) -> None:
    text = (dist / "manifest.json").read_text(encoding="utf-8")

    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    parts = json.loads(text)["components"]
    assert {part["name"] for part in parts if part["type"] == "file"} == {
        *(f"gallery-0.1.0{ending}" for ending in (".epub", ".pdf", "-markdown.zip")),
        *("gallery-0.1.0-website.zip", "gallery-0.1.0-source.tar.gz", "RELEASE_NOTES.md"),
    }
    fonts = {part["name"]: part["licenses"] for part in parts if part["type"] == "data"}
    assert {"PTSerif-Regular", "NewCMMath-Book", "Amiri-Regular"} <= set(fonts)
    assert all(fonts.values()), fonts


def first_release(fresh: Path, python: str, folder: Path) -> Path:
    """Return a copy of a book as its first release leaves it."""
    book = folder / "book"
    shutil.copytree(fresh, book, symlinks=True)
    done = run(book, python, *RELEASE)
    assert done.returncode == 0, done.stdout + done.stderr
    return book


def assert_tidy(book: Path, python: str) -> None:
    rumdl = Path(python).with_name("rumdl")
    assert run(book, rumdl, "check", "--no-cache", ".").returncode == 0


def test_the_first_release_of_a_fresh_book_needs_nothing_more(
    default_book: Path, book_python: str, tmp_path: Path
) -> None:
    book = first_release(default_book, book_python, tmp_path)

    assert git(book, "show", "--format=%s", "--name-only", "HEAD").split("\n")[2:-1] == [
        "CHANGELOG.md",
        "CITATION.cff",
    ]
    assert_tidy(book, book_python)


def test_a_later_release_needs_no_more_than_its_changes(
    hostile_book: Path, book_python: str, tmp_path: Path
) -> None:
    book = first_release(hostile_book, book_python, tmp_path)
    append(book, "README.md", "\nMore.\n")
    text = (book / "CHANGELOG.md").read_text(encoding="utf-8")
    more = text.replace("## [0.1.0]", "### Added\n\n- More.\n\n## [0.1.0]")
    (book / "CHANGELOG.md").write_text(more, encoding="utf-8")
    commit(book)

    done = run(book, book_python, PUBLISH, "--skip-tests", "0.2.0")

    assert done.returncode == 0, done.stdout + done.stderr
    assert_tidy(book, book_python)
