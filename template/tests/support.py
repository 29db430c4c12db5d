"""A small book to test the tools with, and ways to look at what they make of it."""

from __future__ import annotations

import base64
import os
import socket
import subprocess
import sys
import unicodedata
from collections import Counter
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote

import msgspec.json
import msgspec.yaml

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "tools" / "build_scripts" / "build_book.py"
STATUS = ROOT / "tools" / "build_scripts" / "status.py"
MAKE_ASSETS = ROOT / "tools" / "build_scripts" / "make_assets.py"
VALIDATE = ROOT / "tools" / "validation" / "validate_book.py"
FORMATS = ("html", "epub", "pdf", "markdown")
# The pages of every website besides those of its chapters.
OWN_PAGES = {"404.html", "index.html", "print.html", "status.html"}

# A picture of one black pixel.
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR42mNgYGAAAAAEAAHI6uv5AAAAAElFTkSuQmCC"
)
HOSTILE = "Quotes \" ' & <b>tags</b> {{ braces }} \\ *stars* `ticks` $x$ 😀"
ARABIC = "مقدمة في البرمجة"
LONG = ("A title that goes on and on " * 8)[:200].strip()

FIRST = """\
---
status: drafted
---

# The first chapter

See [the second](../02_second/chapter.md), [its end](../02_second/chapter.md#the-end--at-last),
[the table](../02_second/chapter.md#tbl-numbers), [the appendix](../appendices/a_tools/chapter.md),
[this section](#waiting), [the code](../../src/app.py) and [the overview](../02_second/README.md).

<!-- ![hidden](nowhere.png) -->

## Waiting

Stray generics such as Vec<dyn Fn()> are text.[^1] The formula $e = mc^2$ is one.

[^1]: A note.

> [!WARNING]
> Mind the gap.

```python
print("![not an image](nowhere.png)")
```

### Deeper

![A pixel](../../assets/images/a%20pixel.png)

## Unnumbered {.unnumbered}
"""
SECOND = """\
# The second chapter

Back to [the first](../01_first/chapter.md#waiting).

## The end — at last

| a | b |
|---|--:|
| 1 |   2 |

: Numbers. {#tbl-numbers}

## The end — at last

> [!NOTE]
> **To be written.** What comes after the end.
"""
RENAMED = """\
# The second chapter {.was-the-former-title}

[Title](#the-former-title), [old](#old-title), [label](#sec-old), [trees](#fig-trees),
[chapter](#sec-erste), [quoted](#zitat).

## New title {.was-old-title .was-überblick}

Text.

### Named *again* {#new .was-old .was-sec-old}

#### Four {.was-vier}

##### Five {.was-fünf}

###### Six {#sec-six .unnumbered .was-fig-trees}

> ## Quoted {class="was-zitat"}

Setext {.was-underlined}
------------------------
"""


def entry(id: str, number: int, label: str, title: str, path: str) -> dict[str, Any]:
    return {
        "id": id,
        "number": number,
        "label": label,
        "title": title,
        "path": path,
        "anchor": f"sec-{id}",
        "page": f"{id}.html",
        "summary": "What it is about.",
        "sections": [],
        "deliverables": [{"path": "deliverables/plan.md", "title": "Plan"}],
    }


def book_data() -> dict[str, Any]:
    return {
        "schema": 1,
        "edition": "own",
        "title": f"Tiny {HOSTILE}",
        "subtitle": None,
        "slug": "tiny",
        "authors": [{"name": "Ada Lovelace"}],
        "description": "A book to test with.",
        "language": "en",
        "repository": "https://github.com/ada/tiny",
        "isbn": None,
        "licenses": {"text": "CC-BY-4.0", "code": "MIT"},
        "formats": ["html"],
        "parts": [{"title": "Beginnings", "first": "first"}],
        "chapters": [
            entry("first", 1, "1", HOSTILE, "chapters/01_first"),
            entry("second", 2, "2", ARABIC, "chapters/02_second"),
            entry("third", 3, "3", LONG, "chapters/03_third"),
        ],
        "appendices": [entry("tools", 1, "A", "Tools", "chapters/appendices/a_tools")],
        "phases": [],
        "milestones": [],
    }


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")


def make_book(root: Path, **changes: Any) -> Path:
    """Write a book of three chapters and an appendix."""
    write(root / "book.yml", msgspec.yaml.encode(book_data() | changes).decode())
    write(root / "pyproject.toml", '[project]\nname = "tiny"\nversion = "1.2.3"\n')
    write(root / "LICENSE", "MIT\n")
    write(root / "LICENSE-TEXT.md", "# CC-BY-4.0\n")
    write(root / "src" / "app.py", "print('hello')\n")
    write(root / "chapters" / "01_first" / "chapter.md", FIRST)
    write(root / "chapters" / "02_second" / "chapter.md", SECOND)
    write(root / "chapters" / "02_second" / "README.md", "[The text](chapter.md)\n")
    write(root / "chapters" / "03_third" / "chapter.md", "---\nstatus: planned\n---\n\n# Third\n")
    write(
        root / "chapters" / "appendices" / "a_tools" / "chapter.md", "# Tools\n\n## One\n\nText.\n"
    )
    picture = root / "assets" / "images" / "a pixel.png"
    picture.parent.mkdir(parents=True)
    picture.write_bytes(PNG)
    write(root / "assets" / "sources.yml", "assets/images/a pixel.png: own\n")
    return root


def run(script: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run a tool from another directory, as somebody may."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return subprocess.run(
        [sys.executable, str(script), *map(str, arguments)],
        capture_output=True,
        encoding="utf-8",
        cwd=Path(sys.prefix),
        env={**environment, "PYTHONIOENCODING": "utf-8"},
        check=False,
    )


def build(book: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return run(BUILD, "--book", book, *arguments)


def files_of(directory: Path) -> dict[str, bytes]:
    paths = (path for path in directory.rglob("*") if path.is_file())
    return {path.relative_to(directory).as_posix(): path.read_bytes() for path in paths}


class Page(HTMLParser):
    """A page's ids, the addresses it refers to, its headings, and its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.addresses: list[str] = []
        self.headings: list[str] = []
        self.text = ""
        self._in_heading = False
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        for name, value in attributes:
            if name == "id":
                self.ids.add(value or "")
            elif name in ("href", "src"):
                self.addresses.append(value or "")
        if tag in ("h1", "h2", "h3"):
            self._in_heading = True
            self.headings.append("")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("h1", "h2", "h3"):
            self._in_heading = False
            self.headings[-1] = self.headings[-1].strip()

    def handle_data(self, data: str) -> None:
        self.text += data
        if self._in_heading:
            self.headings[-1] += data


def dead_links(pages: dict[str, Page], files: set[str]) -> Iterator[str]:
    """Yield the addresses of pages that lead to no file or to no id."""
    for name, page in pages.items():
        for address in page.addresses:
            if "://" in address or address.startswith("data:"):
                continue
            path, _, fragment = unquote(address).partition("#")
            target = (PurePosixPath(name).parent / path).as_posix() if path else name
            parts: list[str] = []
            for part in target.split("/"):
                if part == "..":
                    parts.pop()
                else:
                    parts.append(part)
            target = "/".join(parts)
            is_there = target in files and (
                not fragment or target not in pages or fragment in pages[target].ids
            )
            if not is_there:
                yield f"{name}: {address}"


def read_site(directory: Path) -> tuple[dict[str, Page], set[str]]:
    files = files_of(directory)
    pages = {
        name: Page(data.decode("utf-8")) for name, data in files.items() if name.endswith(".html")
    }
    return pages, set(files)


def github_slug(heading: str, seen: Counter[str]) -> str:
    """Return the fragment of a heading by GitHub's rules."""
    kept = (
        c
        for c in heading.lower()
        if c in " -"
        or unicodedata.category(c)[0] in "LM"
        or unicodedata.category(c) in ("Nd", "Pc")
    )
    slug = "".join(kept).replace(" ", "-")
    seen[slug] += 1
    return slug if seen[slug] == 1 else f"{slug}-{seen[slug] - 1}"


def free_port() -> int:
    """Return a port that nobody uses."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port
