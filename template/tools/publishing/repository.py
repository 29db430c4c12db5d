"""The Git repository of a book: what is asked of it, and the objects that a release is made of."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tools.build_scripts.git import UNMERGED, Changed, changes, environment, listed
from tools.publishing.errors import PublishError

REMOTE = "origin"
REMOTE_SECONDS = 20.0
# Git asks nobody for a password.
UNATTENDED = {
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_ASKPASS": "true",
    "GIT_SSH_COMMAND": "ssh -o BatchMode=yes",
}
# A file is exported as it was committed, whatever the settings of whoever does it.
AS_COMMITTED = ("-c", "core.autocrlf=false", "-c", "core.eol=lf", "-c", "core.attributesFile=")


@dataclass(frozen=True)
class Repository:
    """The repository around a book.

    Attributes:
        book: the book's directory, the repository's root or a directory in it.
        top: the repository's root.
        prefix: the book's path in it, empty or with a slash at its end.
    """

    book: Path
    top: Path
    prefix: str

    # What there is ------------------------------------------------------------------------

    def require_clean(self) -> None:
        """Refuse conflicts, and changes in the book that are not committed.

        Raises:
            PublishError: there are some; the text names the first.
        """
        changed = tuple(self._status())
        conflicts = [path for code, path in changed if code in UNMERGED]
        if conflicts:
            raise PublishError(
                f"Conflicts are not resolved in {listed(conflicts)}; resolve and commit them."
            )
        mine = [path for _, path in changed if path.startswith(self.prefix)]
        if mine:
            raise PublishError(
                f"The book has changes that are not committed, in {listed(mine)}; commit them "
                "first, or put them aside with: git stash --include-untracked"
            )

    def branch(self) -> str:
        """Return the full name of the branch that HEAD is on.

        Raises:
            PublishError: it is on none.
        """
        found = self._run("symbolic-ref", "--quiet", "HEAD")
        if found.returncode:
            raise PublishError(
                "HEAD is on no branch, so nothing would lead to the release; run: git switch main"
            )
        return _text(found)

    def head(self) -> str:
        """Return the commit of HEAD.

        Raises:
            PublishError: there is none.
        """
        found = self._run("rev-parse", "--verify", "--quiet", "HEAD^{commit}")
        if found.returncode:
            raise PublishError("Nothing of the book is committed; commit it first.")
        return _text(found)

    def tags(self) -> list[str]:
        """Return the tags in the history of HEAD."""
        return self.git("tag", "--list", "--merged", "HEAD").splitlines()

    def tagged(self, tag: str) -> str | None:
        """Return the commit that a tag leads to, None when there is no such tag."""
        found = self._run("rev-parse", "--verify", "--quiet", f"refs/tags/{tag}^{{commit}}")
        return None if found.returncode else _text(found)

    def remote_has(self, tag: str) -> bool | None:
        """Say whether the remote has a tag, None when it cannot be asked or there is no remote."""
        if REMOTE not in self.git("remote").splitlines():
            return False
        with suppress(subprocess.TimeoutExpired):
            asked = self._run(
                *("ls-remote", "--exit-code", "--tags", REMOTE, f"refs/tags/{tag}"),
                timeout=REMOTE_SECONDS,
                variables=UNATTENDED,
            )
            # 2: it answered, and has no such tag.
            return {0: True, 2: False}.get(asked.returncode)
        return None

    def ignores(self, path: str) -> bool:
        """Say whether Git ignores a path of the book."""
        return self._run("check-ignore", "--quiet", "--no-index", path).returncode == 0

    def file(self, commit: str, path: str) -> str | None:
        """Return the text of a file of the book in a commit, None where it is not there.

        Raises:
            PublishError: it is not UTF-8.
        """
        found = self._run("cat-file", "blob", f"{commit}:{self.prefix}{path}")
        if found.returncode:
            return None
        try:
            return found.stdout.decode("utf-8")
        except UnicodeDecodeError as error:
            raise PublishError(f"{path} is not UTF-8; save it anew and commit it.") from error

    def date(self, commit: str) -> int:
        """Return when a commit was made, in seconds since 1970."""
        return int(self.git("show", "--no-patch", "--format=%ct", commit))

    # What a release is made of ------------------------------------------------------------

    def identity(self, date: int) -> str:
        """Return who commits, as Git writes it into an object.

        Raises:
            PublishError: Git does not know.
        """
        found = self._run("var", "GIT_COMMITTER_IDENT", variables=_dated(date))
        if found.returncode:
            raise PublishError(
                "Git does not know who makes the release; run: git config user.name and "
                "git config user.email, each with yours."
            )
        return _text(found)

    def commit(
        self, parent: str, files: Mapping[str, str], message: str, date: int, index: Path
    ) -> str:
        """Make a commit that no branch leads to, and return it.

        Args:
            parent: the commit that it follows.
            files: the text of the book's files that differ in it, by path.
            message: what it says.
            date: when it is made, in seconds since 1970.
            index: where an index may be written for it.
        """
        aside = {"GIT_INDEX_FILE": str(index)}
        entries = "".join(
            f"{self._mode(parent, path)} {self._blob(text)}\t{self.prefix}{path}\0"
            for path, text in files.items()
        )
        self.git("read-tree", parent, variables=aside)
        self.git("update-index", "-z", "--index-info", text=entries, variables=aside)
        tree = self.git("write-tree", variables=aside)
        made = ("commit-tree", tree, "-p", parent, "-F", "-")
        return self.git(*made, text=message + "\n", variables=_dated(date))

    def tag_object(self, commit: str, tag: str, message: str, identity: str) -> str:
        """Make an annotated tag that has no name yet, and return its object."""
        lines = (f"object {commit}", "type commit", f"tag {tag}", f"tagger {identity}")
        return self.git("mktag", text="\n".join(lines) + f"\n\n{message}\n")

    def export(self, commit: str, directory: Path) -> Path:
        """Write a commit into a directory, as a repository with its history, and return the book.

        Nothing that is not committed gets into it, and what asks Git in it gets the same answers.

        Args:
            commit: the commit, which no branch has to lead to.
            directory: where to; it is made.
        """
        format = self.git("rev-parse", "--show-object-format")
        self.git("init", "--quiet", "--template=", f"--object-format={format}", str(directory))
        inside = directory / ".git"
        objects = inside / "objects" / "info"
        objects.mkdir(exist_ok=True)
        (objects / "alternates").write_text(f"{self.path('objects')}\n", encoding="utf-8")
        if self.path("shallow").is_file():
            (inside / "shallow").write_bytes(self.path("shallow").read_bytes())
        index = {"GIT_INDEX_FILE": str(inside / "index")}
        self.git("read-tree", commit, variables=index)
        out = ("checkout-index", "--all", f"--prefix={directory}/")
        self.git(*AS_COMMITTED, *out, directory=self.top, variables=index)
        self.git("update-ref", "--no-deref", "HEAD", commit, directory=directory)
        return directory / self.prefix

    def archive(self, commit: str, prefix: str) -> bytes:
        """Return the book in a commit as a tar archive.

        Args:
            commit: the commit.
            prefix: the directory that its files are in.
        """
        options = (*AS_COMMITTED, "-c", "tar.umask=0022")
        done = self._run(*options, "archive", "--format=tar", f"--prefix={prefix}/", commit)
        return _required(done, self.book).stdout

    # Changing it --------------------------------------------------------------------------

    def has_reference(self, name: str, value: str) -> bool:
        """Say whether a reference has a value."""
        return _text(self._run("rev-parse", "--verify", "--quiet", name)) == value

    def holds(self, path: str, commits: tuple[str, ...]) -> bool:
        """Say whether a file of the book is as it is in one of some commits."""
        if not (self.book / path).is_file():
            return False
        there = self.git("hash-object", "--", path)
        return any(self.has_reference(f"{commit}:{self.prefix}{path}", there) for commit in commits)

    def update_references(self, *changes: str, reason: str) -> None:
        """Change references, all of them or none.

        Args:
            changes: what `git update-ref --stdin` reads, a change each.
            reason: what the log of the references says.

        Raises:
            PublishError: one has another value than expected.
        """
        lines = "\n".join(("start", *changes, "prepare", "commit", ""))
        self.git("update-ref", "-m", reason, "--stdin", text=lines)

    def restore(self, commit: str, paths: tuple[str, ...]) -> None:
        """Bring files of the book to what they are in a commit, in the index too."""
        if paths:
            self.git("restore", f"--source={commit}", "--staged", "--worktree", "--", *paths)

    # Git ----------------------------------------------------------------------------------

    def path(self, name: str) -> Path:
        """Return where something of Git's own is."""
        return (self.book / self.git("rev-parse", "--git-path", name)).absolute()

    def git(
        self,
        *arguments: str,
        text: str = "",
        directory: Path | None = None,
        variables: Mapping[str, str] | None = None,
    ) -> str:
        """Run Git and return what it prints, less the end of the line.

        Args:
            arguments: its arguments.
            text: what it reads.
            directory: where it runs, in the book's directory when none is given.
            variables: what it has in its environment besides.

        Raises:
            PublishError: it fails.
        """
        done = self._run(*arguments, text=text, directory=directory, variables=variables)
        return _text(_required(done, self.book))

    def _run(
        self,
        *arguments: str,
        text: str = "",
        directory: Path | None = None,
        timeout: float | None = None,
        variables: Mapping[str, str] | None = None,
    ) -> subprocess.CompletedProcess[bytes]:
        return _git(arguments, directory or self.book, text, timeout, variables)

    def _status(self) -> Iterator[Changed]:
        """Yield what Git's status lists."""
        # Untracked files are asked for, because a setting can hide them.
        options = ("--porcelain", "-z", "--untracked-files=normal", "--ignore-submodules=none")
        yield from changes(self.git("status", *options))

    def _mode(self, commit: str, path: str) -> str:
        listed = self.git("ls-tree", "--full-tree", commit, f"{self.prefix}{path}")
        return listed.split()[0] if listed else "100644"

    def _blob(self, text: str) -> str:
        return self.git("hash-object", "-w", "--no-filters", "--stdin", text=text)


def open_repository(book: Path) -> Repository:
    """Return the repository that a book is in.

    Raises:
        PublishError: it is in none, or Git refuses to work there.
    """
    done = _git(("rev-parse", "--show-toplevel", "--show-prefix"), book)
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace")
        if "not a git repository" in said:
            raise PublishError(
                f"{book} is in no Git repository, and a release is a commit; "
                "run: git init && git add --all && git commit"
            )
        _required(done, book)
    top, prefix = done.stdout.decode("utf-8").split("\n")[:2]
    return Repository(book, Path(top), prefix)


def _git(
    arguments: tuple[str, ...],
    directory: Path,
    text: str = "",
    timeout: float | None = None,
    variables: Mapping[str, str] | None = None,
) -> subprocess.CompletedProcess[bytes]:
    """Run Git in English; a Ctrl-C must not reach it while it changes something."""
    try:
        return subprocess.run(
            ["git", *arguments],
            cwd=directory,
            env={**environment(), **(variables or {})},
            input=text.encode("utf-8"),
            capture_output=True,
            check=False,
            timeout=timeout,
            start_new_session=True,
        )
    except FileNotFoundError as error:
        raise PublishError("A release needs Git, which is not installed.") from error


def _required(
    done: subprocess.CompletedProcess[bytes], book: Path
) -> subprocess.CompletedProcess[bytes]:
    if done.returncode:
        said = " ".join(done.stderr.decode("utf-8", "replace").split())
        raise PublishError(f"Git fails in {book}: {said or f'exit code {done.returncode}'}")
    return done


def _text(done: subprocess.CompletedProcess[bytes]) -> str:
    return done.stdout.decode("utf-8", "replace").rstrip("\n")


def _dated(date: int) -> dict[str, str]:
    return {"GIT_AUTHOR_DATE": f"@{date} +0000", "GIT_COMMITTER_DATE": f"@{date} +0000"}
