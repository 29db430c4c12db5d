"""The code that the book shows: is it tested, and is what was marked to be shown there?"""

from __future__ import annotations

from collections.abc import Iterator

from tools.build_scripts.book import Problem
from tools.build_scripts.listings import ListingError
from tools.build_scripts.tested import coverage, texts
from tools.validation.context import Context

# Where the programs of a book are, and what can be marked in them.
CODE = "src"


def unused_regions(context: Context) -> Iterator[Problem]:
    """Yield the regions of the book's code that no listing shows.

    A region is shown as well when a listing shows it in a copy of its file: two examples may share
    a file to the byte, and readers need to see it once.
    """
    library = context.survey.library
    shown = {(library.file(part.path).digest, part.region) for part in library.shown}
    for path in texts(context.root, CODE):
        if path.endswith(".md"):
            continue  # shows what regions look like
        try:
            file = library.file(path)
        except ListingError:
            continue
        for region in file.regions:
            if (file.digest, region.name) not in shown:
                message = f"no listing shows the region '{region.name}'."
                yield Problem(path, region.first - 1, message, "unused-region")


def untested_files(context: Context) -> Iterator[Problem]:
    """Yield the files that listings show and no test imports or names.

    In a chapter that is said to be done they are more than a remark, and told by `evidence.py`.
    """
    library = context.survey.library
    tested = coverage(context.root, {part.path for part in library.shown}).files
    for part, (chapter, line) in library.shown.items():
        if part.path in tested or context.sources[chapter].front_matter.status == "done":
            continue
        message = f"shows {part.path}, which no test imports or names; test what readers copy."
        yield Problem(chapter, line, message, "untested")
