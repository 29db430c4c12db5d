"""A small book as the writers get it, made without the engine: chapters, fragments, an index."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any
from urllib.parse import quote

import msgspec
from tools.build_scripts import pandoc
from tools.build_scripts.assets import place
from tools.build_scripts.book import Book, Entry
from tools.build_scripts.chapters import Manuscript, ParsedChapter, Report
from tools.build_scripts.document import IndexEntry
from tools.build_scripts.markdown import address
from tools.build_scripts.terms import terms

# How the chapters are written, as fragments.lua reads them.
FORMAT = "markdown+emoji-raw_html-auto_identifiers-implicit_figures"
SCRIPT = Path(__file__).with_name("fragments.lua")
PLACEHOLDER = re.compile("\ufdd0([LI])(\\d+)\ufdd1")


# A picture of one black pixel.
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR42mNgYGAAAAAEAAHI6uv5AAAAAElFTkSuQmCC"
)
HOSTILE = "Quotes \" ' & <b>tags</b> {{ braces }} \\ *stars* `ticks` $x$ 😀"

FIRST = r"""
Intro with `code`, $a|b$ and [the table](#tbl-numbers), [chapter two](#sec-second),
[a section](#first-lists), [the equation](#eq-energy), stray Vec\<dyn Fn()\>, :rocket:
and a note.[^n]

[^n]: A note with [a link](#lst-server).

    ```python
    x = 1
    ```

## [1.1]{.header-section-number} Listings & *more* `code` {#first-listings}

::: {#lst-server .listing}
::: caption
[Listing 1.1]{.caption-label} A server, and what it holds
:::
::: source
[`src/app.py`](https://github.com/ada/tiny/blob/HEAD/src/app.py)
:::
``` {.python .numberLines data-language=python startFrom=5 data-highlight="2" data-marks="1:1 3:2"}
@app.get("/books/{id}")
async def read(id: int) -> Book:
    return await library.find(id, including="words that make a line wider than a phone is")
```
:::

::: annotations
1. The route.
2. It *waits*.
:::

::: {.listing .output}
``` {data-language=console}
$ python app.py

  <b>&amp;</b> ``` fences
```
:::

``` {.python data-language=python}

def plain(): ...

```

::: {#lst-change .comparison}
::: caption
[Listing 1.2]{.caption-label} From Flask to FastAPI
:::
::: before
::: source
`src/flask.py`
:::
``` {.python data-language=python data-removed="1"}
@app.route("/books")
def books(): ...
```
:::
::: after
``` {.python data-language=python data-added="1"}
@app.get("/books")
async def books(): ...
```
:::
:::

## [1.2]{.header-section-number} Lists {#first-lists}

- [ ] todo
- [x] done
- nested

    1. one

        ```sh
        make
        ```

Term *one*

:   Definition.

[]{#gls-api}API

:   An interface.

    More of it.

| Line one
|   Line two

> Quote
>
> > nested quote

H~2~O x^2^ ~~gone~~ [Ctrl+C]{.kbd} [marked]{.mark} [Small]{.smallcaps}

## [1.3]{.header-section-number} Lists {#first-lists-1}

### [[]{#first-former}1.3.1]{.header-section-number} Deep 😀 [link](#first-lists) {#first-deep}

::: note
::: title
Note
:::
A note with an [event loop]{#idx-1 .index entry="event loop"}.
:::

::: {.warning #first-warned}
::: title
Mind the gap
:::
- a list

``` {.python data-language=python}
code()
```
:::

> ::: tip
> ::: title
> Tip
> :::
> Inside.
> :::

::: {.tabs}
:::: {.tab}
::: title
pip
:::
``` {.bash data-language=bash}
pip install x
```
::::
:::: {.tab}
::: title
uv
:::
::: note
::: title
Note
:::
In a tab.
:::
::::
:::

::: {.details #first-more}
::: title
Solution & more
:::
It is 42.

``` {.python data-language=python}
42
```
:::

## [Unnumbered]{} {#first-unnumbered .unnumbered}

Text.
"""
SECOND = r"""
Second[^1]

[^1]: Another note.

## [2.1]{.header-section-number} Pictures {#second-pictures}

::: {#fig-pixel .figure}
![A pixel](assets/images/a pixel.png){width=50%}

[Figure 2.1]{.caption-label} A black pixel [Ada]{.credit}
:::

![Alone](chapters/second/dot.png) inline ![](assets/images/a pixel.png)

## [2.2]{.header-section-number} Tables {#second-tables}

| a | b |
|---|--:|
| `x|y` | $|2|$ |
| [loop]{#idx-2 .index entry="event loop!nested"} | **b** |

: [Table 2.1]{.caption-label} Numbers {#tbl-numbers .wide}

+-------+-------+
| a     | b     |
+=======+=======+
| - x   | y     |
| - z   |       |
|       | two   |
+-------+-------+

## [2.3]{.header-section-number} Formulas {#second-formulas}

[$$E = mc^2$$ [(2.1)]{.equation-number}]{#eq-energy .equation}

[$$\begin{aligned} a &= b \\ c &= d \end{aligned}$$ [(2.2)]{.equation-number}]{#eq-two .equation}

## References {#second-references .unnumbered}

::: {#refs .references .csl-bib-body}
::: {#ref-knuth .csl-entry}
[\[1\]]{.csl-left-margin}[Knuth, D. *TAOCP*.]{.csl-right-inline}
:::
:::

## Glossary {#second-glossary .unnumbered}

::: glossary
[ASGI]{#gls-asgi}

:   An interface.
:::
"""
TOOLS = """
## [A.1]{.header-section-number} Ä {#überblick-ä}

[Here](#überblick-ä), [there](#first-lists).
"""
TEXTS = {"first": FIRST, "second": SECOND, "überblick": TOOLS}


def book(**changes: Any) -> Book:
    """Return a book of a part with two chapters, and an appendix."""
    facts = {
        "schema": 1,
        "edition": "own",
        "title": HOSTILE,
        "subtitle": "Small & complete",
        "slug": "tiny",
        "authors": [{"name": "Ada *Lovelace*"}, {"name": "Grace Hopper"}],
        "description": "1. A book to <test> with.",
        "language": "en",
        "repository": "https://github.com/ada/tiny",
        "isbn": None,
        "licenses": {"text": "CC-BY-4.0", "code": "MIT"},
        "formats": ["epub", "markdown"],
        "parts": [{"title": "Beginnings", "first": "first"}],
        "chapters": [
            _entry("first", "1", "The first & best", was=["old"]),
            _entry("second", "2", HOSTILE),
        ],
        "appendices": [_entry("überblick", "A", "Tools")],
    }
    return msgspec.convert(facts | changes, Book)


def _entry(id: str, label: str, title: str, **more: Any) -> dict[str, Any]:
    return {
        "id": id,
        "number": 1,
        "label": label,
        "title": title,
        "path": f"chapters/{id}",
        "anchor": f"sec-{id}",
        "page": f"{id}.html",
        "summary": "What it is about.",
        **more,
    }


@dataclass(frozen=True)
class Fragments:
    """A book, and the texts of its chapters."""

    manuscript: Manuscript
    html: list[str]
    markdown: list[str]
    index: list[IndexEntry]


def make(root: Path, book: Book) -> Fragments:
    """Write the images of a book, and return its chapters."""
    for image in ("assets/images/a pixel.png", "chapters/second/dot.png"):
        (root / image).parent.mkdir(parents=True, exist_ok=True)
        (root / image).write_bytes(PNG)
    words = terms(book.language) | {"Before": "Before", "After": "After", "Output": "Output"}
    jobs = [
        {"chapter": {"id": e.id, "prefix": e.prefix, "label": e.label}, "text": TEXTS[e.id]}
        for e in book.entries
    ]
    writers = {
        name: str(pandoc.HERE / f"{lua}.lua")
        for name, lua in (("html", "html"), ("markdown", "gfm"))
    }
    given = msgspec.json.encode(
        {"format": FORMAT, "writers": writers, "words": words, "jobs": jobs}
    )
    answers = [
        msgspec.json.decode(line)
        for line in pandoc.run(["lua", str(SCRIPT)], given=given).splitlines()
    ]
    reports = [msgspec.convert(answer["report"], Report) for answer in answers]
    manuscript = Manuscript(
        book=book,
        root=root,
        version="1.2.3",
        date=1_700_000_000,
        terms=words,
        chapters=tuple(
            _chapter(root, entry, TEXTS[entry.id], report)
            for entry, report in zip(book.entries, reports, strict=True)
        ),
    )
    owners = {i.id: e for e, r in zip(book.entries, reports, strict=True) for i in r.ids}
    owners |= {entry.anchor: entry for entry in book.entries}
    return Fragments(
        manuscript,
        html=_filled(manuscript, answers, "html", lambda id: _page_address(owners[id], id)),
        markdown=_filled(manuscript, answers, "markdown", address),
        index=_index(answers),
    )


def _chapter(root: Path, entry: Entry, text: str, report: Report) -> ParsedChapter:
    known: dict[str, Any] = {
        "entry": entry,
        "source": root / entry.prose,
        "text": text,
        "report": report,
        "ast": {},
    }
    return ParsedChapter(**{field.name: known[field.name] for field in fields(ParsedChapter)})


def _page_address(owner: Entry, id: str) -> str:
    return quote(owner.page) if id == owner.anchor else f"{quote(owner.page)}#{quote(id)}"


def _filled(
    manuscript: Manuscript,
    answers: list[dict[str, Any]],
    format: str,
    link: Callable[[str], str],
) -> list[str]:
    """Return the fragments with the addresses of links and images."""

    def fill(answer: dict[str, Any]) -> str:
        def address(found: re.Match[str]) -> str:
            number = int(found[2])
            if found[1] == "I":
                return quote(place(manuscript, answer["report"]["images"][number]["path"]))
            return link(answer["report"]["links"][number]["id"])

        return PLACEHOLDER.sub(address, answer[format])

    return [fill(answer) for answer in answers]


def _index(answers: list[dict[str, Any]]) -> list[IndexEntry]:
    found: dict[tuple[str, ...], list[tuple[int, str]]] = {}
    for number, answer in enumerate(answers):
        for entry in answer["report"]["index_entries"]:
            found.setdefault(tuple(entry["entry"].split("!")), []).append((number, entry["id"]))
    return [(levels, tuple(places)) for levels, places in sorted(found.items())]
