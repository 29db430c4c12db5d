"""What Copier cannot do in an update: an author's files follow their chapters, no word is lost.

Copier (9.19) writes a file anew at its new path and deletes the old one with the author's edits in
it, without a conflict. Run by Copier after an update, as a migration, and after a recopy, as a
task, this program takes that back and merges the whole book: the old version rendered again, what
the author committed, and the new version, each file in its new place.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

import yaml

from .book import BOOK_FILE
from .contests import Conflict, resolve
from .edition import load_edition
from .following import Follower, References
from .ownership import Ownership, load_rows
from .placement import Place, between, places
from .reconcile import reconcile, relocate
from .rendering import Render, RenderError, read_answers, render_all
from .repository import RESTORE, Blob, GitError, Repository, move_ignored
from .summary import Summary, summarize
from .yamlfile import load_yaml

HERE = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Update:
    """An update that Copier has done and that is to be done right.

    Attributes:
        book: the book's root.
        answers_file: the file that keeps its answers, relative to the root.
        conflict: whether a conflict leaves `inline` markers or a `rej` file, or whether `ours`, the
            author's version, wins, as in a recopy.
        exclude: patterns of files that the author told Copier to leave out.
    """

    book: Path
    answers_file: str
    conflict: Conflict
    exclude: tuple[str, ...]


@dataclass(frozen=True)
class Rendered:
    """A version of the book as the template writes it.

    Attributes:
        files: what it wrote.
        outline: the contents of its book.yml; empty for a book of folders only.
    """

    files: dict[str, Blob]
    outline: Mapping[str, Any]

    @property
    def places(self) -> tuple[Place, ...]:
        """Its chapters and appendices."""
        return places(self.outline)


def finish(update: Update) -> Summary | None:
    """Do an update right, and return what there is to say; None for a book that is not yet one.

    Raises:
        GitError: Git cannot read or write the repository.
        RenderError: one of the versions cannot be rendered.
    """
    repository = Repository(update.book)
    try:
        author = repository.files()
    except GitError:  # nothing was committed yet
        return None
    if update.answers_file not in author:
        return None
    old, new = _render_both(update, repository, author)
    placement = between(old.places, new.places, old.files, new.files, _renames())
    references = References(repository, author)
    relocation = relocate(old.files, author, new.files, placement, references)
    follower = Follower(repository, relocation, old.files, author)
    ownership = _ownership(update, new)
    outcome = reconcile(old.files, author, new.files, relocation, ownership.owner, follower)
    resolved = resolve(repository, outcome.contested, update.conflict)
    result = {**outcome.settled, **resolved.files}
    repository.put_in_place(result, outcome.renamed, resolved.marked)
    move_ignored(update.book, placement.directories)
    touched = {path: blob for path, blob in author.items() if old.files.get(path) != blob}
    linked = set(follower.rewritten(touched)) & result.keys() - outcome.replaced.keys()
    return summarize(old.places, new.places, placement, outcome, resolved, linked)


def _render_both(
    update: Update, repository: Repository, author: Mapping[str, Blob]
) -> tuple[Rendered, Rendered]:
    """Render the version that the book has, and the one that it is to have."""
    kept = author[update.answers_file]
    before = read_answers(repository.read([kept.id])[kept.id])
    written = (update.book / update.answers_file).read_bytes()
    with tempfile.TemporaryDirectory(prefix="copier-techbook.") as name:
        old = Render(
            before.get("_src_path", ""),
            before.get("_commit", ""),
            before,
            update.answers_file,
            Path(name) / "old",
            update.exclude,
        )
        new = Render(
            str(HERE.parent),
            "HEAD",
            read_answers(written),
            update.answers_file,
            Path(name) / "new",
            update.exclude,
        )
        lost = _render_or_do_without(old, new, optional=update.conflict == "ours")
        trees = [
            {} if render is lost else repository.store_folder(render.folder)
            for render in (old, new)
        ]
        outlines = [_outline(render.folder) for render in (old, new)]
    if lost:
        outlines[0] = _committed_outline(repository, author)
    trees[0][update.answers_file] = kept
    trees[1][update.answers_file] = Blob(kept.mode, *repository.store([written]))
    return Rendered(trees[0], outlines[0]), Rendered(trees[1], outlines[1])


def _render_or_do_without(old: Render, new: Render, *, optional: bool) -> Render | None:
    """Render both versions, and return the old one where it cannot be had and is `optional`.

    An author recopies a book when the version that it was made from is no longer there.
    """
    try:
        render_all([old, new])
    except RenderError:
        if not optional:
            raise
        shutil.rmtree(new.folder, ignore_errors=True)
        render_all([new])
        return old
    return None


def _outline(folder: Path) -> Mapping[str, Any]:
    file = folder / BOOK_FILE
    return load_yaml(file.read_bytes()) if file.is_file() else {}


def _committed_outline(repository: Repository, author: Mapping[str, Blob]) -> Mapping[str, Any]:
    """Return the outline that the author committed, where no version of the template has it."""
    if BOOK_FILE not in author:
        return {}
    blob = author[BOOK_FILE]
    try:
        found = load_yaml(repository.read([blob.id])[blob.id])
    except yaml.YAMLError:
        return {}
    return found if isinstance(found, dict) else {}


def _renames() -> dict[str, str]:
    return load_yaml((HERE / "moves.yml").read_text(encoding="utf-8")) or {}


def _ownership(update: Update, new: Rendered) -> Ownership:
    edition = new.outline.get("edition")
    known = load_edition(HERE / "editions" / f"{edition}.yml").known if edition else {}
    return Ownership(
        rows=load_rows(),
        chapters=frozenset(place.path for place in new.places),
        edition_chapters=frozenset(
            place.path for place in new.places if known.keys() & {place.id, *place.was}
        ),
        answers_file=update.answers_file,
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Finish the update that the command line describes, and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("book", type=Path, help="the book's root")
    parser.add_argument("--answers-file", required=True)
    parser.add_argument("--conflict", choices=get_args(Conflict), required=True)
    parser.add_argument("--exclude", type=json.loads, default=[], help="patterns, a JSON list")
    given = parser.parse_args(arguments)
    try:
        summary = finish(
            Update(given.book, given.answers_file, given.conflict, tuple(given.exclude))
        )
    except KeyboardInterrupt:
        return _failed("The update was interrupted.")
    except (GitError, RenderError, OSError) as error:
        return _failed(f"The update could not be finished: {error}")
    except Exception:
        _failed("The update stopped at a mistake of the template's; please report it.")
        raise
    for line in summary.lines() if summary else ():
        print(line)
    return 0


def _failed(sentence: str) -> int:
    advice = "Nothing that you committed is lost. Restore the book as it was:"
    print(f"{sentence}\n{advice}\n\n  {RESTORE}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
