"""What is wrong in a book is told once, where it is, and as whoever asks can read it."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import msgspec.yaml
import pytest
from PIL import Image

from tests.support import BUILD, PNG, ROOT, VALIDATE, book_data, entry, make_book, run, write
from tools.validation.rules import RULES

BROKEN = """\
---
status: drafted
---

# The broken chapter

# Another title

A note[^lost], a label @fig-nowhere, a source [@nobody2020], and a [word]{.gls}.

See [nowhere](gone.md), and [the label](#sec-taken).

![](../../assets/images/a%20pixel.png)

![A picture that is not there](../../assets/images/gone.png)

![An orphan](../../assets/images/orphan.png) ![Wide](../../assets/images/wide.png)

The formula $\\frac{1$ is none. <!-- a comment ends --> And <b>this</b> is text.

## One {#sec-taken}

## Two {#sec-other .was-sec-taken}

#### Four

```{.python include="src/gone.py"}
```

```python
x = 1
def f(:
    pass
```

```{.dot fig-alt="Nothing"}
digraph { a -> }
```

It is [40 % faster]{.claim}, and [17 times](../../research/data.csv){.claim} the size of
[3.5 seconds](../../research/data.csv){.claim}.

The adress of Fast API
was written by nobody
in order to please,
being very unique.

```{.python include="src/marked.py" region="shown"}
```

```{.text output="src/prints.py"}
```
"""
GLOSSARY = """\
# Tools

::: glossary
FastAPI
: A framework.
:::

## Two {#sec-taken}
"""
THIRD = "chapters/03_third/chapter.md"
TOOLS = "chapters/appendices/a_tools/chapter.md"
REVIEWED = "chapters/05_reviewed/chapter.md"
PASTED = f"""\
---
status: reviewed
---

# Reviewed

```python
{"x = 1" * 7}
```

```{{.python .snippet}}
{"x = 1" * 8}
```

```{{.python #lst-long}}
{"x = 1" * 8}
```

> [!NOTE]
> **To be written.** The end.

TODO: find a better word.
""".replace("x = 1", "x = 1\n")
DONE = "chapters/06_done/chapter.md"
CLAIMED = """\
---
status: done
---

# Done

## Objectives {.unnumbered}

Text.

```{.python include="src/marked.py" region="shown"}
```
"""
# What breaks which rule: the file, and a text of the line that is at fault.
DEFECTS = (
    ("second-title", THIRD, "# Another title"),
    ("footnote", THIRD, "A note"),
    ("reference", THIRD, "A note"),
    ("citation", THIRD, "A note"),
    ("glossary", THIRD, "A note"),
    ("link", THIRD, "See [nowhere]"),
    ("alt-text", THIRD, "![](.."),
    ("image", THIRD, "![A picture"),
    ("formula", THIRD, "The formula"),
    ("label", THIRD, "## One"),
    ("alias", THIRD, "## Two"),
    ("heading", THIRD, "#### Four"),
    ("listing", THIRD, "src/gone.py"),
    ("origin", THIRD, "![An orphan]"),
    ("image-size", "assets/images/wide.png", None),
    ("unused-asset", "assets/images/wide 2.png", None),
    ("drawing", "assets/diagrams/flow.dot", None),
    ("code", THIRD, "def f(:"),
    ("diagram", THIRD, "digraph"),
    ("claim", THIRD, "It is [40"),
    ("claim", THIRD, "It is [40"),
    ("spelling", THIRD, "The adress"),
    ("term", THIRD, "The adress"),
    ("passive", THIRD, "was written by"),
    ("wording", THIRD, "in order to"),
    ("wording", THIRD, "being very unique"),
    ("untested", THIRD, "src/marked.py"),
    ("output", THIRD, "src/prints.py"),
    ("label", TOOLS, "## Two"),
    ("pasted", REVIEWED, "```{.python #lst-long}"),
    ("unwritten", REVIEWED, "**To be written.**"),
    ("marker", REVIEWED, "TODO: find"),
    ("section", REVIEWED, None),
    ("deliverable", "chapters/06_done/deliverables/plan.md", None),
    ("proof", DONE, "src/marked.py"),
    ("empty-chapter", "chapters/04_fourth/chapter.md", None),
    ("outline", "chapters/07_stray", None),
    ("file", "docs/latin.md", "caf"),
    ("link", "docs/guide.md", "gone.md"),
    ("link", "docs/guide.md", "#nowhere"),
    ("licence", "LICENSE", None),
    ("unused-region", "src/marked.py", "region: hidden"),
    ("built-link", "book_build/html/first.html", "nowhere.html"),
)
# A chapter that cannot be read leaves open what others refer to, so these have books of their own.
LONE_DEFECTS = (
    ("front-matter", THIRD, "---\nstatus: finished\n---\n\n# T\n\nText.\n", 2),
    ("markup", THIRD, "# T\n\nText.\n\n<!-- no end\n", 5),
    ("file", THIRD, None, None),
    ("bibliography", "research/references/bibliography.bib", "@article{x, title = {", 1),
)
NEVER_BROKEN_HERE = {"external-link"}


def found(book: Path, *arguments: str) -> list[dict[str, Any]]:
    done = run(VALIDATE, "--book", book, "--format", "json", "--remarks", *arguments)
    assert done.returncode in (0, 1), done.stderr
    findings: list[dict[str, Any]] = json.loads(done.stdout)["findings"]
    assert done.returncode == any(one["severity"] != "remark" for one in findings)
    return findings


def line_of(file: Path, text: str | None) -> int | None:
    if text is None:
        return None
    lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
    return next(number for number, line in enumerate(lines, start=1) if text in line)


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> Path:
    book = make_book(tmp_path_factory.mktemp("broken") / "book")
    assert run(BUILD, "--book", book, "--format", "html").returncode == 0
    page = book / "book_build" / "html" / "first.html"
    write(page, page.read_text("utf-8") + '<p><a href="nowhere.html">x</a></p>\n')
    chapters = book_data()["chapters"]
    chapters.append(entry("fourth", 4, "4", "Fourth", "chapters/04_fourth"))
    chapters.append(entry("reviewed", 5, "5", "Reviewed", "chapters/05_reviewed"))
    chapters.append(entry("done", 6, "6", "Done", "chapters/06_done"))
    data = {**book_data(), "chapters": chapters}
    (book / "book.yml").write_bytes(msgspec.yaml.encode(data))
    write(book / THIRD, BROKEN)
    write(book / TOOLS, GLOSSARY)
    write(book / "chapters" / "04_fourth" / "chapter.md", "# Fourth\n")
    write(book / REVIEWED, PASTED)
    write(book / DONE, CLAIMED)
    write(book / "templates" / "chapter_template.md", "# T\n\n## Objectives {.unnumbered}\n")
    write(book / "chapters" / "07_stray" / "notes.md", "# Notes\n")
    (book / "docs").mkdir()
    (book / "docs" / "latin.md").write_bytes("# caf\u00e9\n".encode("latin-1"))
    write(book / "docs" / "guide.md", "# Guide\n\n[a](#guide) [b](gone.md)\n[c](#nowhere)\n")
    write(book / "research" / "data.csv", "what,value\nratio,18\nseconds,3.50\n")
    marked = "# region: shown\nx = 1\n# endregion\n# region: hidden\ny = 2\n# endregion\n"
    write(book / "src" / "marked.py", marked)
    write(book / "src" / "prints.py", "print(1)\n")
    write(book / "src" / "prints.out", "2\n")
    (book / "LICENSE").unlink()
    images = book / "assets" / "images"
    (images / "orphan.png").write_bytes(PNG)
    for name in ("wide.png", "wide 2.png"):
        Image.new("1", (4000, 1)).save(images / name)
    origins = "assets/images/a pixel.png: own\nassets/images/wide.png: own\n"
    write(book / "assets" / "sources.yml", origins)
    write(book / "assets" / "diagrams" / "flow.dot", "digraph { a -> b }\n")
    return book


def test_a_sound_book_has_no_findings(tmp_path: Path) -> None:
    assert found(make_book(tmp_path / "book")) == []


def test_every_defect_is_told_once_at_its_line(broken: Path) -> None:
    expected = [(rule, path, line_of(broken / path, at)) for rule, path, at in DEFECTS]

    findings = found(broken)

    assert sorted(map(str, expected)) == sorted(
        str((one["rule"], one["path"], one["line"])) for one in findings
    )


@pytest.mark.parametrize(("rule", "path", "text", "line"), LONE_DEFECTS)
def test_what_cannot_be_read_is_told(
    rule: str, path: str, text: str | None, line: int | None, tmp_path: Path
) -> None:
    book = make_book(tmp_path / "book")
    write(book / THIRD, "# Third\n\nAs [@someone] says.\n")
    if text is None:
        (book / path).unlink()
    else:
        write(book / path, text)

    findings = [one for one in found(book) if one["rule"] != "citation"]

    assert [(one["rule"], one["path"], one["line"]) for one in findings] == [(rule, path, line)]


def test_every_rule_is_broken_by_a_test_and_described() -> None:
    broken_rules = {rule for rule, _, _ in DEFECTS} | {rule for rule, *_ in LONE_DEFECTS}
    page = (ROOT / "docs" / "contributing" / "validation.md").read_text(encoding="utf-8")

    told = re.findall(r"^\| `([a-z-]+)` \| (\w+) \|", page, re.MULTILINE)

    assert broken_rules | NEVER_BROKEN_HERE == {rule.id for rule in RULES}
    assert told == [(rule.id, rule.severity) for rule in RULES]


def test_columns_are_told(broken: Path) -> None:
    line = "The adress of Fast API"
    columns = {one["rule"]: one["column"] for one in found(broken, "--only", "term")}

    assert columns == {"term": line.index("Fast") + 1}


def test_editors_scanners_and_github_can_read_it(broken: Path) -> None:
    only = ("--only", "link", "--only", "licence", "--book", broken)
    text = run(VALIDATE, *only)
    sarif = run(VALIDATE, *only, "--format", "sarif")
    github = run(VALIDATE, *only, "--format", "github")

    place = f"{THIRD}:11:15"
    assert text.stdout.splitlines()[0].startswith(f"{place}: link: the link 'gone.md' leads")
    (scan,) = json.loads(sarif.stdout)["runs"]
    first = scan["results"][0]
    region = first["locations"][0]["physicalLocation"]["region"]
    assert (first["ruleId"], first["level"]) == ("link", "error")
    assert region == {"startLine": 11, "startColumn": 15}
    assert {rule["id"] for rule in scan["tool"]["driver"]["rules"]} == {rule.id for rule in RULES}
    assert github.stdout.startswith(f"::error file={THIRD},line=11,col=15,title=link::the link")
    assert "::warning file=LICENSE,title=licence::is missing" in github.stdout
    assert {text.returncode, sarif.returncode, github.returncode} == {1}


def test_one_rule_can_be_asked_for(broken: Path) -> None:
    assert {one["rule"] for one in found(broken, "--only", "unused-region")} == {"unused-region"}
    assert run(VALIDATE, "--book", broken, "--only", "nonsense").returncode == 2


def test_a_region_is_shown_by_a_copy_of_its_file(tmp_path: Path) -> None:
    book = make_book(tmp_path / "book")
    marked = "# region: part\nx = 1\n# endregion\n"
    write(book / "src" / "one.py", marked)
    write(book / "src" / "copy.py", marked)
    write(book / "src" / "other.py", marked.replace("1", "2"))
    listing = '```{.python include="src/one.py" region="part"}\n```\n'
    write(book / THIRD, f"# Third\n\n{listing}")

    told = found(book, "--only", "unused-region")

    assert [(one["path"], one["line"]) for one in told] == [("src/other.py", 1)]


def test_what_can_be_mended_is_mended_once(broken: Path, tmp_path: Path) -> None:
    book = tmp_path / "book"
    shutil.copytree(broken, book)
    chapter = book / THIRD
    chapter.write_bytes(b"\xef\xbb\xbf" + chapter.read_bytes().replace(b"\n", b"\r\n"))
    before = chapter.read_bytes()
    fixable = ("--only", "spelling", "--only", "term", "--book", book)

    first = run(VALIDATE, *fixable, "--fix")

    after = chapter.read_bytes()
    assert (first.returncode, first.stdout) == (0, "")
    assert "Mended 2 problems." in first.stderr
    assert after == before.replace(b"adress", b"address").replace(b"Fast API", b"FastAPI")
    second = run(VALIDATE, *fixable, "--fix")
    assert second.returncode == 0
    assert chapter.read_bytes() == after


def test_a_claim_is_looked_for_in_each_cell_of_a_csv(tmp_path: Path) -> None:
    book = make_book(tmp_path / "book")
    write(book / "research/data.csv", 'flask,fastapi\n953,983\n"1,200",7;8\n')
    said = ("[953](…), [983](…), [1200](…), [1,200](…), [7](…)", "[953983](…)", "[200](…)")
    claims = "\n\n".join(said).replace("(…)", "(../../research/data.csv){.claim}")
    write(book / THIRD, f"# Third\n\n{claims}\n")

    assert [one["line"] for one in found(book, "--only", "claim")] == [5, 7]


def test_names_of_modules_and_files_are_no_terms(tmp_path: Path) -> None:
    book = make_book(tmp_path / "book")
    write(book / TOOLS, GLOSSARY.partition("##")[0])
    text = "`fastapi`, fastapi.py, src/fastapi, <https://fastapi.example>, FastAPI and FastAPIs"
    write(book / THIRD, f"# Third\n\n[The fastapi](https://fastapi.example): {text}.\n")

    assert [one["column"] for one in found(book, "--only", "term")] == [6]


def test_what_is_wrong_on_purpose_is_left(tmp_path: Path) -> None:
    book = make_book(tmp_path / "book")
    write(
        book / THIRD,
        "# Third\n\n```{.python .invalid}\ndef f(:\n```\n\n```python\n>>> 1 +\n```\n\n"
        "> ```yaml\n> a: [1\n> ```\n\n- In a list:\n\n  ```python\n  x = 1\n  ```\n",
    )

    assert [(one["rule"], one["line"]) for one in found(book)] == [("code", 12)]


def test_a_book_in_another_language_is_not_read_as_english(tmp_path: Path) -> None:
    book = make_book(tmp_path / "book")
    (book / "book.yml").write_bytes(msgspec.yaml.encode({**book_data(), "language": "de"}))
    write(book / THIRD, "# Dritter\n\nDie adress in order to.\n")

    assert found(book) == []


def test_validation_that_cannot_run_says_so(tmp_path: Path) -> None:
    done = run(VALIDATE, "--book", tmp_path)

    assert done.returncode == 2
    assert done.stderr.startswith("book.yml: ")


def test_a_tool_that_is_missing_is_named(broken: Path) -> None:
    done = run(VALIDATE, "--book", broken, "--only", "external-link")

    if shutil.which("lychee") is None:
        assert done.returncode == 2
        assert done.stderr.startswith("lychee: is not installed; run: ")
