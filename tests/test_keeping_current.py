"""A book proposes its template's updates, and no workflow may do more than it must."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.repository import ROOT, git, start_repository
from tests.support import broken_links, copier, render, run

WORKFLOW = ".github/workflows/template-update.yml"
PROGRAM = "tools/updating/update_book.py"
# The jobs that write; tests/test_workflows.py looks at those of a release and of the pages.
WRITING = {("template-update.yml", "open"), ("pages.yml", "deploy"), ("release.yml", "publish")}
BRANCH = "template-update"
CONFLICTING = "docs/a *starred* name.md"

# Programs that keep the promises of a book's own `update_book.py`, one for each way it can end.
CURRENT = 'print("Already current: version 1.0.0.")\n'
UPDATED = """\
from pathlib import Path

answers = Path(".copier-answers.yml")
lines = answers.read_text().splitlines()
lines = ["_commit: VERSION" if line.startswith("_commit:") else line for line in lines]
answers.write_text("\\n".join(lines) + "\\n")
Path("docs/new.md").write_text("# New in VERSION\\n")
print("Updated to VERSION.\\nThanks to @grace for ```fences```.")
"""
CONFLICTS = f"""\
import subprocess
import sys
from pathlib import Path

path = "{CONFLICTING}"
blob = subprocess.check_output(["git", "rev-parse", "HEAD:" + path], text=True).strip()
merged = "0 " + "0" * 40 + " 0\\t" + path + "\\n"
unmerged = ["100644 " + blob + " " + stage + "\\t" + path + "\\n" for stage in "123"]
entries = merged + "".join(unmerged)
subprocess.run(["git", "update-index", "--index-info"], input=entries, text=True, check=True)
Path(path).write_text("<<<<<<< before\\nmine\\n=======\\ntheirs\\n>>>>>>> after\\n")
print("Merged what could be merged.")
sys.exit("1 file has conflicts.")
"""
FAILED = 'raise SystemExit("Copier fails with the template: fatal: could not read it")\n'
# What GitHub says to the workflow's own token.
REFUSE_WORKFLOWS = """\
#!/bin/sh
while read -r old new reference; do
    git diff --quiet main "$new" -- .github/workflows && continue
    echo 'refusing to allow a GitHub App to create or update workflow `.github/workflows/book.yml`'
    exit 1
done
"""


def updated(version: str) -> str:
    """Return a program that updates to a version."""
    return UPDATED.replace("VERSION", version)


def workflow(file: Path) -> dict[str, Any]:
    """Return a workflow; YAML takes its key `on` for a truth value."""
    content: dict[Any, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return {"on" if key is True else key: value for key, value in content.items()}


def commands(job: dict[str, Any]) -> list[str]:
    """Return what a job's steps run in a shell."""
    return [step["run"] for step in job["steps"] if "run" in step]


@dataclass(frozen=True)
class Run:
    """How a run of the workflow went.

    Attributes:
        code: the exit code of its last step.
        prepared: whether it had something to propose.
        log: what the last step printed.
    """

    code: int
    prepared: bool
    log: str


@dataclass(frozen=True)
class GitHub:
    """A repository and its pull requests, as the workflow sees them.

    Attributes:
        remote: the bare repository.
        state: the file in which `fake_gh.py` keeps the rest.
        folder: where clones are made.
        path: where the workflow looks for programs.
    """

    remote: Path
    state: Path
    folder: Path
    path: str

    @property
    def pulls(self) -> list[dict[str, Any]]:
        """All pull requests."""
        pulls: list[dict[str, Any]] = json.loads(self.state.read_text(encoding="utf-8"))["pulls"]
        return pulls

    def change(self, **values: Any) -> None:
        """Change what GitHub knows beside the repository."""
        state = json.loads(self.state.read_text(encoding="utf-8"))
        self.state.write_text(json.dumps({**state, **values}), encoding="utf-8")

    def close(self) -> None:
        """Close the last pull request without merging it."""
        self.change(pulls=[*self.pulls[:-1], {**self.pulls[-1], "state": "CLOSED"}])

    def clone(self, branch: str = "main") -> Path:
        """Return a new clone."""
        clone = self.folder / str(len(list(self.folder.iterdir())))
        git(self.folder, "clone", "--quiet", "--branch", branch, str(self.remote), str(clone))
        return clone

    def commit(self, file: str, text: str, branch: str = "main") -> None:
        """Commit a file to a branch, as the book's author."""
        clone = self.clone(branch)
        (clone / file).parent.mkdir(parents=True, exist_ok=True)
        (clone / file).write_text(text, encoding="utf-8")
        git(clone, "add", "--all")
        git(clone, "commit", "--quiet", "--message", f"Change {file}")
        git(clone, "push", "--quiet")

    def tip(self, branch: str = BRANCH) -> str:
        """Return the last commit of a branch, or nothing."""
        return git(self.remote, "for-each-ref", "--format=%(objectname)", f"refs/heads/{branch}")

    def show(self, file: str) -> str:
        """Return a file of the branch of the update."""
        return git(self.remote, "show", f"{BRANCH}:{file}")

    def run(self, event: str = "schedule") -> Run:
        """Run the workflow's own steps, each job in a clone of its own."""
        temporary = self.folder / f"temporary-{len(list(self.folder.iterdir()))}"
        temporary.mkdir()
        output = temporary / "output"
        output.touch()
        shell = {
            "PATH": self.path,
            "RUNNER_TEMP": str(temporary),
            "GITHUB_OUTPUT": str(output),
            "GITHUB_EVENT_NAME": event,
            "GITHUB_REF_NAME": "main",
            "FAKE_GITHUB": str(self.state),
        }
        prepared = self._step("prepare", shell)
        if output.read_text(encoding="utf-8") != "prepared=true\n":
            return Run(prepared.returncode, False, prepared.stdout + prepared.stderr)
        opened = self._step("open", {**shell, "GH_TOKEN": "token"})
        return Run(opened.returncode, True, opened.stdout + opened.stderr)

    def _step(self, job: str, shell: dict[str, str]) -> subprocess.CompletedProcess[str]:
        clone = self.clone()
        return subprocess.run(
            ["bash", "-e", "-c", commands(workflow(clone / WORKFLOW)["jobs"][job])[-1]],
            cwd=clone,
            env={**os.environ, **shell},
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture(scope="session")
def small_book(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a small book, committed, with a file that an update will not merge."""
    book = render(template, tmp_path_factory.mktemp("small") / "book", edition="own")
    (book / CONFLICTING).write_text("Mine.\n", encoding="utf-8")
    return start_repository(book, "Start the book")


@pytest.fixture
def github(small_book: Path, book_python: str, tmp_path: Path) -> GitHub:
    """Return a repository that holds the small book, and no pull request."""
    return hosted_by_github(small_book, book_python, tmp_path)


def hosted_by_github(book: Path, book_python: str, tmp_path: Path) -> GitHub:
    """Return a repository that holds a book, and no pull request."""
    programs = tmp_path / "programs"
    programs.mkdir()
    fake = Path(__file__).with_name("fake_gh.py")
    (programs / "gh").write_text(f'#!/bin/sh\nexec "{sys.executable}" "{fake}" "$@"\n', "utf-8")
    (programs / "gh").chmod(0o755)
    (tmp_path / "clones").mkdir()
    state = tmp_path / "github.json"
    state.write_text('{"pulls": [], "drafts": true, "may_create": true}', encoding="utf-8")
    remote = tmp_path / "remote.git"
    git(tmp_path, "clone", "--quiet", "--bare", str(book), str(remote))
    path = (str(programs), str(Path(book_python).parent), os.environ["PATH"])
    return GitHub(remote, state, tmp_path / "clones", os.pathsep.join(path))


def test_a_current_book_proposes_nothing(github: GitHub) -> None:
    github.commit(PROGRAM, CURRENT)

    result = github.run()

    assert (result.code, result.prepared) == (0, False), result.log
    assert "Already current: version 1.0.0." in result.log
    assert github.tip() == ""


def test_an_update_is_one_commit_and_one_pull_request(github: GitHub) -> None:
    github.commit(PROGRAM, updated("1.1.0"))

    result = github.run()

    assert (result.code, result.prepared) == (0, True), result.log
    (pull,) = github.pulls
    assert pull["title"] == "Update the template to 1.1.0"
    assert (pull["head"], pull["base"], pull["isDraft"]) == (BRANCH, "main", False)
    # No name of the summary may call somebody, and no mark of its may end the block it stands in.
    assert "````text\nUpdated to 1.1.0.\nThanks to @grace for ```fences```.\n````" in pull["body"]
    assert git(github.remote, "log", "--format=%s", f"main..{BRANCH}") == f"{pull['title']}\n"
    assert github.show("docs/new.md") == "# New in 1.1.0\n"
    assert "https://github.com/ada/book/pull/1" in result.log


def test_the_next_run_changes_nothing_and_the_next_version_refreshes(github: GitHub) -> None:
    github.commit(PROGRAM, updated("1.1.0"))
    github.run()
    before = github.tip()

    again = github.run()

    assert again.code == 0, again.log
    assert "pull request #1 says so already" in again.log
    assert github.tip() == before
    github.commit(PROGRAM, updated("1.2.0"))
    newer = github.run()
    assert newer.code == 0, newer.log
    (pull,) = github.pulls
    assert pull["title"] == "Update the template to 1.2.0"
    assert "Updated to 1.2.0." in pull["body"]
    assert github.show("docs/new.md") == "# New in 1.2.0\n"
    assert git(github.remote, "rev-parse", f"{BRANCH}~") == git(github.remote, "rev-parse", "main")


def test_conflicts_come_first_in_a_draft_until_an_update_has_none(github: GitHub) -> None:
    github.commit(PROGRAM, CONFLICTS)

    result = github.run()

    assert (result.code, result.prepared) == (0, True), result.log
    (pull,) = github.pulls
    assert pull["isDraft"]
    assert pull["body"].startswith("**These files have conflicts.**")
    assert pull["body"].index(CONFLICTING) < pull["body"].index("Merged what could be merged.")
    assert "<<<<<<< before\nmine\n" in github.show(CONFLICTING)
    github.commit(PROGRAM, updated("1.1.0"))
    clean = github.run()
    assert clean.code == 0, clean.log
    (pull,) = github.pulls
    assert not pull["isDraft"]
    assert "conflicts" not in pull["body"]


def test_where_there_are_no_drafts_conflicts_are_proposed_all_the_same(github: GitHub) -> None:
    github.change(drafts=False)
    github.commit(PROGRAM, CONFLICTS)

    result = github.run()

    assert result.code == 0, result.log
    assert CONFLICTING in github.pulls[0]["body"]


def test_a_commit_of_the_author_is_not_pushed_over(github: GitHub) -> None:
    github.commit(PROGRAM, CONFLICTS)
    github.run()
    github.commit(CONFLICTING, "Resolved by hand.\n", branch=BRANCH)
    github.commit(PROGRAM, updated("1.1.0"))
    before = github.tip()

    result = github.run()

    assert result.code == 0
    assert "::notice" in result.log
    assert f"committed to the branch {BRANCH}, so it is left alone" in result.log
    assert github.tip() == before
    assert "Resolved by hand." in github.show(CONFLICTING)


def test_a_closed_pull_request_comes_back_only_when_asked_for(github: GitHub) -> None:
    github.commit(PROGRAM, updated("1.1.0"))
    github.run()
    github.close()

    declined = github.run()

    assert declined.code == 0
    assert "'Update the template to 1.1.0' was closed before" in declined.log
    assert [pull["state"] for pull in github.pulls] == ["CLOSED"]
    assert github.run(event="workflow_dispatch").code == 0
    assert [pull["state"] for pull in github.pulls] == ["CLOSED", "OPEN"]
    github.close()
    github.commit(PROGRAM, updated("1.2.0"))
    assert github.run().code == 0
    assert github.pulls[-1]["title"] == "Update the template to 1.2.0"


def test_a_pull_request_from_a_fork_is_not_taken_for_ours(github: GitHub) -> None:
    foreign = {
        "number": 1,
        "head": BRANCH,
        "base": "main",
        "title": "Mine",
        "body": "",
        "state": "OPEN",
        "isDraft": False,
        "isCrossRepository": True,
    }
    github.change(pulls=[foreign])
    github.commit(PROGRAM, updated("1.1.0"))

    assert github.run().code == 0

    assert github.pulls[0] == foreign
    assert github.pulls[1]["title"] == "Update the template to 1.1.0"


def test_a_changed_workflow_needs_another_token_and_the_run_says_so(github: GitHub) -> None:
    hook = github.remote / "hooks" / "pre-receive"
    change = 'Path(".github/workflows/book.yml").write_text("name: Book\\n")\n'
    github.commit(PROGRAM, updated("1.1.0") + change)
    hook.write_text(REFUSE_WORKFLOWS, encoding="utf-8")
    hook.chmod(0o755)

    result = github.run()

    assert (result.code, result.prepared) == (1, True)
    assert "::error title=Template update::The update changes .github/workflows/book.yml" in (
        result.log
    )
    assert "TEMPLATE_UPDATE_TOKEN" in result.log
    assert "refusing to allow a GitHub App" in result.log
    assert "Traceback" not in result.log
    assert (github.pulls, github.tip()) == ([], "")


def test_a_repository_that_allows_no_pull_requests_is_told_where_to_allow_them(
    github: GitHub,
) -> None:
    github.change(may_create=False)
    github.commit(PROGRAM, updated("1.1.0"))

    refused = github.run()

    assert refused.code == 1
    assert "allow it under Settings, Actions, General, Workflow permissions" in refused.log
    assert "Traceback" not in refused.log
    github.change(may_create=True)
    assert github.run().code == 0
    assert len(github.pulls) == 1


def with_source(github: GitHub, source: str) -> None:
    """Write another address of the template into the answers of the book."""
    answers = yaml.safe_load(git(github.remote, "show", "main:.copier-answers.yml"))
    text = yaml.safe_dump({**answers, "_src_path": source}, allow_unicode=True)
    github.commit(".copier-answers.yml", text)


@pytest.mark.parametrize(
    "source", ["/home/ada/copier-techbook", "C:\\ada\\copier", "~ada/none", "file:///home/ada/none"]
)
def test_a_template_on_the_authors_machine_is_a_notice(github: GitHub, source: str) -> None:
    github.commit(PROGRAM, FAILED)
    with_source(github, source)

    result = github.run()

    assert (result.code, result.prepared) == (0, False), result.log
    (line,) = result.log.splitlines()
    assert line.startswith("::notice title=Template update::The book's template is ")
    assert f"{source}, a path that only its author's machine knows" in line


def test_a_message_can_hold_no_command_for_github(github: GitHub) -> None:
    with_source(github, "/none\n::error::100%")

    result = github.run()

    (line,) = result.log.splitlines()
    assert "/none%0A::error::100%25, a path" in line


@pytest.mark.parametrize(
    "source",
    ["https://example.org/none.git", "gh:ada/none", "git@example.org:ada/none", "git+ssh://x/y"],
)
def test_a_template_that_does_not_answer_is_an_error(github: GitHub, source: str) -> None:
    github.commit(PROGRAM, FAILED)
    with_source(github, source)

    result = github.run()

    assert (result.code, result.prepared) == (1, False)
    assert (
        "::error title=Template update::The update failed: Copier fails with the template: fatal"
    ) in result.log
    assert "Traceback" not in result.log
    assert github.pulls == []


@pytest.mark.parametrize("answers", ["title: A book\n", "[\n", None])
def test_a_book_without_usable_answers_is_one_sentence(github: GitHub, answers: str | None) -> None:
    clone = github.clone()
    if answers is None:
        (clone / ".copier-answers.yml").unlink()
    else:
        (clone / ".copier-answers.yml").write_text(answers, encoding="utf-8")
    git(clone, "commit", "--quiet", "--all", "--message", "Damage")
    git(clone, "push", "--quiet")

    result = github.run()

    assert result.code == 1
    (line,) = result.log.splitlines()
    assert line.startswith("::error title=Template update::.copier-answers.yml")
    assert "restore" in line


def test_the_workflows_programs_are_typed(small_book: Path, book_python: str) -> None:
    options = ("--strict", "--cache-dir", os.devnull)

    result = run(small_book, book_python, "-m", "mypy", *options, ".github/scripts")

    assert result.returncode == 0, result.stdout + result.stderr


def workflows(small_book: Path) -> list[Path]:
    """Return the workflows of a book and of this repository."""
    return sorted(
        [*small_book.glob(".github/workflows/*.yml"), *ROOT.glob(".github/workflows/*.yml")]
    )


def test_only_the_job_that_opens_the_pull_request_may_write(small_book: Path) -> None:
    jobs = workflow(small_book / WORKFLOW)["jobs"]
    assert jobs["open"]["permissions"] == {"contents": "write", "pull-requests": "write"}
    assert "requirements" not in str(jobs["open"]), "it installs nothing"
    assert "secrets" not in str(jobs["prepare"])
    assert "token" not in str(jobs["prepare"])

    for file in workflows(small_book):
        content = workflow(file)
        assert content["permissions"] in ({}, {"contents": "read"}), file
        for name, job in content["jobs"].items():
            if (file.name, name) not in WRITING:
                assert job.get("permissions", {}) in ({}, {"contents": "read"}), (file, name)


def test_no_workflow_leaves_a_token_in_a_clone_or_an_expression_in_a_shell(
    small_book: Path,
) -> None:
    found = workflows(small_book)

    assert {file.name for file in found} >= {"book.yml", "template-update.yml", "nightly.yml"}
    versions: dict[str, set[str]] = {}
    for file in found:
        for job in workflow(file)["jobs"].values():
            assert not any("${{" in command for command in commands(job)), file
            for step in job["steps"]:
                action, _, version = step.get("uses", "").partition("@")
                versions.setdefault(action, set()).add(version)
                if action == "actions/checkout":
                    assert step["with"]["persist-credentials"] is False, file
    assert all(action.startswith("actions/") for action in versions if action), versions
    assert {action for action, used in versions.items() if len(used) > 1} == set()


def test_the_update_runs_weekly_and_on_demand_with_pinned_programs(small_book: Path) -> None:
    content = workflow(small_book / WORKFLOW)

    (when,) = content["on"]["schedule"]
    assert re.fullmatch(r"\d+ \d+ \* \* [0-6]", when["cron"])
    assert "workflow_dispatch" in content["on"]
    (install,) = [line for line in commands(content["jobs"]["prepare"]) if "pip install" in line]
    assert "--require-hashes" in install
    assert "requirements/update.txt" in install


def test_the_command_that_renovate_runs_updates_a_book(template: Path, tmp_path: Path) -> None:
    """And a workflow that its author deleted stays deleted."""
    versions = tmp_path / "template"
    shutil.copytree(template, versions)
    git(versions, "tag", "1.0.0")
    book = tmp_path / "book"
    result = copier("copy", "--trust", "--defaults", "--data", "edition=own", versions, book)
    assert result.returncode == 0, result.stderr
    (book / WORKFLOW).unlink()
    start_repository(book, "Start the book")
    workflows = "{% if hosting == 'github' %}.github{% endif %}/workflows"
    for name in ("docs/publishing/README.md", f"{workflows}/template-update.yml"):
        file = versions / "template" / name
        file.write_text(file.read_text(encoding="utf-8") + "# One more line.\n", encoding="utf-8")
    git(versions, "commit", "--quiet", "--all", "--message", "One more line")
    git(versions, "tag", "1.1.0")

    options = ("--skip-answered", "--defaults", "--trust", "--answers-file", ".copier-answers.yml")
    result = copier("update", *options, "--vcs-ref", "1.1.0", cwd=book)

    assert result.returncode == 0, result.stderr
    assert "One more line." in (book / "docs/publishing/README.md").read_text(encoding="utf-8")
    changed = git(book, "status", "--porcelain").split("\n")
    assert changed == [" M .copier-answers.yml", " M docs/publishing/README.md", ""]


@pytest.fixture(scope="module", params=["github", "gitlab", "none"])
def hosted(
    request: pytest.FixtureRequest, template: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, Path]:
    """Return a kind of hosting and a book for it."""
    hosting = str(request.param)
    folder = tmp_path_factory.mktemp(hosting)
    return hosting, render(template, folder / "book", edition="own", hosting=hosting)


def test_renovate_may_update_the_template_alone(hosted: tuple[str, Path]) -> None:
    hosting, book = hosted
    expected = [] if hosting == "none" else [book / f".{hosting}" / "renovate.json"]

    assert list(book.rglob("renovate.json")) == expected
    for file in expected:
        content = json.loads(file.read_text(encoding="utf-8"))
        assert content["enabledManagers"] == ["copier"]
        assert content["ignoreScripts"] is False
        assert content["automerge"] is False


def test_the_page_on_updates_speaks_of_what_the_book_has(hosted: tuple[str, Path]) -> None:
    hosting, book = hosted

    page = (book / "docs/development/keeping-current.md").read_text(encoding="utf-8")
    assert "make update" in page
    assert ("TEMPLATE_UPDATE_TOKEN" in page) == (hosting == "github")
    assert ("Renovate" in page) == (hosting != "none")
    assert (".gitlab-ci.yml" in page) == (hosting == "gitlab")
    assert "](keeping-current.md)" in (book / "docs/development/README.md").read_text("utf-8")
    assert broken_links(book) == []


def test_the_books_own_update_is_proposed(template: Path, book_python: str, tmp_path: Path) -> None:
    versions = tmp_path / "template"
    shutil.copytree(template, versions)
    git(versions, "tag", "1.0.0")
    book = tmp_path / "book"
    result = copier("copy", "--trust", "--defaults", "--data", "edition=own", versions, book)
    assert result.returncode == 0, result.stderr
    github = hosted_by_github(start_repository(book, "Start the book"), book_python, tmp_path)
    github.commit("docs/publishing/README.md", "# My page\n")
    for name in ("docs/publishing/README.md", "tools/publishing/README.md"):
        (versions / "template" / name).write_text("# The template's page\n", encoding="utf-8")
    git(versions, "commit", "--quiet", "--all", "--message", "Write two pages anew")
    git(versions, "tag", "1.1.0")

    proposed = github.run()

    assert (proposed.code, proposed.prepared) == (0, True), proposed.log
    (pull,) = github.pulls
    assert (pull["title"], pull["isDraft"]) == ("Update the template to 1.1.0", True)
    assert pull["body"].split("```text\n")[1].startswith("docs/publishing/README.md\n```")
    assert "1.1.0" in pull["body"]
    page = github.show("docs/publishing/README.md")
    assert "<<<<<<<" in page
    assert "# My page\n" in page
    assert "# The template's page\n" in page
    assert github.show("tools/publishing/README.md") == "# The template's page\n"
