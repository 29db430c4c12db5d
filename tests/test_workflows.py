"""The workflows of a book and of this repository: free of lint, pinned, and their commands run."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.repository import ROOT, git
from tests.support import commit, link_environment, outline, render, run

pytestmark = pytest.mark.xdist_group("workflows")

WORKFLOWS = ".github/workflows"
PINNED = re.compile(r"uses: actions/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$")
# What a step asks for that is for books with a certain file.
HAS_FILE = re.compile(r"hashFiles\('([^']+)'\) != ''")
PUBLISH = "tools/publishing/publish_book.py"
# The one file of a book's tests that is about the book; the others test its tools, elsewhere.
KEPT_TEST = "test_book.py"


def tool(name: str) -> str:
    return str(Path(sys.executable).with_name(name))


def jobs(file: Path) -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    found: dict[str, Any] = content["jobs"]
    return found


@pytest.fixture(scope="module")
def hosted(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    """Return small books, by who hosts them, with tests of the book alone."""
    return {
        hosting: small_book(template, tmp_path_factory.mktemp(hosting) / "book", hosting)
        for hosting in ("github", "gitlab")
    }


def small_book(template: Path, folder: Path, hosting: str) -> Path:
    book = render(template, folder, commit=True, edition="own", hosting=hosting, slug="small")
    for file in (book / "tests").glob("test_*.py"):
        if file.name != KEPT_TEST:
            file.unlink()
    return commit(book, "Keep one test")


# Lint --------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def workflows(hosted: Mapping[str, Path]) -> list[Path]:
    found = [*hosted["github"].glob(f"{WORKFLOWS}/*.yml"), *ROOT.glob(f"{WORKFLOWS}/*.yml")]
    names = {"book.yml", "pages.yml", "release.yml", "template-update.yml", "ci.yml", "nightly.yml"}
    assert {file.name for file in found} == names
    return found


def checked(folder: Path, *command: object) -> None:
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
    done = run(folder, *command, PATH=path)
    assert done.returncode == 0, done.stdout + done.stderr


def test_actionlint_finds_nothing(workflows: list[Path]) -> None:
    checked(ROOT, tool("actionlint"), *workflows)


def test_zizmor_finds_nothing(workflows: list[Path]) -> None:
    checked(ROOT, tool("zizmor"), "--offline", "--persona=pedantic", *workflows)


def test_files_for_hosts_are_as_their_schemas_say(
    hosted: Mapping[str, Path], workflows: list[Path]
) -> None:
    github, gitlab = hosted["github"], hosted["gitlab"]
    files = {
        "github-workflows": workflows,
        "gitlab-ci": [gitlab / ".gitlab-ci.yml"],
        "renovate": [github / ".github/renovate.json", gitlab / ".gitlab/renovate.json"],
    }
    for schema, paths in files.items():
        options = ("--builtin-schema", f"vendor.{schema}")
        checked(ROOT, tool("check-jsonschema"), *options, *paths)


def test_every_action_is_pinned_by_its_hash(workflows: list[Path]) -> None:
    used = [
        line.strip()
        for file in workflows
        for line in file.read_text(encoding="utf-8").splitlines()
        if "uses:" in line
    ]

    assert len(used) > 15
    assert [line for line in used if not PINNED.search(line)] == []


def test_no_job_runs_for_ever(workflows: list[Path]) -> None:
    for file in workflows:
        for name, job in jobs(file).items():
            assert job["timeout-minutes"] <= 90, (file.name, name)


def test_only_what_runs_nothing_of_the_book_may_write(hosted: Mapping[str, Path]) -> None:
    folder = hosted["github"] / WORKFLOWS
    for file, job, permissions in (
        ("pages.yml", "deploy", {"pages": "write", "id-token": "write"}),
        (
            "release.yml",
            "publish",
            {"contents": "write", "id-token": "write", "attestations": "write"},
        ),
    ):
        found = jobs(folder / file)
        assert found[job]["permissions"] == permissions
        assert found["build"]["permissions"] == {"contents": "read"}
        text = str(found[job]["steps"])
        assert "checkout" not in text
        assert "make" not in text
    assert jobs(folder / "pages.yml")["deploy"]["environment"]["name"] == "github-pages"


def test_a_book_without_a_website_has_no_pages(template: Path, tmp_path: Path) -> None:
    answers: dict[str, Any] = {"edition": "own", "formats": ["pdf"]}
    github = render(template, tmp_path / "github", hosting="github", **answers)
    gitlab = render(template, tmp_path / "gitlab", hosting="gitlab", **answers)

    assert not (github / WORKFLOWS / "pages.yml").exists()
    stages = yaml.safe_load((gitlab / ".gitlab-ci.yml").read_text(encoding="utf-8"))
    assert "pages" not in stages
    assert "release" in stages
    assert {path.name for path in tmp_path.rglob("*.jinja")} == set()


# What they run -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Runner:
    """Runs the commands of jobs as GitHub does, in a clone of a book.

    Attributes:
        clone: the clone.
        shell: the variables that the host sets.
    """

    clone: Path
    shell: Mapping[str, str]

    def run(self, job: Mapping[str, Any], **expressions: str) -> Iterator[str]:
        """Run a job's commands in order, and yield what each prints.

        Args:
            job: the job.
            expressions: the values of what its variables take from `github`.
        """
        for step in job["steps"]:
            if "run" not in step or not self.wanted(step.get("if", "")):
                continue
            variables = {
                name: expressions[value.strip("${} ").partition(".")[2]]
                if value.startswith("${{")
                else value
                for name, value in step.get("env", {}).items()
            }
            place = self.clone / step.get("working-directory", ".")
            yield self.command(step["run"], place, variables)

    def wanted(self, condition: str) -> bool:
        """Tell whether the clone has the file that a step asks for."""
        asked = HAS_FILE.fullmatch(condition)
        return asked is None or (self.clone / asked[1]).exists()

    def command(self, text: str, place: Path, variables: Mapping[str, str]) -> str:
        done = subprocess.run(
            ["bash", "-e", "-c", text],
            cwd=place,
            env={**os.environ, **self.shell, **variables},
            capture_output=True,
            text=True,
            check=False,
            stdin=subprocess.DEVNULL,
        )
        assert done.returncode == 0, text + done.stdout + done.stderr
        return done.stdout


def cloned(book: Path, folder: Path, python: str, reference: str = "main") -> Path:
    """Clone a book as a host does, and give it what `make install` would."""
    git(folder.parent, "clone", "--quiet", "--branch", reference, book.as_uri(), folder.name)
    link_environment(folder, python)
    return folder


def test_a_push_is_validated_tested_and_built(
    hosted: Mapping[str, Path], book_python: str, tmp_path: Path
) -> None:
    book = hosted["github"]
    clone = cloned(book, tmp_path / "clone", book_python)
    runner = Runner(clone, {"GITHUB_REF_NAME": "main", "RUNNER_TEMP": str(tmp_path)})

    printed = list(runner.run(jobs(book / WORKFLOWS / "book.yml")["book"]))

    assert len(printed) == 5
    assert re.search(r"\d+ passed", printed[3])
    for format in outline(book)["formats"]:
        assert any((clone / "book_build" / format).iterdir())
    assert git(clone, "status", "--porcelain") == ""


def test_the_shops_are_tested_on_postgresql(hosted: Mapping[str, Path], default_book: Path) -> None:
    steps = jobs(hosted["github"] / WORKFLOWS / "book.yml")["book"]["steps"]
    (asked,) = (
        HAS_FILE.fullmatch(step.get("if", "")) for step in steps if "postgresql" in str(step)
    )
    assert asked is not None
    assert (default_book / asked[1]).exists()
    assert not (hosted["github"] / asked[1]).exists()


def test_pages_are_the_website(
    hosted: Mapping[str, Path], book_python: str, tmp_path: Path
) -> None:
    file = hosted["github"] / WORKFLOWS / "pages.yml"
    clone = cloned(hosted["github"], tmp_path / "clone", book_python)

    list(Runner(clone, {"GITHUB_REF_NAME": "main"}).run(jobs(file)["build"]))

    steps = jobs(file)["build"]["steps"]
    (uploaded,) = [step["with"]["path"] for step in steps if "pages" in step.get("uses", "")]
    assert (clone / uploaded / "index.html").is_file()
    assert (clone / uploaded / "404.html").is_file()


@pytest.fixture(scope="module")
def released(
    hosted: Mapping[str, Path], book_python: str, tmp_path_factory: pytest.TempPathFactory
) -> Mapping[str, Path]:
    """Return the books after their authors released a version on their own machines."""
    books = {}
    for hosting, book in hosted.items():
        books[hosting] = tmp_path_factory.mktemp("released") / hosting
        git(book.parent, "clone", "--quiet", str(book), str(books[hosting]))
        link_environment(books[hosting], book_python)
        done = run(books[hosting], "make", "release", "VERSION=0.1.0")
        assert done.returncode == 0, done.stdout + done.stderr
        assert "git push origin v0.1.0" in done.stdout
    return books


def sums(dist: Path) -> str:
    return (dist / "SHA256SUMS").read_text(encoding="utf-8")


def test_a_tag_becomes_a_release_with_the_files_that_its_author_has(
    released: Mapping[str, Path], book_python: str, tmp_path: Path
) -> None:
    book = released["github"]
    found = jobs(book / WORKFLOWS / "release.yml")
    state = tmp_path / "github.json"
    state.write_text('{"tags": ["v0.1.0", "v0.2.0-rc.1"], "releases": []}', encoding="utf-8")
    fake = tmp_path / "bin" / "gh"
    fake.parent.mkdir()
    program = Path(__file__).with_name("fake_gh.py")
    fake.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{program}" "$@"\n', encoding="utf-8")
    fake.chmod(0o755)
    shell = {
        "PATH": f"{fake.parent}{os.pathsep}{os.environ['PATH']}",
        "FAKE_GITHUB": str(state),
        "GITHUB_REF_NAME": "v0.1.0",
        "RUNNER_TEMP": str(tmp_path),
    }
    clone = cloned(book, tmp_path / "clone", book_python, "v0.1.0")
    other = tmp_path / "other"
    other.mkdir()

    list(Runner(clone, shell).run(found["build"]))
    shutil.copytree(clone / "dist", other / "dist")
    values = {"token": "token", "repository": "ada/small"}
    printed = list(Runner(other, shell).run(found["publish"], **values))

    assert sums(clone / "dist") == sums(book / "dist")
    assert "small-0.1.0.pdf: OK" in printed[0]
    (made,) = json.loads(state.read_text(encoding="utf-8"))["releases"]
    assert (made["tag"], made["title"], made["prerelease"]) == ("v0.1.0", "v0.1.0", False)
    assert made["notes"] == "### Added\n\n- The first version of the book.\n"
    assert set(made["files"]) == {
        *(f"small-0.1.0{ending}" for ending in (".epub", ".md", ".pdf")),
        *("small-0.1.0-website.zip", "small-0.1.0-source.tar.gz"),
        *("SHA256SUMS", "manifest.json", "RELEASE_NOTES.md"),
    }
    preview = {**shell, "GITHUB_REF_NAME": "v0.2.0-rc.1"}
    list(Runner(other, preview).run(found["publish"], **values))
    made = json.loads(state.read_text(encoding="utf-8"))["releases"][-1]
    assert (made["tag"], made["prerelease"]) == ("v0.2.0-rc.1", True)


def test_a_pipeline_of_gitlab_does_the_same(
    released: Mapping[str, Path], book_python: str, tmp_path: Path
) -> None:
    book = released["gitlab"]
    content = yaml.safe_load((book / ".gitlab-ci.yml").read_text(encoding="utf-8"))
    clone = cloned(book, tmp_path / "clone", book_python, "v0.1.0")
    runner = Runner(clone, {"CI_COMMIT_TAG": "v0.1.0", "CI_PROJECT_DIR": str(clone)})

    for name in ("check", "build", "pages", "package", "release"):
        assert content[name]["stage"] in content["stages"]
        # A job is one script, in the order of its lines.
        runner.command("\n".join(content[name]["script"]), clone, {})

    assert (clone / content["pages"]["artifacts"]["paths"][0] / "index.html").is_file()
    assert sums(clone / "dist") == sums(book / "dist")
    assert (clone / content["release"]["release"]["description"]).is_file()
