"""Other generators, each with the plain chapters and the configuration that it needs."""

from __future__ import annotations

import shutil
import sysconfig
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from tests.bench_book import TITLE

# Pandoc's Markdown with the callouts of the book, which the other generators know too.
PANDOC = ("--from=markdown+alerts", "--to=chunkedhtml", "--mathml", f"--metadata=title:{TITLE}")
MATERIAL_EXTENSIONS = [
    "attr_list",
    "footnotes",
    "tables",
    "pymdownx.superfences",
    "pymdownx.highlight",
    {"pymdownx.arithmatex": {"generic": True}},
    {"pymdownx.quotes": {"callouts": True}},
]


@dataclass(frozen=True)
class Rival:
    """Another generator.

    Attributes:
        name: its name in the table.
        program: the program that builds.
        arguments: what it is called with, in the folder of its project.
        write: makes the project of chapters, given by their file names.
        site: where it writes pages, in the folder of its project.
        cache: what it keeps for the next build, if anything.
    """

    name: str
    program: str
    arguments: tuple[str, ...]
    write: Callable[[Path, Mapping[str, str]], None]
    site: str = "site"
    cache: str | None = None

    def command(self) -> tuple[str, ...] | None:
        """Return what runs it, or None where it is not installed."""
        found = shutil.which(self.program, path=sysconfig.get_path("scripts"))
        return (found, *self.arguments) if found else None

    def clean(self, project: Path) -> None:
        """Remove all that it wrote."""
        for name in filter(None, (self.site, self.cache)):
            shutil.rmtree(project / name, ignore_errors=True)


def write_chapters(folder: Path, chapters: Mapping[str, str]) -> None:
    """Write chapters into a new folder."""
    folder.mkdir(parents=True)
    for name, text in chapters.items():
        (folder / name).write_text(text, encoding="utf-8")


def write_mdbook(project: Path, chapters: Mapping[str, str]) -> None:
    """Write a project for mdBook."""
    summary = "".join(f"- [{_title(text)}]({name})\n" for name, text in chapters.items())
    write_chapters(project / "src", {**chapters, "SUMMARY.md": f"# Summary\n\n{summary}"})
    (project / "book.toml").write_text(f'[book]\ntitle = "{TITLE}"\n', encoding="utf-8")


def write_material(project: Path, chapters: Mapping[str, str]) -> None:
    """Write a project for Material for MkDocs, which Zensical reads too."""
    contents = "".join(f"- [{_title(text)}]({name})\n" for name, text in chapters.items())
    write_chapters(project / "docs", {**chapters, "index.md": f"# {TITLE}\n\n{contents}"})
    settings = {
        "site_name": TITLE,
        "site_url": "https://example.org/",
        "use_directory_urls": False,
        "theme": {"name": "material", "font": False},
        "markdown_extensions": MATERIAL_EXTENSIONS,
        "nav": [{_title(text): name} for name, text in chapters.items()],
    }
    (project / "mkdocs.yml").write_text(yaml.safe_dump(settings, sort_keys=False), "utf-8")


def pandoc_arguments(site: str, chapters: Sequence[str]) -> tuple[str, ...]:
    """Return the arguments that make pandoc write one page for each chapter, named by its id."""
    return (*PANDOC, "--chunk-template=%i.html", f"--output={site}", *chapters)


def _title(text: str) -> str:
    return text.split("\n", 1)[0].removeprefix("# ").partition(" {")[0]


RIVALS = {
    "mdbook": Rival("mdBook", "mdbook", ("build",), write_mdbook, site="book"),
    "zensical": Rival("Zensical", "zensical", ("build",), write_material, cache=".cache"),
    "mkdocs": Rival("MkDocs Material", "mkdocs", ("build", "--quiet"), write_material),
}
