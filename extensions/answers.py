"""What an answer may be: one rule a question, each answering in one plain sentence."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

from .edition import Edition
from .outline import WINDOWS_DEVICES, OutlineError
from .yamlfile import load_yaml

OUTLINE_QUESTIONS = ("chapters", "appendices", "parts")
_TRUE_OR_FALSE = frozenset({"true", "false", "yes", "no", "on", "off", "y", "n", "t", "f"})
# The shape of a well-formed tag (RFC 5646, section 2.1) without extensions and private use.
_LANGUAGE = re.compile(
    r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?(-([a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*"
)
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_AUTHOR = re.compile(
    r"(?P<name>[^<>()]*[^<>()\s])"
    r"(\s*<(?P<email>[^<>\s@]+@[^<>\s@]+)>)?"
    r"(\s*\((?P<affiliation>[^()]+)\))?"
)
MAXIMUM_TITLE_LENGTH = 300
MAXIMUM_DESCRIPTION_LENGTH = 2000


@dataclass(frozen=True)
class Author:
    """A person who wrote the book."""

    name: str
    email: str | None = None
    affiliation: str | None = None


class AnswerError(ValueError):
    """An answer that cannot be used; its text is one sentence for the author."""


def read_authors(answer: str) -> tuple[Author, ...]:
    """Read `Name <e-mail> (affiliation)`, several separated by semicolons or lines.

    Raises:
        AnswerError: one of them cannot be read.
    """
    authors = []
    for text in filter(None, (part.strip() for part in re.split(r"[;\n]", answer))):
        match = _AUTHOR.fullmatch(text)
        if match is None:
            raise AnswerError(
                f"Cannot read the author '{text}'; write 'Name', 'Name <name@example.org>' or "
                "'Name <name@example.org> (Affiliation)', several separated by semicolons."
            )
        authors.append(Author(**match.groupdict()))
    if not authors:
        raise AnswerError("Name at least one author.")
    return tuple(authors)


def derive_slug(title: str) -> str:
    """Return the short name proposed for a title, `my-book` where no Latin letter is in it."""
    slug = "-".join(re.findall(r"[a-z0-9]+", title.lower()))[:40].strip("-")
    return f"{slug}-book" if slug in WINDOWS_DEVICES else slug or "my-book"


def _check_title(answer: str) -> None:
    if not answer.strip():
        raise AnswerError("Give the book a title.")
    _check_line(answer)


def _check_description(answer: str) -> None:
    _check_line(answer, MAXIMUM_DESCRIPTION_LENGTH)


def _check_line(answer: str, longest: int = MAXIMUM_TITLE_LENGTH) -> None:
    if len(answer) > longest:
        raise AnswerError(f"Use at most {longest} characters; this text has {len(answer)}.")
    if any(ord(character) < 32 for character in answer):
        raise AnswerError("Write it on one line, without tabs or control characters.")


def _check_authors(answer: str) -> None:
    read_authors(answer)


def _check_language(answer: str) -> None:
    if not _LANGUAGE.fullmatch(answer):
        raise AnswerError(
            f"'{answer}' is no BCP 47 language tag; write one like 'en', 'pt-BR' or 'zh-Hans'."
        )


def _check_url(answer: str) -> None:
    if not answer:
        return
    try:
        parts = urlsplit(answer)
        valid = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.path.strip("/")
    except ValueError:
        valid = False
    if not valid or re.search(r"[\s<>\"'\\`{}]", answer):
        raise AnswerError(
            f"'{answer}' is no address of a repository; write one like "
            "'https://github.com/you/your-book', or leave it empty."
        )


def _check_slug(answer: str) -> None:
    if not _SLUG.fullmatch(answer) or len(answer) > 60 or answer in WINDOWS_DEVICES:
        raise AnswerError(
            f"'{answer}' is no short name; use small letters, digits and single hyphens, "
            "like 'async-book'."
        )


def _check_isbn(answer: str) -> None:
    digits = re.sub(r"[- ]", "", answer)
    if not digits:
        return
    if not (_is_isbn_13(digits) or _is_isbn_10(digits)):
        raise AnswerError(
            f"'{answer}' is no ISBN: its check digit is wrong or it has not 10 or 13 digits; "
            "copy it again, or leave it empty."
        )


def _is_isbn_13(digits: str) -> bool:
    """ISO 2108: weights 1 and 3 alternate, and the sum is a multiple of 10."""
    if not re.fullmatch(r"97[89][0-9]{10}", digits):
        return False
    return sum(int(d) * (3 if place % 2 else 1) for place, d in enumerate(digits)) % 10 == 0


def _is_isbn_10(digits: str) -> bool:
    """ISO 2108: weights fall from 10 to 1, X is ten, and the sum is a multiple of 11."""
    if not re.fullmatch(r"[0-9]{9}[0-9X]", digits):
        return False
    values = [10 if d == "X" else int(d) for d in digits]
    return sum(value * (10 - place) for place, value in enumerate(values)) % 11 == 0


def _check_formats(answer: Sequence[str]) -> None:
    if not answer:
        raise AnswerError("Choose at least one format; press the space bar to mark it.")


RULES: Mapping[str, Callable[[Any], None]] = {
    "title": _check_title,
    "subtitle": _check_line,
    "authors": _check_authors,
    "description": _check_description,
    "language": _check_language,
    "repository_url": _check_url,
    "slug": _check_slug,
    "isbn": _check_isbn,
    "formats": _check_formats,
}


def problem(name: str, answer: Any, edition: Edition, answers: Mapping[str, Any]) -> str:
    """Return the sentence that says what is wrong with an answer, or an empty string.

    Args:
        name: the question.
        answer: its answer, already cast to the question's type.
        edition: the chosen edition.
        answers: the other answers, of which the outline's three are read together.
    """
    try:
        if name in OUTLINE_QUESTIONS:
            _check_outline(name, answer, edition, answers)
        elif name in RULES:
            RULES[name](answer)
    except (AnswerError, OutlineError) as error:
        return str(error)
    return ""


def _check_outline(name: str, answer: Any, edition: Edition, answers: Mapping[str, Any]) -> None:
    if name == "chapters" and not answer and not edition.chapters:
        raise AnswerError("A book needs at least one chapter; write one like '- Getting started'.")
    # Asked in this order, so a later answer must not be judged before its author could give it.
    earlier = OUTLINE_QUESTIONS[: OUTLINE_QUESTIONS.index(name)]
    outline = {question: answers.get(question) for question in earlier} | {name: answer}
    edition.outline(outline.get("chapters"), outline.get("appendices"), outline.get("parts"))


@dataclass(frozen=True)
class Question:
    """The part of a question of copier.yml that bounds its answers."""

    name: str
    type: str
    choices: tuple[str, ...]
    multiselect: bool
    default: Any

    def cast(self, answer: object) -> Any:
        """Return the answer as Copier would read it.

        Raises:
            AnswerError: Copier would stop at it with a traceback.
        """
        if self.multiselect:
            return [self._choice(item) for item in self._items(answer)]
        if self.choices:
            return self._choice(answer)
        if self.type == "bool":
            return self._yes_or_no(answer)
        if self.type == "yaml":
            return _parse_yaml(answer)
        if not isinstance(answer, (str, int, float, date)) or isinstance(answer, bool):
            raise AnswerError("Write it as text, in quotes.")
        return str(answer)

    def _items(self, answer: object) -> Sequence[object]:
        items = _parse_yaml(answer)
        if not isinstance(items, list):
            raise AnswerError(f"Write a list, like '[{', '.join(self.choices[:2])}]'.")
        return items

    def _choice(self, answer: object) -> str:
        if answer in self.choices:
            return str(answer)
        closest = get_close_matches(str(answer), self.choices, n=1)
        hint = f" (did you mean '{closest[0]}'?)" if closest else ""
        raise AnswerError(
            f"'{answer}' is not among the choices{hint}; choose from {', '.join(self.choices)}."
        )

    def _yes_or_no(self, answer: object) -> bool:
        if isinstance(answer, bool):
            return answer
        if str(answer).lower() not in _TRUE_OR_FALSE:
            raise AnswerError(f"'{answer}' is neither true nor false; write one of the two.")
        return str(answer).lower() in {"true", "yes", "on", "y", "t"}


def _parse_yaml(answer: object) -> Any:
    if not isinstance(answer, str):
        return answer
    try:
        return yaml.safe_load(answer)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise AnswerError(
            f"Line {line} is no YAML: {error.problem}; put the text in quotes."
        ) from None
    except (yaml.YAMLError, ValueError) as error:
        raise AnswerError(f"This is no YAML: {error}; put the text in quotes.") from None


def read_questions(configuration: Path) -> Iterator[Question]:
    """Yield the questions of a copier.yml, whose choices stand there and nowhere else."""
    for name, details in load_yaml(configuration.read_text(encoding="utf-8")).items():
        if name.startswith("_"):
            continue
        choices = details.get("choices", ())
        yield Question(
            name=name,
            type=details["type"],
            choices=tuple(choices.values() if isinstance(choices, dict) else choices),
            multiselect=details.get("multiselect", False),
            default=details["default"],
        )
