"""Writing the version into the files of a book that hold it, and nothing else into them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tools.build_scripts.toml import tomllib
from tools.publishing.changelog import CHANGELOG, release
from tools.publishing.errors import PublishError
from tools.publishing.versions import tag_of

PYPROJECT = "pyproject.toml"
CITATION = "CITATION.cff"

_PROJECT_VERSION = re.compile(
    r"^(?P<before>\[project\][^\n]*\n(?:(?!\[)[^\n]*\n)*?version[ \t]*=[ \t]*)"
    r"(?P<quote>[\"'])[^\"'\n]*(?P=quote)",
    re.MULTILINE,
)
_CITED = r"^(?P<before>{key}:[ \t]*)(?P<quote>[\"']?)[^\"'\s#]*(?P=quote)"


@dataclass(frozen=True)
class Stamp:
    """What a release writes into the book's files.

    Attributes:
        version: the version.
        day: its day, as YYYY-MM-DD.
    """

    version: str
    day: str

    def changed(self, files: Mapping[str, str]) -> dict[str, str]:
        """Return those files of a book that change, with their new text.

        Args:
            files: the text of the files that a book has of PYPROJECT, CITATION and CHANGELOG.

        Raises:
            PublishError: one of them has no place for what it is to hold.
        """
        edits: Mapping[str, Callable[[str], str]] = {
            PYPROJECT: self._project,
            CITATION: self._citation,
            CHANGELOG: self._changelog,
        }
        written = {name: _by_lines(edits[name], text) for name, text in files.items()}
        return {name: text for name, text in written.items() if text != files[name]}

    def _project(self, text: str) -> str:
        quoted = rf"\g<before>\g<quote>{self.version}\g<quote>"
        written = _PROJECT_VERSION.sub(quoted, text, count=1)
        if version_of(written) != self.version:
            raise PublishError(
                f'{PYPROJECT} has no line version = "…" below [project]; write one and commit it.'
            )
        return written

    def _citation(self, text: str) -> str:
        version = re.compile(_CITED.format(key="version"), re.MULTILINE)
        released = re.compile(_CITED.format(key="date-released"), re.MULTILINE)
        written = version.sub(rf"\g<before>\g<quote>{self.version}\g<quote>", text, count=1)
        if released.search(written):
            return released.sub(rf"\g<before>\g<quote>{self.day}\g<quote>", written, count=1)
        return version.sub(rf'\g<0>\ndate-released: "{self.day}"', written, count=1)

    def _changelog(self, text: str) -> str:
        return release(text, self.version, tag_of(self.version), self.day)


def version_of(pyproject: str) -> str | None:
    """Return the version that the text of a pyproject.toml has.

    Raises:
        PublishError: it is not TOML.
    """
    try:
        version = tomllib.loads(pyproject).get("project", {}).get("version")
    except tomllib.TOMLDecodeError as error:
        raise PublishError(f"{PYPROJECT} is not TOML: {error}.") from error
    return version if isinstance(version, str) else None


def _by_lines(edit: Callable[[str], str], text: str) -> str:
    """Edit a text as if its lines ended with LF, and end them as they did."""
    if text.count("\r\n") != text.count("\n"):
        return edit(text)
    return edit(text.replace("\r\n", "\n")).replace("\n", "\r\n")
