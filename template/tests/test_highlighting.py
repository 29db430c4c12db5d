"""Listings have the colours that pandoc gives them, and the numbers that authors ask for."""

from __future__ import annotations

import ast
import builtins
import json
import keyword
import random
import re
import string
import subprocess
from collections.abc import Sequence
from pathlib import Path

from tests.support import build, make_book, write
from tools.build_scripts import pandoc

LIBRARY = Path(ast.__file__).parent
MODULES = ("ast", "asyncio/tasks", "dataclasses", "email/message", "json/decoder", "pdb", "types")
CODE = re.compile(r'<code class="language-python">(.*?)</code>', re.DOTALL)
THEIRS = re.compile(r'<pre[^>]*><code class="sourceCode python">(.*?)</code></pre>', re.DOTALL)
THEIR_LINE = re.compile(r'<span id="[^>]*><a href="[^>]*></a>(.*?)</span>$', re.MULTILINE)
# Marks of callouts, and what no manuscript may hold.
UNUSABLE = re.compile(r"<\d+>|[^\x20-\U0010ffff\n]")
STRANGE = "\"'(){}[]\\#.%:@!rbfu0_\n é"

STRINGS = r'''
"""A docstring, with \n, \d and "quotes" < & >.

FIXME: it goes on.
"""
"alone on a line" 'and another'
x = "%s %(name)-10.3f 50% complete %%", "{} {name!r:>10} {0[key].a:{width}} {{}}"
x = f"{a!r}{b:>10.2f} {c + d[0]:,} {{}} {f'{e}'} {g.h(1, 'i')} {j=}" F'{k}' f"{x:%Y-%m}"
x = b"\x00\d \N{DASH}" "\N{EM DASH}\u2014\U0001f600\777" u"u" r"\d+(?P<a>b)" Rb"\d" "é" b"é"
x = """not a docstring {0} \
""" if x else """open
'''
NUMBERS = """
1 1_000 0x1F 0b10 0o17 1.5 1. .5 1e9 1.5e-3 2j 012 1if x else 0xg x.1 x[1].real 1..real 0_0 1__0
a@b a @ b a@int(b) -1 --1 a if-1else b x := 3; y: int = 3; lambda *a, **k: a<b>=c!=d&e|f^~g//h%i
"""
STATEMENTS = """
@property
@app.get("/")  # TODO later
    @indented.decorator
match x:
    case [1, *rest] if rest: pass
    case _: pass
match = case = 1
async def f(self) -> None: yield from (yield)
print"x"; not"x"; yield  from x; yield fromage; from x import (y as z)
) ] } ( [ } ) { ] ) "in brackets"
x = $1 + ?y ` \\
"continued"
"""


def page_of(folder: Path, text: str) -> str:
    """Return the page of a chapter with a text."""
    book = make_book(folder)
    write(book / "chapters" / "01_first" / "chapter.md", f"# First\n\n{text}")
    write(book / "chapters" / "02_second" / "chapter.md", "# Second\n\nText.\n")
    done = build(book, "--format", "html")
    assert done.returncode == 0, done.stderr
    return (book / "book_build" / "html" / "first.html").read_text(encoding="utf-8")


def ours(folder: Path, codes: Sequence[str]) -> list[str]:
    """Return pieces of Python as a page of a book shows them."""
    fence = "~" * 40
    blocks = (f"{fence}python\n{code}\n{fence}\n" for code in codes)
    return CODE.findall(page_of(folder, "\n".join(blocks)))


def theirs(codes: Sequence[str]) -> list[str]:
    """Return pieces of Python as pandoc colours them."""
    blocks = [{"t": "CodeBlock", "c": [["", ["python"], []], code]} for code in codes]
    document = {"pandoc-api-version": [1, 23], "meta": {}, "blocks": blocks}
    done = subprocess.run(
        [pandoc.executable(), "--from", "json", "--to", "html", "--wrap", "none"],
        input=json.dumps(document),
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    return [THEIR_LINE.sub(r"\1", code) for code in THEIRS.findall(done.stdout)]


def assert_same(folder: Path, codes: Sequence[str]) -> None:
    usable = [code.strip("\n").rstrip() for code in codes if not UNUSABLE.search(code)]
    usable = [code for code in usable if code]
    found, expected = ours(folder, usable), theirs(usable)
    assert len(found) == len(expected) == len(usable)
    for code, mine, other in zip(usable, found, expected, strict=True):
        assert mine == other, code


def pieces(rng: random.Random) -> list[str]:
    """Return pieces of the standard library, cut anywhere between lines."""
    cut: list[str] = []
    for module in MODULES:
        lines = (LIBRARY / f"{module}.py").read_text(encoding="utf-8").split("\n")
        starts = [rng.randrange(len(lines)) for _ in range(30)]
        cut += ["\n".join(lines[start : start + rng.randrange(1, 30)]) for start in starts]
    return cut


def mutated(code: str, rng: random.Random) -> str:
    """Return code with some characters too many and some missing."""
    for _ in range(3):
        place = rng.randrange(len(code) + 1)
        put = rng.choice([rng.choice(STRANGE), ""])
        code = code[:place] + put + code[place + rng.randrange(3) :]
    return code


def test_code_has_the_colours_that_pandoc_gives(tmp_path: Path) -> None:
    """Whole listings and parts of them, as books show them."""
    rng = random.Random(1)
    lines = [line for text in (NUMBERS, STATEMENTS) for line in text.split("\n")]
    assert_same(tmp_path, [STRINGS, NUMBERS, STATEMENTS, *lines, *pieces(rng)])


def test_wrong_code_has_the_colours_that_pandoc_gives(tmp_path: Path) -> None:
    """Quotes that do not end, brackets that do not match, and the like."""
    rng = random.Random(2)
    codes = [mutated(code, rng) for code in (*pieces(rng), STRINGS, NUMBERS, STATEMENTS) * 2]
    letters = string.ascii_letters[:4] + STRANGE * 3
    noise = ["".join(rng.choices(letters, k=rng.randrange(1, 40))) for _ in range(300)]
    assert_same(tmp_path, [*codes, *noise])


def test_words_have_the_colours_that_pandoc_gives(tmp_path: Path) -> None:
    """The names of Python, the special ones of its objects included."""
    types = (int, float, str, list, dict, type, set, memoryview, complex)
    names = {name for kind in types for name in dir(kind)}
    words = sorted(names | set(dir(builtins)) | set(keyword.kwlist) | set(keyword.softkwlist))
    assert_same(tmp_path, ["\n".join(words), *(f"x.{word} = {word}(a)" for word in words)])


def test_brackets_may_nest_as_deep_as_they_like(tmp_path: Path) -> None:
    assert_same(tmp_path, ["(" * 5000 + "1" + ")" * 5000, 'f"{' * 300, "[{(" * 20 + "x"])


def test_lines_have_numbers_in_any_language(tmp_path: Path) -> None:
    listing = "```{%s .numberLines startFrom=7 highlight=2}\na = 1\n<b>\n```\n"
    text = "".join(listing % language for language in (".python", ".text", ".unheard-of"))
    page = page_of(tmp_path, text)
    assert page.count('<div class="code numbered">') == 3
    assert page.count('style="counter-reset: source-line 6;"') == 3
    assert page.count('<mark class="line">') == 3
    assert page.count('<span class="line">a = 1</span>') == 2
