"""A small book that holds every element that a chapter can hold."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support import HOSTILE, build, entry, make_book, write
from tools.build_scripts import book as books
from tools.build_scripts import cache
from tools.build_scripts.assets import place
from tools.build_scripts.chapters import Manuscript, read_manuscript
from tools.build_scripts.fill import fill_html
from tools.build_scripts.markdown import chapter_texts

APP = """\
@app.get("/books/{id}")  # <1>
async def read(id: int) -> Book:
    return await library.find(id, including="words that make a line wider than a phone is")  # <2>
"""
OLD = APP.replace("async ", "").replace("await ", "").replace("app.get", "app.route")
BIBLIOGRAPHY = """\
@book{knuth, author = {Knuth, Donald}, title = {The Art of Programming}, year = {1968}}
"""
FIRST = r"""# First

See `code`, $a|b$, @tbl-numbers, [@lst-server; @lst-change; @eq-energy],
[the second](../02_second/chapter.md),
[a section](#lists), stray Vec<dyn Fn()>, :rocket: and a note.[^n]

[^n]: A note with [a link](#lists).

    ```python
    x = 1
    ```

## Listings & *more* `code`

```{.python .numberLines include="src/app.py" #lst-server caption="A server, *whole*" highlight="2"}
```

1. The route.
2. It *waits*.

```console
$ python app.py

  <b>&amp;</b> ``` fences
```

```

no language
```

```{.python before="src/old.py" include="src/app.py" #lst-change caption="From Flask to FastAPI"}
```

## Lists

- [ ] todo
- [x] done
- nested

    1. one

        ```sh
        make
        ```

Term *one*

:   Definition.

API

:   An interface.

    More of it.

| Line one
|   Line two

> Quote
>
> > nested quote

H~2~O x^2^ ~~gone~~ [Ctrl+C]{.kbd} [marked]{.mark} [Small]{.smallcaps}
[odd]{fooBar="1" onclick="x()"}

## Lists

### Deep 😀 [link](#lists) {.was-former}

> [!NOTE]
> A note with an [event loop]{.index}, twice.[]{.index entry="event loop"}

::: {.warning title="Mind the gap"}
- a list

```python
code()
```
:::

> > [!TIP]
> > Inside.

::: {.tabs}
#### pip

```bash
pip install x
```

#### uv

> [!NOTE]
> In a tab.
:::

::: {.details summary="Solution & more"}
It is 42.

```python
42
```
:::

## Unnumbered {.unnumbered}

Text of @knuth.
"""
SECOND = r"""# Second

Second.[^1]

[^1]: Another note.

## Pictures

![A black pixel](../../assets/images/a%20pixel.png){#fig-pixel fig-alt="A pixel" credit="Ada"}

![Alone](dot.png) inline ![](../../assets/images/a%20pixel.png)

### See @fig-pixel, and more {.unnumbered}

## Tables

| a                                    | b     |
|--------------------------------------|------:|
| `x|y`                                | $|2|$ |
| [loop]{.index entry="event loop!in"} | **b** |

: Numbers {#tbl-numbers .wide}

+-------+-------+
| a     | b     |
+=======+=======+
| - x   | y     |
| - z   |       |
|       | two   |
+-------+-------+

## Formulas

$$E = mc^2$$ {#eq-energy}

$$\begin{align} a &= b \\ c &= d \end{align}$$ {#eq-two}

## Glossary {.unnumbered}

::: {.glossary}
ASGI

:   An interface, as [ASGI]{.gls} says.
:::
"""
TEXTS = {"first": FIRST, "second": SECOND, "überblick": "# Tools\n\n## Ä\n\n[Here](#ä).\n"}


@dataclass(frozen=True)
class Read:
    """The book as the writers get it, with the texts of its chapters."""

    manuscript: Manuscript
    html: list[str]
    markdown: list[str]


def make_everything(root: Path, **changes: Any) -> Path:
    """Write a book of a part with two chapters, and an appendix."""
    facts = {
        "title": HOSTILE,
        "subtitle": "Small & complete",
        "authors": [{"name": "Ada *Lovelace*"}, {"name": "Grace Hopper"}],
        "description": "1. A book to <test> with.",
        "chapters": [
            entry("first", 1, "1", "The first & best", "chapters/01_first") | {"was": ["old"]},
            entry("second", 2, "2", HOSTILE, "chapters/02_second"),
        ],
        "appendices": [entry("überblick", 1, "A", "Tools", "chapters/appendices/a_tools")],
    }
    book = make_book(root, **(facts | changes))
    write(book / "src" / "app.py", APP)
    write(book / "src" / "old.py", OLD)
    write(book / "research" / "references" / "bibliography.bib", BIBLIOGRAPHY)
    for one in books.load(book).entries:
        write(book / one.prose, TEXTS[one.id])
    pixel = (book / "assets" / "images" / "a pixel.png").read_bytes()
    (book / "chapters" / "02_second" / "dot.png").write_bytes(pixel)
    return book


def build_everything(root: Path, format: str) -> Path:
    """Write the book, and build it in a format."""
    book = make_everything(root)
    done = build(book, "--format", format)
    assert done.returncode == 0, done.stderr
    return book


def read(root: Path) -> Read:
    """Read a book."""
    with cache.opened(root, "chapters", fresh=False) as kept:
        found = read_manuscript(root, books.load(root), kept, ("html", "markdown"))
        places = {image: place(found, image) for image in found.images}
        html = [fill_html(found, chapter, places) for chapter in found.chapters]
        return Read(found, html, chapter_texts(found, places))
