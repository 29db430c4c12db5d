"""Text as Markdown."""

from __future__ import annotations

import re

_SPECIAL = re.compile(r"[\\`*_\[\]<>|~$^@{}#]")


def escape(text: str) -> str:
    """Return the text on one line, with all escaped that Markdown could read as markup."""
    return _SPECIAL.sub(r"\\\g<0>", " ".join(text.split()))
