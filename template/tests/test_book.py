"""The tree and book.yml agree, and the templates that authors copy are sound."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent
BOOK = yaml.safe_load((ROOT / "book.yml").read_text(encoding="utf-8"))
ENTRIES = BOOK["chapters"] + BOOK["appendices"]


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry["id"])
def test_every_entry_has_its_files(entry: dict[str, str]) -> None:
    folder = ROOT / entry["path"]

    assert (folder / "chapter.md").is_file()
    assert (folder / "README.md").is_file()
    assert (folder / "deliverables").is_dir()


def test_no_folder_stands_outside_the_outline() -> None:
    promised = {Path(entry["path"]) for entry in ENTRIES}
    found = {
        path.parent.relative_to(ROOT) for path in (ROOT / "chapters").rglob("chapter.md")
    }

    assert found == promised


def test_the_example_template_runs() -> None:
    command = [sys.executable, ROOT / "templates" / "code_example_template.py", "Ada"]
    result = subprocess.run(command, capture_output=True, text=True, check=True)

    assert result.stdout == "Hello, Ada!\n"


def test_the_diagram_template_is_a_drawing() -> None:
    drawing = ElementTree.parse(ROOT / "templates" / "diagram_template.drawio").getroot()

    assert drawing.tag == "mxfile"
    assert {cell.get("value") for cell in drawing.iter("mxCell")} >= {"Client", "Service"}
