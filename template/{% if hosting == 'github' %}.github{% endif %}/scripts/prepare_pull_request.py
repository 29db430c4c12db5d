"""Update the book, and write the pull request that proposes it into a directory.

It runs the template's code, so it gets no token that may write: `open_pull_request.py` has that.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Iterable
from pathlib import Path

import msgspec
import msgspec.yaml
from pull_request import ROOT, PullRequest, StepError, bundle, error, git, notice, run

PROGRAM = "tools/updating/update_book.py"
# A scheme, as in https://, a shortcut, as in gh:, or a user and a host, as in git@example.org:.
ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://|(gh|gl):|[^/\s]+@[^/\s]+:", re.IGNORECASE)
# GitHub takes 65,536 characters, and there may be two such texts.
LONGEST_TEXT = 30_000

# GitHub breaks the lines of a pull request where they are broken here.
CONFLICTS = (
    "**These files have conflicts.** Both versions stand in them, between `<<<<<<<` and `>>>>>>>`. "
    "Keep what is right, delete the markers, and commit to this branch before you merge it:\n\n"
)
ADVICE = (
    "Nothing is merged by itself: read the changes, above all those of programs and workflows. "
    "`docs/development/keeping-current.md` says how, and what to do when no check runs.\n"
)


class Record(msgspec.Struct, frozen=True):
    """What Copier's answers file says of the template."""

    source: str = msgspec.field(name="_src_path", default="")
    version: str = msgspec.field(name="_commit", default="")


def prepare(root: Path, answers_file: str, directory: Path) -> bool:
    """Update the book, commit the result, and write it with its pull request into a directory.

    Args:
        root: the book's directory.
        answers_file: where Copier keeps the answers, relative to it.
        directory: where to write.

    Returns:
        Whether there is something to propose.

    Raises:
        StepError: the book cannot be updated.
    """
    source = read_record(root, answers_file).source
    if not is_reachable(source):
        notice(
            f"The book's template is {source}, a path that only its author's machine knows, so "
            "updates cannot be proposed here; run make update there, or write the address of a "
            f"repository behind _src_path in {answers_file}."
        )
        return False
    summary, conflicts = update(root, answers_file)
    git(root, "add", "--all")
    if not git(root, "status", "--porcelain"):
        return False
    proposal = describe(read_record(root, answers_file).version, summary, conflicts)
    git(root, "commit", "--quiet", "--message", proposal.title)
    directory.mkdir(parents=True, exist_ok=True)
    proposal.save(directory)
    git(root, "bundle", "create", "--quiet", str(bundle(directory)), "HEAD~..HEAD")
    return True


def read_record(root: Path, answers_file: str) -> Record:
    """Return what the answers file says of the template.

    Raises:
        StepError: it says nothing, or cannot be read.
    """
    try:
        text = (root / answers_file).read_bytes()
        record = msgspec.yaml.decode(text, type=Record, strict=False)
    except OSError as problem:
        raise StepError(f"{answers_file}: {problem.strerror}; restore the file.") from None
    except msgspec.DecodeError as problem:
        raise StepError(f"{answers_file} is no answers file ({problem}); restore it.") from None
    if not record.source:
        raise StepError(f"{answers_file} names no template; restore what Copier wrote.")
    return record


def is_reachable(source: str) -> bool:
    """Say whether a template can be reached from here: an address, or a path that is there."""
    if ADDRESS.match(source) and not source.startswith("file://"):
        return True
    try:
        return Path(source.removeprefix("file://")).expanduser().exists()
    except (OSError, RuntimeError):  # no path, or the home of a user who is not here
        return False


def update(root: Path, answers_file: str) -> tuple[str, tuple[str, ...]]:
    """Run the book's own update and return its summary and the files with conflicts.

    Raises:
        StepError: it failed.
    """
    result = run(root, sys.executable, PROGRAM, "--answers-file", answers_file)
    print(result.stdout, result.stderr, sep="", flush=True)
    unmerged = git(root, "diff", "--name-only", "--diff-filter=U", "-z").split("\0")
    conflicts = tuple(filter(None, unmerged))
    if result.returncode and not conflicts:
        raise StepError(f"The update failed: {result.stderr.strip()}")
    return result.stdout.strip(), conflicts


def describe(version: str, summary: str, conflicts: Iterable[str]) -> PullRequest:
    """Return the pull request of an update, its conflicts first."""
    listed = "\n".join(conflicts)
    parts = [CONFLICTS + fenced(listed)] if listed else []
    parts += [fenced(summary), ADVICE]
    return PullRequest(f"Update the template to {version}", "\n".join(parts), draft=bool(listed))


def fenced(text: str) -> str:
    """Return a text that GitHub shows as it is, without links, mentions or headings."""
    shown = text if len(text) <= LONGEST_TEXT else f"{text[:LONGEST_TEXT]}\n…"
    longest = max((len(run) for run in re.findall("`+", shown)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}text\n{shown}\n{fence}\n"


def main() -> int:
    """Prepare the pull request, and tell the workflow whether there is one."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("directory", type=Path, help="where to write the pull request")
    parser.add_argument(
        "--answers-file",
        default=".copier-answers.yml",
        metavar="FILE",
        help="where Copier keeps the book's answers",
    )
    options = parser.parse_args()
    try:
        is_prepared = prepare(ROOT, options.answers_file, options.directory)
    except StepError as problem:
        error(str(problem))
        return 1
    if is_prepared and (outputs := os.environ.get("GITHUB_OUTPUT")):
        with Path(outputs).open("a", encoding="utf-8") as file:
            file.write("prepared=true\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
