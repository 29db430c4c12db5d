"""The code that the book shows: is it tested, and is what was marked to be shown there?"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tools.build_scripts.book import Problem
from tools.build_scripts.listings import Library, ListingError
from tools.build_scripts.tested import coverage, texts

# Where the programs of a book are, and what can be marked in them.
CODE = "src"


def unused_regions(root: Path, library: Library) -> Iterator[Problem]:
    """Yield the regions of the book's code that no listing shows."""
    shown = {(part.path, part.region) for part in library.shown}
    for path in texts(root, CODE):
        if path.endswith(".md"):
            continue  # shows what regions look like
        try:
            regions = library.file(path).regions
        except ListingError:
            continue
        for region in regions:
            if (path, region.name) not in shown:
                message = f"no listing shows the region '{region.name}'."
                yield Problem(path, region.first - 1, message)


def untested_files(root: Path, library: Library) -> Iterator[Problem]:
    """Yield the files that listings show and no test imports or names."""
    tested = coverage(root, {part.path for part in library.shown}).files
    for part, (chapter, line) in library.shown.items():
        if part.path not in tested:
            message = f"shows {part.path}, which no test imports or names; test what readers copy."
            yield Problem(chapter, line, message)
