"""The text in which an author changes the outline, and what is wrong with it, line by line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import yaml

from tools.updating.errors import UpdateError
from tools.updating.outline import LISTS, NO_APPENDICES, Line, ListName, Outline

# Copier's sentence on an answer, and where in it a second line may be named.
TOLD = re.compile(rf"(?P<list>{'|'.join(LISTS)}): (Line (?P<line>\d+): )?(?P<rest>.*)", re.DOTALL)
ALSO = re.compile(r"^(the id '\w+' already stands on line )(\d+)")
HEADER = """\
# The outline of the book. The order of the lines is the order of the book: numbers, folders, links
# and contents are computed from it. Nothing is changed before you have seen what moves.
#
# chapters, appendices, a line each:
#   - some_id: Its title        the id names it in links and pages, and stays when it moves
#   - Its title                 a new one, whose id is made from its title
#   - new_id: {title: Its title, was: old_id}    one that is to be called by another id
# A line that you delete drops its chapter; the files go to drafts/ and come back with the line.
#
# parts, a line each:
#   - Its title: id_of_its_first_chapter
"""


@dataclass(frozen=True)
class Document:
    """A text that an author typed, and what it says.

    Attributes:
        name: the file that it stands in.
        outline: its lists; one that is left out is as before.
        places: where each list begins, and each of its lines, counted from 1.
    """

    name: str
    outline: Outline
    places: Mapping[str, tuple[int, ...]]

    def locate(self, sentence: str) -> str:
        """Turn Copier's sentence on one of the lists into one on a line of this text.

        Copier says `chapters: Line 2: …`, counting the lines of that list alone.
        """
        told = TOLD.fullmatch(sentence)
        if told is None or told["list"] not in self.places:
            return sentence
        first, *lines = self.places[told["list"]]
        line = lines[int(told["line"]) - 1] if told["line"] else self._quoted(told, first)
        rest = ALSO.sub(lambda also: f"{also[1]}{lines[int(also[2]) - 1]}", told["rest"], count=1)
        return f"{self.name}:{line}: {rest}"

    def _quoted(self, told: re.Match[str], otherwise: int) -> int:
        """Return the line that begins with the id or the title that a sentence quotes first."""
        quoted = re.search(r"'(.*?)'", told["rest"])
        lines: tuple[Line, ...] = getattr(self.outline, told["list"])
        for line, place in zip(lines, self.places[told["list"]][1:], strict=True):
            if quoted and isinstance(line, dict) and quoted[1] in line:
                return place
        return otherwise


def write(outline: Outline) -> str:
    """Return the text in which an author changes the outline that a book has."""
    return "\n".join([HEADER, *(_written(name, getattr(outline, name)) for name in LISTS)])


def _written(name: ListName, lines: Sequence[Mapping[str, object]]) -> str:
    if not lines:
        return f"{name}: []\n"
    pairs = (pair for line in lines for pair in line.items())
    return "".join(
        [f"{name}:\n", *(f"  - {_scalar(key)}: {_scalar(text)}\n" for key, text in pairs)]
    )


def _scalar(value: object) -> str:
    """Return a value as YAML on one line."""
    text: str = yaml.safe_dump(value, allow_unicode=True, width=2**31 - 1, default_flow_style=True)
    return text.removesuffix("\n").removesuffix("\n...")


def read(text: str, name: str, before: Outline) -> Document:
    """Read the text in which an author changed an outline.

    Args:
        text: the text.
        name: what to call it in sentences, a file's path.
        before: the outline that the book has; lists that the text leaves out are taken from it.

    Raises:
        UpdateError: it is no such text; the error names its line.
    """
    try:
        root, content = yaml.compose(text, Loader=yaml.SafeLoader), yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise UpdateError(
            f"{name}:{line}: this is no YAML ({error.problem}); put the text in quotes."
        ) from None
    except (yaml.YAMLError, ValueError) as error:
        said = " ".join(str(error).split())
        raise UpdateError(f"{name}: this is no YAML ({said}); put the text in quotes.") from None
    if root is None:
        return Document(name, before, {})
    if not isinstance(root, yaml.MappingNode):
        raise UpdateError(
            f"{name}:1: write the lists as {', '.join(f'{each}:' for each in LISTS)}."
        )
    places = dict(_places(root, name))
    lists = {each: _lines(each, content[each], f"{name}:{places[each][0]}") for each in places}
    return Document(name, replace(before, **lists), places)


def _places(root: yaml.MappingNode, name: str) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Yield where each list begins and where its lines are, counted from 1."""
    seen: set[str] = set()
    for key, value in root.value:
        place = f"{name}:{key.start_mark.line + 1}"
        if key.value not in LISTS:
            raise UpdateError(f"{place}: '{key.value}' is none of the lists {', '.join(LISTS)}.")
        if key.value in seen:
            raise UpdateError(f"{place}: the list '{key.value}' stands twice; make one of the two.")
        seen.add(key.value)
        items = value.value if isinstance(value, yaml.SequenceNode) else ()
        yield key.value, tuple(node.start_mark.line + 1 for node in (key, *items))


def _lines(name: str, content: object, place: str) -> tuple[Line, ...]:
    if not content or (name == "appendices" and content == NO_APPENDICES):
        if name == "chapters":
            raise UpdateError(f"{place}: a book needs at least one chapter; write one.")
        return ()
    if not isinstance(content, list):
        raise UpdateError(f"{place}: write one of the {name} a line, each after a dash.")
    return tuple(content)
