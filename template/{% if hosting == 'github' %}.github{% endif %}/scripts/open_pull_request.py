"""Open or refresh the pull request that `prepare_pull_request.py` wrote into a directory.

It has a token that may write, so it runs nothing of the template: it pushes one commit and sends
a text.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path

from pull_request import (
    BOT_ADDRESS,
    BRANCH,
    ROOT,
    PullRequest,
    StepError,
    bundle,
    error,
    git,
    notice,
    run,
    warning,
)

REFERENCE = f"refs/heads/{BRANCH}"
PAGE = "docs/development/keeping-current.md"
# GitHub's words for a plan that has no drafts, and for a setting that is off in new repositories.
NO_DRAFTS = "Draft pull requests are not supported"
NOT_PERMITTED = "not permitted to create"


@dataclass(frozen=True)
class Existing:
    """A pull request from the branch of the update, as GitHub has it.

    Attributes:
        number: its number.
        title: its title.
        state: `OPEN`, `CLOSED` or `MERGED`.
        draft: whether it is a draft.
    """

    number: int
    title: str
    state: str
    draft: bool


def open_or_refresh(root: Path, directory: Path, base: str, asked: bool) -> None:
    """Push the prepared commit, and open its pull request or bring the open one up to date.

    Args:
        root: the book's directory.
        directory: where the pull request was prepared.
        base: the branch to merge into.
        asked: whether somebody asked for the update, who then gets it even if a pull request of
            the same version was closed before.

    Raises:
        StepError: GitHub refuses; the text says what to do.
    """
    proposal = PullRequest.load(directory)
    known = pull_requests(root, base)
    current = next((each for each in known if each.state == "OPEN"), None)
    declined = any(each.state == "CLOSED" and each.title == proposal.title for each in known)
    if declined and current is None and not asked:
        notice(f"'{proposal.title}' was closed before; run this workflow by hand to have it again.")
        return
    tip = remote_tip(root)
    if tip and is_edited(root, tip):
        notice(
            f"Somebody committed to the branch {BRANCH}, so it is left alone; merge or delete it, "
            "and the next run proposes the update anew."
        )
        return
    is_new = push(root, received(root, directory), tip)
    if current is None:
        create(root, base, proposal)
    elif is_new:
        refresh(root, current, proposal)
    else:
        notice(f"{proposal.title}: pull request #{current.number} says so already.")


def pull_requests(root: Path, base: str) -> list[Existing]:
    """Return the pull requests that were ever opened from the branch of the update."""
    fields = "number,title,state,isDraft,isCrossRepository"
    answer = gh(
        root,
        *("pr", "list", "--head", BRANCH, "--base", base),
        *("--state", "all", "--limit", "100", "--json", fields),
    )
    return [
        Existing(each["number"], each["title"], each["state"], each["isDraft"])
        for each in json.loads(answer)
        # Anybody can open one from a branch of this name in a fork.
        if not each["isCrossRepository"]
    ]


def remote_tip(root: Path) -> str:
    """Return the last commit of the branch on GitHub, or nothing when there is no such branch."""
    if not git(root, "ls-remote", "origin", REFERENCE):
        return ""
    git(root, "fetch", "--quiet", "origin", REFERENCE)
    return git(root, "rev-parse", "FETCH_HEAD").strip()


def is_edited(root: Path, tip: str) -> bool:
    """Say whether the branch holds a commit of anybody else, which a push would throw away."""
    committers = git(root, "log", "--format=%ce", f"HEAD..{tip}").split()
    return any(committer != BOT_ADDRESS for committer in committers)


def received(root: Path, directory: Path) -> str:
    """Take the prepared commit into this repository and return its name."""
    git(root, "-c", "fetch.fsckObjects=true", "fetch", "--quiet", str(bundle(directory)), "HEAD")
    return git(root, "rev-parse", "FETCH_HEAD").strip()


def push(root: Path, commit: str, tip: str) -> bool:
    """Make a commit the branch of the update, unless the branch says the same already.

    Returns:
        Whether the branch changed.

    Raises:
        StepError: GitHub refuses it.
    """
    if tip and content(root, tip) == content(root, commit):
        return False
    try:
        git(
            root,
            *("push", "--quiet", f"--force-with-lease={REFERENCE}:{tip}"),
            *("origin", f"{commit}:{REFERENCE}"),
        )
    except StepError as problem:
        raise StepError(f"{_explained(root, commit)}{problem}") from None
    return True


def content(root: Path, commit: str) -> str:
    """Return the names of a commit's tree and parents: all that is in it but its date."""
    return git(root, "show", "--no-patch", "--format=%T %P", commit)


def _explained(root: Path, commit: str) -> str:
    changed = git(root, "diff", "--name-only", "HEAD", commit, "--", ".github/workflows")
    if not changed:
        return ""
    return (
        f"The update changes {', '.join(changed.split())}, and GitHub lets a workflow change no "
        "workflow with its own token: run make update on your machine, or give this repository "
        f"the secret TEMPLATE_UPDATE_TOKEN, as {PAGE} says. "
    )


def create(root: Path, base: str, proposal: PullRequest) -> None:
    """Open the pull request.

    Raises:
        StepError: GitHub refuses it.
    """
    command = ("pr", "create", "--head", BRANCH, "--base", base, "--title", proposal.title)
    from_input = ("--body-file", "-")
    try:
        draft = ("--draft",) if proposal.draft else ()
        address = gh(root, *command, *from_input, *draft, text=proposal.body)
    except StepError as problem:
        if NOT_PERMITTED in str(problem):
            raise StepError(
                "Workflows may not open pull requests in this repository: allow it under Settings, "
                f"Actions, General, Workflow permissions, and run this again. {problem}"
            ) from None
        if NO_DRAFTS not in str(problem):
            raise
        address = gh(root, *command, *from_input, text=proposal.body)
    notice(f"{proposal.title}: {address.strip()}")


def refresh(root: Path, current: Existing, proposal: PullRequest) -> None:
    """Give the open pull request the title, the text and the state of the new one."""
    # `gh pr edit` asks for the repository's projects, which the workflow's token may not see.
    address = f"repos/{{owner}}/{{repo}}/pulls/{current.number}"
    gh(
        root,
        *("api", "--silent", "--method", "PATCH", address),
        *("--raw-field", f"title={proposal.title}", "--raw-field", f"body={proposal.body}"),
    )
    notice(f"{proposal.title}: pull request #{current.number} is up to date.")
    if current.draft == proposal.draft:
        return
    try:
        gh(root, "pr", "ready", str(current.number), *(("--undo",) if proposal.draft else ()))
    except StepError as problem:
        warning(f"Pull request #{current.number} keeps its state. {problem}")


def gh(root: Path, *arguments: str, text: str | None = None) -> str:
    """Run GitHub's command-line program and return what it prints.

    Args:
        root: the directory of the repository.
        arguments: its arguments.
        text: what it reads from its input.

    Raises:
        StepError: it fails; the text is what it says.
    """
    result = run(root, "gh", *arguments, text=text)
    if result.returncode:
        raise StepError(f"gh {' '.join(arguments[:2])} failed: {result.stderr.strip()}")
    return result.stdout


def main() -> int:
    """Open or refresh the pull request."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("directory", type=Path, help="where the pull request was prepared")
    parser.add_argument("--base", required=True, metavar="BRANCH", help="the branch to merge into")
    options = parser.parse_args()
    asked = os.environ.get("GITHUB_EVENT_NAME") == "workflow_dispatch"
    try:
        open_or_refresh(ROOT, options.directory, options.base, asked)
    except StepError as problem:
        error(str(problem))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
