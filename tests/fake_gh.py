"""Stands in for GitHub's command-line program: what it knows is kept in the file FAKE_GITHUB.

It takes no option but those that the real one has, and fails with the real one's words.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import Any


def main() -> None:
    """Run one command on the state that the file holds."""
    if not os.environ.get("GH_TOKEN"):
        sys.exit("To use GitHub CLI in a GitHub Actions workflow, set the GH_TOKEN variable.")
    file = Path(os.environ["FAKE_GITHUB"])
    state = json.loads(file.read_text(encoding="utf-8"))
    options = known_commands().parse_args()
    options.run(options, state)
    file.write_text(json.dumps(state), encoding="utf-8")


def known_commands() -> argparse.ArgumentParser:
    """Return a parser of the commands and options that the workflow may use."""
    parser = argparse.ArgumentParser(allow_abbrev=False)
    commands = parser.add_subparsers(required=True)
    auth = commands.add_parser("auth").add_subparsers(required=True)
    auth.add_parser("setup-git").set_defaults(run=lambda options, state: None)
    pr = commands.add_parser("pr").add_subparsers(required=True)
    _command(pr, "list", list_all, "--head", "--base", "--state", "--limit", "--json")
    creating = _command(pr, "create", create, "--head", "--base", "--title", "--body-file")
    creating.add_argument("--draft", action="store_true")
    marking = _command(pr, "ready", mark)
    marking.add_argument("number", type=int)
    marking.add_argument("--undo", action="store_true")
    release = commands.add_parser("release").add_subparsers(required=True)
    releasing = _command(release, "create", publish, "--title", "--notes-file")
    releasing.add_argument("tag")
    releasing.add_argument("files", nargs="*", type=Path)
    releasing.add_argument("--verify-tag", action="store_true")
    releasing.add_argument("--prerelease", action="store_true")
    editing = _command(commands, "api", edit, "--method")
    editing.add_argument("address")
    editing.add_argument("--silent", action="store_true")
    editing.add_argument("--raw-field", action="append")
    return parser


def _command(commands: Any, name: str, run: Any, *options: str) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(name)
    parser.set_defaults(run=run)
    for option in options:
        parser.add_argument(option, required=True)
    return parser


def list_all(options: argparse.Namespace, state: dict[str, Any]) -> None:
    """Print the pull requests of a branch, forks' among them as the real program does."""
    fields = options.json.split(",")
    found = [
        {field: pull[field] for field in fields}
        for pull in state["pulls"]
        if (pull["head"], pull["base"]) == (options.head, options.base)
    ]
    print(json.dumps(found))


def create(options: argparse.Namespace, state: dict[str, Any]) -> None:
    """Add a pull request, if the repository's settings and plan allow it."""
    if not state["may_create"]:
        sys.exit(
            "pull request create failed: GraphQL: GitHub Actions is not permitted to create or "
            "approve pull requests (createPullRequest)"
        )
    _refuse_draft(options.draft, state)
    number = len(state["pulls"]) + 1
    state["pulls"].append(
        {
            "number": number,
            "head": options.head,
            "base": options.base,
            "title": options.title,
            "body": sys.stdin.read(),
            "state": "OPEN",
            "isDraft": options.draft,
            "isCrossRepository": False,
        }
    )
    print(f"https://github.com/ada/book/pull/{number}")


def mark(options: argparse.Namespace, state: dict[str, Any]) -> None:
    """Make a pull request a draft, or ready."""
    _refuse_draft(options.undo, state)
    state["pulls"][options.number - 1]["isDraft"] = options.undo


def edit(options: argparse.Namespace, state: dict[str, Any]) -> None:
    """Change fields of a pull request through the REST interface."""
    prefix = "repos/{owner}/{repo}/pulls/"
    if options.method != "PATCH" or not options.address.startswith(prefix):
        sys.exit("gh: Not Found (HTTP 404)")
    pull = state["pulls"][int(options.address.removeprefix(prefix)) - 1]
    pull.update(dict(field.split("=", 1) for field in options.raw_field))


def publish(options: argparse.Namespace, state: dict[str, Any]) -> None:
    """Make a release of a tag, with files that can be downloaded."""
    if not os.environ.get("GH_REPO"):
        sys.exit(
            "failed to run git: fatal: not a git repository (or any of the parent directories)"
        )
    if options.verify_tag and options.tag not in state["tags"]:
        sys.exit(f"tag {options.tag} doesn't exist in the repo, aborting due to --verify-tag flag")
    state["releases"].append(
        {
            "tag": options.tag,
            "title": options.title,
            "notes": Path(options.notes_file).read_text(encoding="utf-8"),
            "prerelease": options.prerelease,
            "files": {file.name: file.stat().st_size for file in options.files},
        }
    )


def _refuse_draft(draft: bool, state: dict[str, Any]) -> None:
    if draft and not state["drafts"]:
        sys.exit("GraphQL: Draft pull requests are not supported in this repository.")


if __name__ == "__main__":
    main()
