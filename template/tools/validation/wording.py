"""Words: how they are spelt, how terms are written, and what makes prose hard to read.

All of it knows English alone; a book in another language is left in peace.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import msgspec

from tools.build_scripts import cache, installed
from tools.build_scripts.book import Problem
from tools.build_scripts.cache import digest
from tools.build_scripts.source import Source
from tools.validation import programs
from tools.validation.context import Context
from tools.validation.findings import Fixable

# Left out: signs that pandoc makes of what is typed, spelling, which typos knows better, open
# markers, which `make status` counts, and jokes.
PROSELINT = {
    "max_errors": 100_000,
    "checks": {
        "annotations": False,
        "spelling": False,
        "typography": False,
        "weasel_words": False,
    },
}
# What proselint does not know, after the word list of Google's developer documentation style
# guide (https://developers.google.com/style/word-list): what to write instead, or None for
# nothing at all.
INSTEAD: Mapping[str, str | None] = {
    "blacklist": "blocklist",
    "whitelist": "allowlist",
    "master/slave": "primary/replica",
    "master and slave": "primary and replica",
    "man-hours": "person-hours",
    "manned": "staffed",
    "sanity check": "check",
    "grandfathered": "exempt",
    "crazy": "surprising",
    "leverage": "use",
    "in order to": "to",
    "of course": None,
    "simply": None,
}
_INSTEAD = re.compile(
    rf"(?<![\w-])(?P<word>{'|'.join(map(re.escape, INSTEAD))})[sd]?(?![\w-])", re.IGNORECASE
)
PASSIVE = re.compile(
    r"\b(?:am|is|are|was|were|be|been|being)\s+(?:\w+ly\s+)?"
    r"(?P<verb>\w+ed|built|done|given|held|hidden|kept|known|left|made|run|seen|sent|set|shown"
    r"|taken|told|thrown|written)\s+by\b",
    re.IGNORECASE,
)


class Typo(msgspec.Struct, frozen=True):
    """What typos prints of a word; places are counted in bytes."""

    type: str
    path: str = ""
    line_num: int = 0
    byte_offset: int = 0
    typo: str = ""
    corrections: tuple[str, ...] = ()


def spelling(context: Context) -> Iterator[Problem]:
    """Yield the words of Markdown files and programs that are known to be misspelt."""
    if not context.is_english:
        return
    files = sorted(context.sources)
    code = [name for name in ("src",) if (context.root / name).is_dir()]
    printed = programs.run(
        "typos",
        ("--format", "json", "--sort", "--force-exclude", "--", *files, *code),
        root=context.root,
        codes=(0, 2),
    )
    for line in printed.splitlines():
        found = msgspec.json.decode(line, type=Typo)
        if found.type == "typo" and found.line_num:
            yield _typo_problem(context.root, found)


def _typo_problem(root: Path, found: Typo) -> Problem:
    path = found.path.removeprefix("./").replace("\\", "/")
    line = (root / path).read_bytes().splitlines()[found.line_num - 1]
    column = len(line[: found.byte_offset].decode("utf-8", "replace").lstrip("\ufeff")) + 1
    meant = " or ".join(f"'{word}'" for word in found.corrections)
    message = (
        f"'{found.typo}' is misspelt{f', write {meant}' if meant else ''}; a word that is right "
        "goes into [tool.typos.default.extend-words] of pyproject.toml."
    )
    if len(found.corrections) != 1:
        return Problem(path, found.line_num, message, "spelling", column)
    return Fixable(
        *(path, found.line_num, message, "spelling", column),
        old=found.typo,
        new=found.corrections[0],
    )


# Terms -------------------------------------------------------------------------------------


def terms(context: Context) -> Iterator[Problem]:
    """Yield the terms that are written otherwise than the glossary writes them.

    Only names and abbreviations are looked for, which have a capital inside: `FastAPI`, `ASGI`.
    """
    known = [term for term in context.survey.targets.terms if re.search(r"\w[A-Z]", term)]
    patterns = {term: _variants(term) for term in known}
    for text in context.survey.sources.values():
        for number, line in enumerate(context.plain[text.name], start=1):
            for term, pattern in patterns.items():
                for found in pattern.finditer(line):
                    if found[0] not in known:
                        yield _term_problem(text, number, found, term)


def _term_problem(text: Source, number: int, found: re.Match[str], term: str) -> Problem:
    message = f"the glossary writes '{term}', not '{found[0]}'."
    column = found.start() + 1
    return Fixable(text.name, number, message, "term", column, old=found[0], new=term)


def _variants(term: str) -> re.Pattern[str]:
    """Return what finds a term however it is written: `fastapi`, `Fast API`, `fast-api`.

    Names of files, modules and addresses are not terms, so neither sign may stand beside it.
    """
    words = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|\S", term)
    inside = "[- ]?".join(map(re.escape, words))
    return re.compile(rf"(?<![\w./@-]){inside}(?![\w/@-]|\.\w)", re.IGNORECASE)


# Prose -------------------------------------------------------------------------------------


def prose(context: Context) -> Iterator[Problem]:
    """Yield advice on the prose of chapters."""
    if not context.is_english:
        return
    for text in context.survey.sources.values():
        for number, line in enumerate(context.plain[text.name], start=1):
            for found in PASSIVE.finditer(line):
                message = f"'{found[0]} …' is passive; let the one who does it begin the sentence."
                yield Problem(text.name, number, message, "passive", found.start() + 1)
            for found in _INSTEAD.finditer(line):
                better = INSTEAD[found["word"].lower()]
                advice = f"write '{better}'" if better else "leave it out"
                message = f"'{found[0]}': {advice}."
                yield Problem(text.name, number, message, "wording", found.start() + 1)
    yield from _advice(context)


def _advice(context: Context) -> Iterator[Problem]:
    """Yield what proselint says of each chapter; what it said before is kept."""
    texts = {name: "\n".join(lines) for name, lines in context.plain.items()}
    tools = digest(installed.versions({"proselint"}), PROSELINT)
    keys = {name: digest(tools, text) for name, text in texts.items()}
    with cache.opened(context.root, "prose") as kept:
        missing = {name: texts[name] for name, key in keys.items() if not kept.has(key, ("json",))}
        for name, found in _proselint(missing).items():
            kept.write(keys[name], "json", msgspec.json.encode(found))
        kept.keep_only(set(keys.values()))
        for name, key in keys.items():
            for line, column, message in msgspec.json.decode(kept.read(key, "json") or b"[]"):
                yield Problem(name, line, message, "wording", column)


def _proselint(texts: Mapping[str, str]) -> dict[str, list[tuple[int, int, str]]]:
    """Return the line, the column and the message of all that proselint finds, by name."""
    if not texts:
        return {}
    with tempfile.TemporaryDirectory(prefix="book-") as directory:
        root = Path(directory)
        (root / "proselint.json").write_bytes(msgspec.json.encode(PROSELINT))
        numbered = {str(number): name for number, name in enumerate(texts)}
        for number, name in numbered.items():
            (root / f"{number}.md").write_text(texts[name], encoding="utf-8", newline="\n")
        printed = programs.run(
            "proselint",
            (
                *("check", "--config", "proselint.json", "--output-format", "json"),
                *(f"{number}.md" for number in numbered),
            ),
            root=root,
            codes=(0, 1),
        )
    result: dict[str, Any] = msgspec.json.decode(printed)["result"]
    found: dict[str, list[tuple[int, int, str]]] = {name: [] for name in texts}
    for address, said in result.items():
        name = numbered[Path(unquote(urlsplit(address).path)).stem]
        for one in said.get("diagnostics", ()):
            line, column = one["pos"]
            found[name].append((line, column, " ".join(one["message"].split())))
    return found
