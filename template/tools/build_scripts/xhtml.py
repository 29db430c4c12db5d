"""The texts of the website as XHTML that e-readers show."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import unescape
from urllib.parse import quote, unquote
from xml.parsers import expat

from tools.build_scripts.book import BuildError, Problem

# How far in, in steps of two spaces, the style sheet lets the lines of a listing begin.
DEEPEST = 6

# In the texts every "<" begins a tag, and quotes stand in tags only, so none of this meets prose.
_LINK = re.compile(r'href="([^":#]+)(#[^"]*)?"')
_IMAGE = re.compile(r'src="([^"]*)"')
_FOOTNOTE = re.compile(r'<li id="([^"]*fn\d+)"')
_CODE = re.compile(r"(<pre[^>]*><code[^>]*>)(.*?)(?=</code></pre>)", re.DOTALL)
# A line of code that has an element of its own.
_LINE = re.compile(r'<(?P<tag>\w+) class="line">(?P<text>.*)</(?P=tag)>')
_BOX = re.compile(r'<input type="checkbox"( checked="[^"]*")? */>')
_DROPPED = re.compile(
    r'\s(?:tabindex|loading|on\w+|data-[^\s=]+)="[^"]*"'
    r'|<a\s[^>]*class="anchor"[^>]*></a>'
    r"|<(button|script)\b.*?</\1>",
    re.DOTALL,
)
# What an e-reader wants to know of an element beyond what a browser does.
_ADDED = (
    ('role="doc-noteref"', 'role="doc-noteref" epub:type="noteref"'),
    ('role="doc-endnotes"', 'role="doc-endnotes" epub:type="footnotes"'),
    ('class="glossary"', 'epub:type="glossary" class="glossary"'),
    ('class="references ', 'epub:type="bibliography" class="references '),
    # Where details cannot be opened, what they hold is out of reach.
    ("<details", '<details open="open"'),
)


def to_xhtml(fragment: str, pages: Mapping[str, str], images: Mapping[str, str]) -> str:
    """Return a text of the website as one that e-readers show.

    Args:
        fragment: the text.
        pages: the names of pages in the EPUB, by those on the website.
        images: the addresses of images, by where the website has them.
    """

    def link(found: re.Match[str]) -> str:
        page = pages.get(unquote(found[1]))
        return f'href="{quote(page)}{found[2] or ""}"' if page else found[0]

    def image(found: re.Match[str]) -> str:
        address = images.get(unquote(unescape(found[1])))
        return f'src="{address}"' if address else found[0]

    text = _LINK.sub(link, _DROPPED.sub("", fragment))
    text = _IMAGE.sub(image, text)
    text = _BOX.sub(lambda found: "☑ " if found[1] else "☐ ", text)
    for plain, added in _ADDED:
        text = text.replace(plain, added)
    text = _FOOTNOTE.sub(r'<li epub:type="footnote" id="\1"', text)
    return _CODE.sub(_lines, text)


def _lines(code: re.Match[str]) -> str:
    """Return a listing with every line in an element, so that long ones go on further in."""
    lines = code[2].split("\n")
    ends = ["\n"] * (len(lines) - 1) + [""]
    return code[1] + "".join(map(_line, lines, ends))


def _line(line: str, end: str) -> str:
    found = _LINE.fullmatch(line)
    tag, text = (found["tag"], found["text"]) if found else ("span", line)
    indent = len(text) - len(text.lstrip(" "))
    deeper = f" i{min((indent + 1) // 2, DEEPEST)}" if indent else ""
    return f'<{tag} class="line{deeper}">{text}{end}</{tag}>'


def refuse_unsound(page: bytes, name: str) -> None:
    """Refuse a page that e-readers cannot open.

    Args:
        page: the page.
        name: the file that it was made of, relative to the book's root.

    Raises:
        BuildError: it is not XML.
    """
    try:
        expat.ParserCreate().Parse(page, True)
    except expat.ExpatError as error:
        line = page.split(b"\n")[error.lineno - 1]
        near = line[max(0, error.offset - 40) : error.offset + 40].decode("utf-8", "replace")
        said = f"{expat.ErrorString(error.code)}, near '{near.strip()}'"
        message = f"its text is not XML, so no e-reader opens it: {said}."
        raise BuildError(Problem(name, None, message)) from error
