"""How a book is cited: the contents of its CITATION.cff (Citation File Format 1.2.0)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from .answers import Author, read_authors
from .book import one_line, repository

FORMAT = "1.2.0"
# What a book starts with; a release raises it here and in pyproject.toml.
FIRST_VERSION = "0.1.0"
MESSAGE = "If you use this book or its code, please cite it as below."
RESERVED = "All-Rights-Reserved"
# Languages in which the family name comes first, as far as one can tell from a name alone.
FAMILY_NAME_FIRST = frozenset({"hu", "ja", "ko", "vi", "zh"})
_EMAIL = re.compile(r"\S+@\S+\.\S{2,}")
_FINAL_X = re.compile(r"(?<=\d)X$")  # the format wants ten characters before it
_OF_ADDRESSES = ":/?#[]@!$&'()*+,;=%~"
# Of an alphabet of Europe; elsewhere the order of names tells less.
_LETTER = r"[^\W\d_\u0530-\U0010ffff]"
_NAME = re.compile(rf"{_LETTER}+(?:['\u2019-]{_LETTER}+)*")


def citation(answers: Mapping[str, Any], keywords: Sequence[str]) -> dict[str, Any]:
    """Return what CITATION.cff holds, in the order it is written.

    The format knows software and data sets only, so the repository is cited as the software it
    is, under the licence of its code, and names the book as what to cite instead. The version
    stands between lines that no answer changes: a release and an update then never meet.

    Args:
        answers: the answers to the questions.
        keywords: what the edition is about.
    """
    text_license = answers["text_license"]
    address = quote(repository(answers["repository_url"]) or "", safe=_OF_ADDRESSES)
    authors = _authors(answers["authors"], answers["language"])
    work = {
        "title": ": ".join(filter(None, map(one_line, (answers["title"], answers["subtitle"])))),
        "authors": authors,
    }
    book = {
        "type": "book",
        **work,
        "isbn": _FINAL_X.sub("-X", answers["isbn"].strip()),
        "license": "" if text_license == RESERVED else text_license,
        "url": address,
    }
    return {
        "cff-version": FORMAT,
        "version": FIRST_VERSION,
        "message": MESSAGE,
        "type": "software",
        **work,
        **_given(
            {
                "abstract": one_line(answers["description"]),
                "keywords": list(keywords),
                "license": answers["code_license"],
                "repository-code": address,
            }
        ),
        "preferred-citation": _given(book),
    }


def _authors(answer: str, language: str) -> list[dict[str, str]]:
    """Return the authors; the format refuses one who is named twice."""
    authors = dict.fromkeys(read_authors(answer))
    return [_author(author, language.split("-")[0]) for author in authors]


def _author(author: Author, language: str) -> dict[str, str]:
    """Return a person with two names where the answer tells, else a name as it was written.

    That somebody works somewhere tells a person from a company or a team. A name of more than
    two words can be parted in more than one way.
    """
    email = author.email if author.email and _EMAIL.fullmatch(author.email) else None
    names = author.name.split()
    is_person = author.affiliation and len(names) == 2 and all(map(_is_name, names))
    if not is_person or language in FAMILY_NAME_FIRST:
        return _given({"name": author.name, "email": email})
    given, family = names
    return _given(
        {
            "family-names": family,
            "given-names": given,
            "email": email,
            "affiliation": author.affiliation,
        }
    )


def _is_name(word: str) -> bool:
    return word[0].isupper() and _NAME.fullmatch(word) is not None


def _given(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value}
