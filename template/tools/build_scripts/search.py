"""The index that the website's search reads: the plain text of every section.

It is a script, not a file of data: a page that is opened from a folder may load the one and not
the other. Search goes through the text itself (theme/search.js), so that it finds any part of any
word in any language.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from html import unescape

import msgspec

from tools.build_scripts.frame import THEME_ADDRESS

ADDRESS = f"{THEME_ADDRESS}/search-index.js"

# In the HTML of a chapter every "<" begins a tag (html.lua), so these never meet its text.
_HEADING = re.compile(r'<h[2-6][^>]* id="([^"]*)"[^>]*>(.*?)</h[2-6]>', re.DOTALL)
# TeX beside a formula, numbers of footnotes and ways back from them, and marks on lines of code.
_UNREAD = re.compile(
    r'<annotation.*?</annotation>|<a [^>]*class="footnote-(?:ref|back)".*?</a>'
    r'|<b class="callout-mark">.*?</b>',
    re.DOTALL,
)
_WITHIN_A_WORD = re.compile(
    r"</?(?:a|b|bdi|code|del|em|i|ins|kbd|m[a-z]+|q|s|small|span|strong|sub|sup|u)\b[^>]*>"
)
_TAG = re.compile(r"<[^>]*>")


def entries(page_address: str, chapter_title: str, html: str) -> bytes:
    """Return what the index holds of one page, as JSON.

    Args:
        page_address: the address of the page.
        chapter_title: what its results are named after, `3 Databases`.
        html: the text of the page, every link filled in.

    Returns:
        A list: the address, the title and the text before the first heading; then for each
        heading its id, its title and the text below it.
    """
    fragment = [page_address, chapter_title, *_sections(_UNREAD.sub("", html))]
    return msgspec.json.encode(fragment)


def _sections(html: str) -> Iterator[str]:
    first, *rest = _HEADING.split(html)
    yield _plain(first)
    for id, title, text in zip(rest[::3], rest[1::3], rest[2::3], strict=True):
        yield from (unescape(id), _plain(title), _plain(text))


def _plain(html: str) -> str:
    return " ".join(unescape(_TAG.sub(" ", _WITHIN_A_WORD.sub("", html))).split())


def script(fragments: Iterable[str]) -> Iterator[str]:
    """Yield the index of the whole website, as a script.

    Args:
        fragments: what `entries` returned for each page, in reading order.
    """
    before = "var bookIndex = [\n"
    for fragment in fragments:
        yield before + fragment
        before = ",\n"
    yield "\n];\n"
