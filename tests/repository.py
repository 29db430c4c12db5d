"""Folders as Git repositories, by the standard library alone: the benchmark needs them too."""

from __future__ import annotations

import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
IDENTITY = ("-c", "user.name=Ada Lovelace", "-c", "user.email=ada@example.org")


def git(folder: Path, *arguments: str) -> str:
    """Run Git in a folder and return what it prints."""
    command = ["git", *arguments]
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout


def start_repository(folder: Path, message: str) -> Path:
    """Make a folder a repository with all that is in it as one commit, and return it."""
    git(folder, "init", "--quiet")
    git(folder, "add", "--all")
    git(folder, *IDENTITY, "commit", "--quiet", "--message", message)
    return folder


def snapshot(clone: Path) -> Path:
    """Make a clone of this repository that holds the working tree as its one commit."""
    listed = git(ROOT, "ls-files", "--cached", "--others", "--exclude-standard", "-z")
    files = [name for name in listed.split("\0") if name and (ROOT / name).exists()]
    archive = subprocess.run(
        ["tar", "--create", "--null", "--files-from=-"],
        cwd=ROOT,
        input="\0".join(files).encode(),
        capture_output=True,
        check=True,
    ).stdout
    clone.mkdir()
    subprocess.run(["tar", "--extract"], cwd=clone, input=archive, check=True)
    return start_repository(clone, "The template")
