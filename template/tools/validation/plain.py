"""Prose without what only looks like it."""

from __future__ import annotations

import re

from tools.build_scripts.source import Source

# What is no prose in a line of it: code, attributes, targets of links, addresses.
NO_PROSE = re.compile(
    r"(?P<ticks>`+)(?!`).*?(?<!`)(?P=ticks)(?!`)|\{[^{}]*\}|(?<=\])\([^()]*\)|(?<=\])\[[^\[\]]*\]"
    r"|<[^<>\s]+>|https?://\S+|\$[^$\n]+\$|^\s*\[[^\]]+\]:.*|^\s*\|[-:| ]+$"
)


def plain_lines(text: Source) -> tuple[str, ...]:
    """Return the lines of a text with as many blanks in place of what is no prose."""
    return tuple(NO_PROSE.sub(lambda found: " " * len(found[0]), line) for line in text.lines)
