"""What the two steps of the template's update share: the pull request, Git, and the log."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BRANCH = "template-update"
BOT = "github-actions[bot]"
BOT_ADDRESS = "41898282+github-actions[bot]@users.noreply.github.com"


class StepError(Exception):
    """Why a step cannot go on, in a sentence that its author can act on."""


@dataclass(frozen=True)
class PullRequest:
    """A pull request on its way from the step that prepares it to the one that opens it.

    Attributes:
        title: its title.
        body: its text, in Markdown.
        draft: whether something is to be mended before it can be merged.
    """

    title: str
    body: str
    draft: bool

    @classmethod
    def load(cls, directory: Path) -> PullRequest:
        """Read the pull request that lies in a directory."""
        content = json.loads(_description(directory).read_text(encoding="utf-8"))
        return cls(str(content["title"]), str(content["body"]), bool(content["draft"]))

    def save(self, directory: Path) -> None:
        """Write the pull request into a directory."""
        _description(directory).write_text(json.dumps(asdict(self)), encoding="utf-8")


def _description(directory: Path) -> Path:
    return directory / "pull-request.json"


def bundle(directory: Path) -> Path:
    """Return the file of a directory in which Git carries the commit of the pull request."""
    return directory / "commit.bundle"


def git(root: Path, *arguments: str) -> str:
    """Run Git and return what it prints.

    Raises:
        StepError: Git fails; the text is what it says.
    """
    result = run(root, "git", *arguments)
    if result.returncode:
        raise StepError(f"git {arguments[0]} failed: {result.stderr.strip()}")
    return result.stdout


def run(root: Path, *command: str, text: str | None = None) -> subprocess.CompletedProcess[str]:
    """Run a command, whatever comes of it.

    Args:
        root: the directory of the repository.
        command: the program and its arguments.
        text: what it reads from its input.
    """
    return subprocess.run(
        command,
        cwd=root,
        env=environment(),
        input=text,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )


def environment() -> Mapping[str, str]:
    """Return an environment in which Git commits as GitHub's bot and never asks for a password."""
    return {
        **os.environ,
        "GIT_AUTHOR_NAME": BOT,
        "GIT_AUTHOR_EMAIL": BOT_ADDRESS,
        "GIT_COMMITTER_NAME": BOT,
        "GIT_COMMITTER_EMAIL": BOT_ADDRESS,
        "GIT_TERMINAL_PROMPT": "0",
    }


def notice(message: str) -> None:
    """Show a message at the head of the workflow's run."""
    _annotate("notice", message)


def warning(message: str) -> None:
    """Show a message as a warning at the head of the workflow's run."""
    _annotate("warning", message)


def error(message: str) -> None:
    """Show a message as an error at the head of the workflow's run."""
    _annotate("error", message)


def _annotate(kind: str, message: str) -> None:
    # A line break would end GitHub's command, and what follows could be a command of its own.
    escaped = message.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    print(f"::{kind} title=Template update::{escaped}", flush=True)
