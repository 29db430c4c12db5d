"""The tree and book.yml agree, and the templates that authors copy are sound."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tools.build_scripts.book import Entry, load

ROOT = Path(__file__).resolve().parent.parent
BOOK = load(ROOT)


@pytest.mark.parametrize("entry", BOOK.entries, ids=lambda entry: entry.id)
def test_every_entry_has_its_files(entry: Entry) -> None:
    folder = ROOT / entry.path

    assert (folder / "chapter.md").is_file()
    assert (folder / "README.md").is_file()
    assert (folder / "deliverables").is_dir()


def test_no_folder_stands_outside_the_outline() -> None:
    promised = {entry.path for entry in BOOK.entries}
    found = (path.parent for path in (ROOT / "chapters").rglob("chapter.md"))

    assert {folder.relative_to(ROOT).as_posix() for folder in found} == promised


def test_the_example_template_runs() -> None:
    example = ROOT / "templates" / "code_example_template.py"
    result = subprocess.run(
        [sys.executable, str(example), "Ada"], capture_output=True, text=True, check=True
    )

    assert result.stdout == "Hello, Ada!\n"


def test_the_diagram_template_is_a_drawing() -> None:
    drawing = ElementTree.parse(ROOT / "templates" / "diagram_template.drawio").getroot()

    assert drawing.tag == "mxfile"
    assert {cell.get("value") for cell in drawing.iter("mxCell")} >= {"Client", "Service"}
