"""The words that a book's language has for chapter, figure, note, next and so on."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec.yaml

from tools.build_scripts import pandoc
from tools.build_scripts.book import BuildError
from tools.build_scripts.crossref import PLURALS

# What stands for a word in any language.
SIGNS = {"and": "&", "Section": "§", "Sections": "§", "Equation": "Eq.", "Equations": "Eq."}
WORDS_FILE = pandoc.HERE / "words.yml"


def terms(language: str) -> dict[str, str]:
    """Return the words of a language, by English name: `terms("de")["Chapter"]` is `Kapitel`.

    Args:
        language: a BCP 47 tag. The words of `de-AT` are looked for under `de-AT`, then under
            `de`, then in English, each word by itself.
    """
    words = msgspec.yaml.decode(WORDS_FILE.read_bytes(), type=dict[str, dict[str, str]])
    own: dict[str, str] = {}
    for tag in reversed(list(_tags(language))):
        if tag != "en":
            own |= _pandoc_terms(tag) | words.get(tag, {})
    return words["en"] | _completed(own)


def _completed(words: dict[str, str]) -> dict[str, str]:
    """Return words of one language with signs for those of references that nobody translated.

    English words would stand out more: "Rozdział" of Polish would have "Chapters" beside it.
    """
    if "Chapter" not in words:
        return words
    plurals = {plural: words[word] for word, plural in PLURALS.items() if word in words}
    return {**SIGNS, **plurals, **words}


def _tags(language: str) -> Iterator[str]:
    """Yield where to look, closest first: `zh-Hans-CN`, `zh-Hans`, `zh`."""
    parts = language.split("-")
    for length in range(len(parts), 0, -1):
        yield "-".join(parts[:length])


def _pandoc_terms(tag: str) -> dict[str, str]:
    if not tag.replace("-", "").isalnum():
        return {}
    try:
        text = pandoc.run(["--print-default-data-file", f"translations/{tag}.yaml"])
    except BuildError:
        return {}  # pandoc has no words for this tag
    return msgspec.yaml.decode(text, type=dict[str, str])
