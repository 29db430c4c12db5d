"""Writing the whole book as one Markdown file that GitHub renders."""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path

import msgspec

from tools.build_scripts import pandoc
from tools.build_scripts.assets import copy_images
from tools.build_scripts.chapters import Manuscript
from tools.build_scripts.document import document, heading, inlines, paragraph, whole_book
from tools.build_scripts.pandoc import Json


def write_markdown(manuscript: Manuscript, destination: Path) -> None:
    """Write the book as one Markdown file, with its images beside it.

    Args:
        manuscript: the book.
        destination: the file to write; its images go to the directory `assets` next to it.

    Raises:
        BuildError: pandoc failed or had a complaint.
    """
    places = copy_images(manuscript, destination.parent)
    blocks = [*front_matter(manuscript), *whole_book(manuscript)]
    pandoc.run(
        [
            "--from=json",
            "--to=gfm",
            "--wrap=none",
            f"--lua-filter={pandoc.HERE / 'markdown.lua'}",
            f"--output={destination}",
        ],
        given=msgspec.json.encode(document(manuscript, blocks, {"images": places})),
    )


def front_matter(manuscript: Manuscript) -> list[Json]:
    """Return the title, who wrote it, what it is about, and the place of the contents."""
    book = manuscript.book
    day = datetime.fromtimestamp(manuscript.date, tz=timezone.utc).date()
    lines = [
        ", ".join(book.author_names),
        book.description,
        f"{manuscript.terms['Version']} {manuscript.version}, {day.isoformat()} · {book.rights}",
    ]
    subtitle = [paragraph([{"t": "Strong", "c": inlines(book.subtitle)}])] if book.subtitle else []
    return [
        heading(1, "", book.title, ["title", "unlisted"]),
        *subtitle,
        *(paragraph(inlines(line)) for line in lines if line),
        heading(1, "", manuscript.terms["Contents"], ["unlisted"]),
        {"t": "Div", "c": [["contents", [], []], []]},
    ]
