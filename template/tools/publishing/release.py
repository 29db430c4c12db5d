"""Making a release: everything is checked and built aside, and put in place at the end."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

from tools.build_scripts import book as books
from tools.build_scripts.book import FORMATS
from tools.publishing import carried, changelog, packing, programs, versions
from tools.publishing.errors import PublishError
from tools.publishing.manifest import manifest
from tools.publishing.packing import MANIFEST, Release
from tools.publishing.repository import REMOTE, Repository, open_repository
from tools.publishing.stamping import CITATION, PYPROJECT, Stamp, version_of
from tools.publishing.transaction import DIST, Commit, Transaction, clear, workshop

UNDONE = "A release that had been interrupted is undone."


@dataclass(frozen=True)
class Options:
    """What is asked for.

    Attributes:
        version: the version.
        from_tag: build what its tag leads to, instead of making a new release.
        dry_run: change nothing.
        skip_tests: do not run the book's tests.
    """

    version: str
    from_tag: bool = False
    dry_run: bool = False
    skip_tests: bool = False


@dataclass(frozen=True)
class Made:
    """A release that was made.

    Attributes:
        release: the release.
        branch: the branch that got it; None where its tag was there before.
        files: the files of the release, by name, with their sizes.
    """

    release: Release
    branch: str | None
    files: dict[str, int]


@dataclass(frozen=True)
class _Draft:
    """The commit of a release, before anything leads to it.

    Attributes:
        commit: the commit.
        notes: what is new in it.
        date: when it was made.
        place: what will lead to it; None where something does.
    """

    commit: str
    notes: str
    date: int
    place: Commit | None


def make_release(root: Path, options: Options, say: Callable[[str], None]) -> Made:
    """Make a release of a book, or find out whether one could be made.

    Nothing that somebody sees changes before the end; what stops it until then leaves the
    branch, the index, the files, the tags and `dist` as they were.

    Args:
        root: the book's directory.
        options: what is asked for.
        say: is told what is going on.

    Raises:
        BuildError: the book's own description is damaged.
        PublishError: a release cannot be made.
    """
    repository = open_repository(root)
    with workshop(root) as directory:
        transaction = Transaction(repository, directory)
        if transaction.undo():
            say(UNDONE)
        clear(directory)
        packing.require_own(root / DIST)
        draft = (_tagged if options.from_tag else _drafted)(repository, options, directory, say)
        release = _build(repository, options, draft, directory, say)
        if not options.dry_run:
            _put_in_place(transaction, draft)
        dist = directory / DIST if options.dry_run else root / DIST
        files = {path.name: path.stat().st_size for path in sorted(dist.iterdir())}
        return Made(release, draft.place.branch if draft.place else None, files)


# The commit --------------------------------------------------------------------------------


def _tagged(
    repository: Repository, options: Options, directory: Path, say: Callable[[str], None]
) -> _Draft:
    """Return the release that a tag leads to."""
    tag = versions.tag_of(options.version)
    commit = repository.tagged(tag)
    if commit is None:
        raise PublishError(f"There is no tag {tag}; see git tag --list.")
    version = version_of(repository.file(commit, PYPROJECT) or "")
    if version != options.version:
        raise PublishError(
            f"{PYPROJECT} of the tag {tag} has the version {version or '(none)'}; "
            "a tag and its version must be the same."
        )
    text = (repository.file(commit, changelog.CHANGELOG) or "").replace("\r\n", "\n")
    notes = changelog.notes(text, options.version)
    if notes is None:
        raise PublishError(f"{changelog.CHANGELOG} of {tag} says nothing of {options.version}.")
    return _Draft(commit, notes, repository.date(commit), None)


def _drafted(
    repository: Repository, options: Options, directory: Path, say: Callable[[str], None]
) -> _Draft:
    """Make the commit of a new release."""
    version, tag = options.version, versions.tag_of(options.version)
    repository.require_clean()
    branch, head = repository.branch(), repository.head()
    _require_new(repository, tag, say)
    names = (PYPROJECT, CITATION, changelog.CHANGELOG)
    texts = {name: repository.file(head, name) for name in names}
    files = {name: text for name, text in texts.items() if text is not None}
    for name in (PYPROJECT, changelog.CHANGELOG):
        if name not in files:
            raise PublishError(f"The book has no {name}; write one and commit it.")
    versions.require_next(version, repository.tags(), version_of(files[PYPROJECT]) or "")
    if not repository.ignores(f"{DIST}/"):
        raise PublishError(
            f"Git does not ignore {DIST}/; write /{DIST}/ into .gitignore, commit it."
        )
    date = _now()
    changed = Stamp(version, _day(date)).changed(files)
    written = {**files, **changed}[changelog.CHANGELOG].replace("\r\n", "\n")
    identity = repository.identity(date)  # asked before anything takes long
    commit = head
    if changed:
        index = directory / "index"
        commit = repository.commit(head, changed, f"Release {version}", date, index)
    place = Commit(
        branch=branch,
        before=head,
        after=commit,
        tag=f"refs/tags/{tag}",
        tag_object=repository.tag_object(commit, tag, f"Release {version}", identity),
        paths=tuple(changed),
    )
    return _Draft(commit, changelog.notes(written, version) or "", repository.date(commit), place)


def _require_new(repository: Repository, tag: str, say: Callable[[str], None]) -> None:
    if repository.tagged(tag) is not None:
        raise PublishError(f"The tag {tag} exists already; a version is released once.")
    is_published = repository.remote_has(tag)
    if is_published:
        raise PublishError(f"The remote {REMOTE} has the tag {tag} already; run: git fetch --tags")
    if is_published is None:
        say(f"The remote {REMOTE} does not answer, so whether it has {tag} is not known.")


def _now() -> int:
    """Return the date of a release: SOURCE_DATE_EPOCH when it is set, else now."""
    given = os.environ.get("SOURCE_DATE_EPOCH", "")
    if not given:
        return int(time.time())
    if re.fullmatch(r"\d+", given):
        return int(given)
    raise PublishError(f"SOURCE_DATE_EPOCH is '{given}'; it must be seconds since 1970.")


def _day(date: int) -> str:
    return datetime.fromtimestamp(date, tz=timezone.utc).date().isoformat()


# Its files ---------------------------------------------------------------------------------


def _build(
    repository: Repository,
    options: Options,
    draft: _Draft,
    directory: Path,
    say: Callable[[str], None],
) -> Release:
    """Check the book as the release has it, build it, and pack what readers get."""
    checked = repository.export(draft.commit, directory / "checked")
    say("Checking the book …")
    programs.validate(checked)
    programs.check_outputs(checked)
    if not options.skip_tests:
        say("Running the tests …")
        programs.test(checked)
    # Tests write where they run, so what is built is another copy.
    exported = repository.export(draft.commit, directory / "exported")
    book = books.load(exported)
    formats = book.formats or FORMATS
    release = Release(book, options.version, draft.commit, draft.date, draft.notes, formats)
    built, dist = directory / "built", directory / DIST
    say("Building …")
    programs.build(exported, built, draft.date)
    carried.require_version(built, book.slug, formats, options.version)
    dist.mkdir()
    packing.pack(release, built, repository.archive(draft.commit, release.name), dist)
    (dist / MANIFEST).write_bytes(manifest(release, built, dist))
    packing.write_sums(dist)
    return release


def _put_in_place(transaction: Transaction, draft: _Draft) -> None:
    repository, place = transaction.repository, draft.place
    if place is not None:  # somebody may have gone on writing in the meantime
        repository.require_clean()
        if (repository.branch(), repository.head()) != (place.branch, place.before):
            raise PublishError("HEAD moved while the release was made; make it anew.")
    packing.require_own(repository.book / DIST)
    transaction.run(place)
