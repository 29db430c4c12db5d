"""What an update says when it is done."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from .contests import Resolved
from .placement import Place, Placement, enclosing
from .reconcile import Outcome


@dataclass(frozen=True)
class Summary:
    """What an update did, each list in the order of the book.

    Attributes:
        added: the directories of new chapters.
        moved: old path and new path of chapters, and of what the template renamed.
        returned: a chapter's directory, and the draft that came back into it.
        parked: the old directory of a dropped chapter, and where what its author wrote is kept.
        dropped: the directories of dropped chapters in which the author had written nothing.
        merged: files in which the template's changes and the author's are joined.
        linked: files whose links lead to new places.
        replaced: computed files, each with the copy of what the author had changed.
        unshared: files of the author's that the template no longer has.
        kept: files in which the author's version won.
        rejected: files beside which changes of the author wait in a `.rej` file.
        conflicts: files in which markers wait.
    """

    added: tuple[str, ...]
    moved: tuple[tuple[str, str], ...]
    returned: tuple[tuple[str, str], ...]
    parked: tuple[tuple[str, str], ...]
    dropped: tuple[str, ...]
    merged: tuple[str, ...]
    linked: tuple[str, ...]
    replaced: tuple[tuple[str, str], ...]
    unshared: tuple[str, ...]
    kept: tuple[str, ...]
    rejected: tuple[str, ...]
    conflicts: tuple[str, ...]

    def lines(self) -> Iterator[str]:
        """Yield the summary as it is printed; nothing where there is nothing to say."""
        yield from _pairs("Moved", self.moved)
        yield from _listed("New", self.added)
        yield from _pairs("Back from drafts", self.returned)
        yield from _pairs("Left the outline; what you wrote is kept", self.parked)
        yield from _listed("Left the outline; you had written nothing in it", self.dropped)
        yield from _listed("Merged with your changes", self.merged)
        yield from _listed("Links rewritten", self.linked)
        yield from _pairs("Computed anew; your version is kept", self.replaced)
        yield from _listed("No longer in the template; yours is kept", self.unshared)
        yield from _listed("Changed by both; yours is kept", self.kept)
        yield from _listed("Changes that did not fit wait in .rej files beside", self.rejected)
        yield from _listed("Conflicts; edit the files, then `git add` them", self.conflicts)


def summarize(
    old: Sequence[Place],
    new: Sequence[Place],
    placement: Placement,
    outcome: Outcome,
    resolved: Resolved,
    linked: Iterable[str],
) -> Summary:
    """Gather what an update did.

    Args:
        old: the chapters before.
        new: the chapters now.
        placement: where each path went.
        outcome: what became of the author's files.
        resolved: what became of contested files.
        linked: the files whose links were rewritten.
    """
    directories = placement.directories
    parked = {enclosing(path, placement.dropped) for path in outcome.renamed}
    returned = {enclosing(path, placement.returned) for path in outcome.renamed}
    moved = directories.keys() - placement.dropped - placement.returned
    known = {place.path for place in old} | {directories[path] for path in moved | returned if path}
    drafts = {directories[path] for path in placement.dropped}
    unmerged = {*resolved.marked, *resolved.rejected, *resolved.kept}
    return Summary(
        added=tuple(place.path for place in new if place.path not in known),
        moved=(*_leading(moved, directories), *sorted(placement.files.items())),
        returned=_leading(returned, directories),
        parked=_leading(parked, directories),
        dropped=tuple(place.path for place in old if place.path in placement.dropped - parked),
        merged=tuple(sorted(outcome.contested.keys() - unmerged)),
        linked=tuple(sorted(linked)),
        replaced=tuple(sorted(outcome.replaced.items())),
        unshared=tuple(path for path in outcome.unshared if not enclosing(path, drafts)),
        kept=tuple(sorted(resolved.kept)),
        rejected=tuple(sorted(resolved.rejected)),
        conflicts=tuple(sorted(resolved.marked)),
    )


def _leading(
    sources: Iterable[str | None], directories: Mapping[str, str]
) -> tuple[tuple[str, str], ...]:
    """Return directories with where they lead, in the order of their names."""
    return tuple((source, directories[source]) for source in sorted(filter(None, sources)))


def _listed(heading: str, lines: Iterable[str]) -> Iterator[str]:
    for place, line in enumerate(lines):
        if place == 0:
            yield f"{heading}:"
        yield f"  {line}"


def _pairs(heading: str, pairs: Iterable[tuple[str, str]]) -> Iterator[str]:
    return _listed(heading, (f"{before} -> {after}" for before, after in pairs))
