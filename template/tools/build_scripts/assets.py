"""The images of the book, where the built formats keep them."""

from __future__ import annotations

from tools.build_scripts import pictures
from tools.build_scripts.chapters import Manuscript
from tools.build_scripts.output import Output

# The covers that an author can give; the first that there is counts.
COVERS = ("assets/images/cover.jpg", "assets/images/cover.png", "assets/images/cover.svg")


def copy_images(manuscript: Manuscript, output: Output) -> dict[str, str]:
    """Copy the images that the book shows.

    Args:
        manuscript: the book.
        output: where the format is written; the images go below `assets` in it.

    Returns:
        Where each image went, relative to the directory, by its path in the book.

    Raises:
        BuildError: an image cannot be copied.
    """
    copied = places(manuscript)
    for image, name in copied.items():
        output.copy(name, manuscript.root / image, image)
    return copied


def places(manuscript: Manuscript) -> dict[str, str]:
    """Return where the images of a book go, by their path in the book."""
    return {image: place(manuscript, image) for image in manuscript.images}


def place(manuscript: Manuscript, image: str) -> str:
    """Return where an image goes: its address stays the same when its chapter moves.

    What is not below the book's own `assets` goes to directories beginning with an underscore,
    so that no two images meet.
    """
    if image.startswith("assets/"):
        return image
    if image.startswith(f"{pictures.DIRECTORY}/"):
        return f"assets/_diagrams/{image.removeprefix(f'{pictures.DIRECTORY}/')}"
    for entry in manuscript.book.entries:
        if image.startswith(f"{entry.path}/"):
            return f"assets/_chapters/{entry.id}/{image.removeprefix(f'{entry.path}/')}"
    return f"assets/_book/{image}"
