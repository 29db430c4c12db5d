"""Making a release: what it writes, and what it refuses without leaving a trace."""

from __future__ import annotations

import gzip
import io
import json
import os
import subprocess
import tarfile
import zipfile
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec.yaml
import pytest

from tests.support import ROOT, book_data, entry, files_of, make_book, run, write

PUBLISH = ROOT / "tools" / "publishing" / "publish_book.py"
CHAPTER = "chapters/01_first/chapter.md"
DATE = 1_700_000_000  # 2023-11-14
CHANGELOG = """\
# Changelog

## [Unreleased]

### Added

- A chapter on pools.

## [1.1.0] - 2023-01-01

### Added

- The beginning.

[Unreleased]: https://example.org/compare/v1.1.0...HEAD
[1.1.0]: https://example.org/releases/v1.1.0
"""
CITATION = """\
cff-version: 1.2.0
title: Tiny
version: "1.1.0" # of the book
date-released: 2023-01-01
"""


def git(book: Path, *arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=book, capture_output=True, text=True, check=True)
    return done.stdout


def commit(book: Path, message: str = "Write") -> None:
    git(book, "add", "--all")
    git(book, "commit", "--quiet", "--message", message)


@pytest.fixture(scope="module", autouse=True)
def _an_author() -> Iterator[None]:
    """Hide the settings of whoever runs the tests: Git knows Ada, and it is 2023."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("AUTHOR", "COMMITTER"):
            patch.setenv(f"GIT_{name}_NAME", "Ada Lovelace")
            patch.setenv(f"GIT_{name}_EMAIL", "ada@example.org")
        patch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
        patch.setenv("SOURCE_DATE_EPOCH", str(DATE))
        yield


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """Return a small book of version 1.1.0 that can be released, as a repository."""
    return make_repository(tmp_path / "book")


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return such a book after version 1.2.0 was released; tests only look at it."""
    book = make_repository(tmp_path_factory.mktemp("released") / "book")
    write(book / "src" / "left.aux", "ignored")
    done = publish(book, "1.2.0")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.endswith("  git push origin main\n  git push origin v1.2.0\n")
    return book


def make_repository(root: Path) -> Path:
    """Make a repository of a book of one page, which no check finds fault with."""
    chapter = {**entry("first", 1, "1", "One", "chapters/01_first"), "deliverables": []}
    only: dict[str, Any] = {"chapters": [chapter], "parts": [], "appendices": []}
    data = book_data() | only | {"title": "Tiny", "repository": None}
    write(root / "book.yml", msgspec.yaml.encode(data).decode())
    write(root / CHAPTER, "---\nstatus: planned\n---\n\n# One\n\nText.\n")
    write(root / "pyproject.toml", '[project]\nname = "tiny"  # "1.1.0"\nversion = "1.1.0"\n')
    write(root / "CHANGELOG.md", CHANGELOG)
    write(root / "CITATION.cff", CITATION)
    write(root / ".gitignore", "/dist/\n/.book_cache/\n/book_build/\n*.aux\n")
    write(root / "src" / "app.py", "print('hello')\n")
    git(root.parent, "init", "--quiet", "--initial-branch=main", str(root))
    commit(root, "Start")
    return root


def publish(book: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return run(PUBLISH, "--book", book, "--skip-tests", *arguments)


def state(book: Path) -> tuple[str, ...]:
    """Return all that a release changes, and a failed one must not."""
    dist = files_of(book / "dist")
    return (
        git(book, "rev-parse", "HEAD"),
        git(book, "for-each-ref"),
        git(book, "status", "--porcelain", "--untracked-files=all"),
        git(book, "ls-files", "--stage"),
        str({name: sha256(data).hexdigest() for name, data in dist.items()}),
        (book / "CHANGELOG.md").read_text("utf-8"),
    )


def refused(book: Path, *arguments: str) -> str:
    """Return the sentence with which a release is refused; nothing may have changed."""
    before = state(book)

    done = publish(book, *arguments)

    assert done.returncode == 1, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert state(book) == before
    return done.stderr.splitlines()[-1]


def test_a_release_is_a_commit_a_tag_and_what_readers_download(released: Path) -> None:
    book, before = released, git(released, "rev-parse", "HEAD~").strip()
    assert git(book, "log", "--format=%s %P %ct", "-1") == f"Release 1.2.0 {before} {DATE}\n"
    assert git(book, "cat-file", "-t", "v1.2.0") == "tag\n"
    assert git(book, "rev-parse", "v1.2.0^{commit}") == git(book, "rev-parse", "HEAD")
    assert git(book, "status", "--porcelain") == ""
    assert {path.name for path in (book / "dist").iterdir()} == {
        "tiny-1.2.0-website.zip",
        "tiny-1.2.0-source.tar.gz",
        "SHA256SUMS",
        "manifest.json",
        "RELEASE_NOTES.md",
    }
    with zipfile.ZipFile(book / "dist" / "tiny-1.2.0-website.zip") as website:
        assert "Version 1.2.0" in website.read("tiny-1.2.0/index.html").decode("utf-8")
        assert not any("buildinfo" in name for name in website.namelist())
    assert list((book / ".book_cache" / "release").iterdir()) == [
        book / ".book_cache" / "release" / "lock"
    ]


def test_the_version_is_written_where_it_stands_and_nowhere_else(released: Path) -> None:
    changed = git(released, "show", "--format=", "--unified=0", "HEAD")
    lines = [
        line
        for line in changed.splitlines()
        if line.startswith(("+", "-")) and not line.startswith(("+++", "---"))
    ]
    assert lines == [
        "+## [1.2.0] - 2023-11-14",
        "+",
        "-[Unreleased]: https://example.org/compare/v1.1.0...HEAD",
        "+[Unreleased]: https://example.org/compare/v1.2.0...HEAD",
        "+[1.2.0]: https://example.org/compare/v1.1.0...v1.2.0",
        '-version: "1.1.0" # of the book',
        "-date-released: 2023-01-01",
        '+version: "1.2.0" # of the book',
        "+date-released: 2023-11-14",
        '-version = "1.1.0"',
        '+version = "1.2.0"',
    ]
    notes = (released / "dist" / "RELEASE_NOTES.md").read_text("utf-8")
    assert notes == "### Added\n\n- A chapter on pools.\n"


def test_lines_keep_their_ends_and_the_rest_of_a_file_its_bytes(book: Path) -> None:
    text = "[tool.x]\r\nversion = '0'\r\n[project]\r\nname='t'\r\nversion='1.1.0' # é\r\n"
    (book / "pyproject.toml").write_bytes(text.encode())
    (book / "CITATION.cff").write_text("version: 1.1.0\n", encoding="utf-8")
    commit(book)

    assert publish(book, "1.2.0-rc.1").returncode == 0

    assert (book / "pyproject.toml").read_bytes() == text.replace("1.1.0", "1.2.0-rc.1").encode()
    assert (book / "CITATION.cff").read_text("utf-8") == (
        'version: 1.2.0-rc.1\ndate-released: "2023-11-14"\n'
    )


def test_the_sums_and_the_manifest_tell_what_there_is(released: Path) -> None:
    dist = released / "dist"
    lines = (dist / "SHA256SUMS").read_text("utf-8").splitlines()
    sums = {name: digest for digest, name in (line.split("  ") for line in lines)}
    assert sums == {
        path.name: sha256(path.read_bytes()).hexdigest()
        for path in dist.iterdir()
        if path.name != "SHA256SUMS"
    }
    content = json.loads((dist / "manifest.json").read_bytes())
    assert (content["bomFormat"], content["specVersion"]) == ("CycloneDX", "1.6")
    described = content["metadata"]["component"]
    assert (described["name"], described["version"]) == ("Tiny", "1.2.0")
    assert described["pedigree"]["commits"] == [{"uid": git(released, "rev-parse", "HEAD").strip()}]
    assert content["metadata"]["timestamp"] == "2023-11-14T22:13:20Z"
    files = {part["name"]: part for part in content["components"] if part["type"] == "file"}
    assert set(files) == set(sums) - {"manifest.json"}
    for name, part in files.items():
        assert part["hashes"] == [{"alg": "SHA-256", "content": sums[name]}]
        assert part["properties"] == [
            {"name": "book:size", "value": str((dist / name).stat().st_size)}
        ]
    tools = {tool["name"]: tool for tool in content["metadata"]["tools"]["components"]}
    assert {"Python", "pandoc", "jinja2", "typst"} <= set(tools)
    assert all(tool["version"] for tool in tools.values())
    assert tools["typst"]["licenses"] == [{"license": {"id": "Apache-2.0"}}]


def test_the_sources_are_those_of_the_commit(released: Path) -> None:
    packed = (released / "dist" / "tiny-1.2.0-source.tar.gz").read_bytes()
    with tarfile.open(fileobj=io.BytesIO(gzip.decompress(packed))) as archive:
        members = {member.name: member for member in archive if member.isfile()}
        assert set(members) == {
            f"tiny-1.2.0/{name}" for name in git(released, "ls-files").splitlines()
        }
        assert {member.mode for member in members.values()} == {0o644}
        project = archive.extractfile("tiny-1.2.0/pyproject.toml")
        assert project is not None
        assert 'version = "1.2.0"' in project.read().decode()


def test_the_same_commit_gives_the_same_files_from_its_tag(released: Path, tmp_path: Path) -> None:
    clone = tmp_path / "elsewhere" / "clone"
    git(tmp_path, "clone", "--quiet", str(released), str(clone))

    done = publish(clone, "1.2.0", "--from-tag")

    assert done.returncode == 0, done.stdout + done.stderr
    assert files_of(clone / "dist") == files_of(released / "dist")
    assert git(clone, "status", "--porcelain") == ""


def test_a_dry_run_does_everything_and_changes_nothing(book: Path) -> None:
    before = state(book)

    done = publish(book, "1.2.0", "--dry-run")

    assert done.returncode == 0, done.stdout + done.stderr
    assert "v1.2.0 can be released. Nothing was changed." in done.stdout
    assert "tiny-1.2.0-website.zip" in done.stdout
    assert state(book) == before
    assert not (book / "dist").exists()


def test_the_next_release_takes_the_place_of_the_last(book: Path) -> None:
    assert publish(book, "1.2.0").returncode == 0
    text = (book / "CHANGELOG.md").read_text("utf-8")
    write(book / "CHANGELOG.md", text.replace("## [1.2.0]", "### Fixed\n\n- A word.\n\n## [1.2.0]"))
    commit(book)

    assert publish(book, "1.2.1").returncode == 0

    assert (book / "dist" / "RELEASE_NOTES.md").read_text("utf-8") == "### Fixed\n\n- A word.\n"
    assert not list((book / "dist").glob("tiny-1.2.0*"))


def test_a_book_in_a_directory_of_its_repository(book: Path, tmp_path: Path) -> None:
    whole = tmp_path / "whole"
    whole.mkdir()
    (book / ".git").rename(tmp_path / "set-aside")
    book.rename(whole / "the book")
    write(whole / "other.txt", "Mine.\n")
    git(tmp_path, "init", "--quiet", "--initial-branch=main", str(whole))
    commit(whole)
    write(whole / "other.txt", "Changed, but not in the book.\n")

    done = publish(whole / "the book", "1.2.0")

    assert done.returncode == 0, done.stdout + done.stderr
    assert git(whole, "status", "--porcelain") == " M other.txt\n"
    with tarfile.open(whole / "the book" / "dist" / "tiny-1.2.0-source.tar.gz") as archive:
        assert "tiny-1.2.0/book.yml" in archive.getnames()
        assert not any("other.txt" in name for name in archive.getnames())


# What it refuses ---------------------------------------------------------------------------


def test_a_directory_without_a_repository(tmp_path: Path) -> None:
    book = make_book(tmp_path / "book")

    done = publish(book, "1.2.0")

    assert done.returncode == 1
    assert "is in no Git repository" in done.stderr


@pytest.mark.parametrize("version", ["1.2", "v1.2.0", "01.2.0", "1.2.0.dev1", "one", ""])
def test_what_is_no_version_is_bad_usage(book: Path, version: str) -> None:
    before = state(book)

    done = publish(book, version)

    assert done.returncode == 2
    assert f"'{version}' is no version of a book" in done.stderr
    assert state(book) == before
    assert publish(book).returncode == 2


@pytest.mark.parametrize("path", ["book.yml", "new.txt", "with space/ü.md"])
def test_what_is_not_committed(book: Path, path: str) -> None:
    (book / path).parent.mkdir(exist_ok=True)
    with (book / path).open("a", encoding="utf-8") as file:
        file.write("\n")

    told = refused(book, "1.2.0")

    assert "has changes that are not committed" in told
    assert path.split("/")[0] in told


def test_conflicts(book: Path) -> None:
    git(book, "checkout", "--quiet", "-b", "other")
    write(book / "src" / "app.py", "print('other')\n")
    commit(book)
    git(book, "checkout", "--quiet", "main")
    write(book / "src" / "app.py", "print('mine')\n")
    commit(book)
    subprocess.run(["git", "merge", "other"], cwd=book, capture_output=True, check=False)

    assert "Conflicts are not resolved in src/app.py" in refused(book, "1.2.0")


@pytest.mark.parametrize(
    ("version", "reason"),
    [
        ("1.1.0", "The tag v1.1.0 exists already"),
        ("1.0.9", "does not come after 1.1.0"),
        ("1.1.0-rc.1", "does not come after 1.1.0"),
        ("1.9.0", "The tag v1.9.0 exists already"),
    ],
)
def test_a_version_that_is_not_new(book: Path, version: str, reason: str) -> None:
    git(book, "tag", "v1.1.0")
    git(book, "tag", "v9")
    git(book, "tag", "v1.9.0", git(book, "commit-tree", "-m", "Elsewhere", "HEAD^{tree}").strip())

    assert reason in refused(book, version)


def test_a_version_below_that_of_the_book(book: Path) -> None:
    assert "comes before 1.1.0, which pyproject.toml has" in refused(book, "1.0.0")


def test_a_tag_that_the_remote_has(book: Path, tmp_path: Path) -> None:
    git(tmp_path, "clone", "--quiet", "--bare", str(book), "remote.git")
    git(tmp_path / "remote.git", "tag", "v1.2.0")
    git(book, "remote", "add", "origin", str(tmp_path / "remote.git"))

    assert "The remote origin has the tag v1.2.0 already" in refused(book, "1.2.0")


def test_a_remote_that_does_not_answer_is_told_and_no_reason_to_stop(book: Path) -> None:
    git(book, "remote", "add", "origin", str(book.parent / "nowhere.git"))

    done = publish(book, "1.2.0", "--dry-run")

    assert done.returncode == 0, done.stderr
    assert "origin does not answer, so whether it has v1.2.0 is not known" in done.stdout


@pytest.mark.parametrize("said", ["", "### Added\n\n<!-- - None -->\n\n## [1.0.0]\n\n- One.\n"])
def test_a_changelog_that_says_nothing(book: Path, said: str) -> None:
    write(book / "CHANGELOG.md", f"# Changelog\n\n## [Unreleased]\n\n{said}")
    commit(book)

    assert "CHANGELOG.md says nothing of 1.2.0" in refused(book, "1.2.0")


def test_a_changelog_that_is_not_committed(book: Path) -> None:
    git(book, "rm", "--quiet", "--cached", "CHANGELOG.md")
    write(book / ".gitignore", "CHANGELOG.md\ndist\n.book_cache\n")
    commit(book)

    assert "The book has no CHANGELOG.md" in refused(book, "1.2.0")


def test_a_book_with_mistakes(book: Path) -> None:
    write(book / CHAPTER, "# One\n\n[nowhere](#nowhere)\n")
    commit(book)

    assert refused(book, "1.2.0") == "The book has mistakes, told above; mend them and commit."


def test_stale_outputs(book: Path) -> None:
    listing = '# One\n\n```{.text output="src/app.py"}\n```\n'
    write(book / CHAPTER, listing)
    write(book / "src" / "app.out", "something else\n")
    write(book / "src" / "__init__.py", "")
    commit(book)

    assert "Stored outputs are stale" in refused(book, "1.2.0")


def test_failing_tests(book: Path) -> None:
    write(book / "tests" / "test_it.py", "def test_it() -> None:\n    assert False\n")
    commit(book)
    before = state(book)

    done = run(PUBLISH, "--book", book, "1.2.0")

    assert done.returncode == 1
    assert "1 failed" in done.stdout
    assert done.stderr.splitlines()[-1] == "Tests fail, told above; mend them and commit."
    assert state(book) == before


def test_what_git_does_not_know_is_not_built(book: Path) -> None:
    """A figure that Git ignores is on the author's machine, and nowhere else."""
    write(book / ".gitignore", "/dist/\n/.book_cache/\nassets/\n")
    write(book / "assets" / "images" / "mine.svg", "<svg xmlns='http://www.w3.org/2000/svg'/>\n")
    text = "# One\n\n![Mine](../../assets/images/mine.svg)\n"
    write(book / CHAPTER, text)
    commit(book)

    assert "mistakes" in refused(book, "1.2.0")


def test_a_dist_that_somebody_else_wrote(book: Path) -> None:
    write(book / "dist" / "thesis.txt", "Mine.\n")

    assert "dist/thesis.txt was not written by a release" in refused(book, "1.2.0")


def test_a_dist_that_git_would_see(book: Path) -> None:
    write(book / ".gitignore", "/.book_cache/\n")
    commit(book)

    assert "Git does not ignore dist/" in refused(book, "1.2.0")


def test_a_head_without_a_branch(book: Path) -> None:
    git(book, "checkout", "--quiet", "--detach")

    assert "HEAD is on no branch" in refused(book, "1.2.0")


def test_a_tag_that_is_not_there_or_is_of_another_version(book: Path) -> None:
    assert "There is no tag v1.2.0" in refused(book, "1.2.0", "--from-tag")
    git(book, "tag", "v1.2.0")
    assert "has the version 1.1.0" in refused(book, "1.2.0", "--from-tag")


def test_a_reference_that_cannot_be_written_leaves_all_as_it_was(book: Path) -> None:
    """A file is where the tag's directory would be: Git refuses at the very end."""
    git(book, "update-ref", "refs/tags/v1.2.0/other", "HEAD")
    before = state(book)

    done = publish(book, "1.2.0")

    assert done.returncode == 1
    assert "Git fails in" in done.stderr
    assert state(book) == before
    assert not (book / "dist").exists()
