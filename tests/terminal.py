"""Somebody at a real pseudo-terminal."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

pexpect = pytest.importorskip("pexpect", reason="a pseudo-terminal needs a POSIX system")

ENTER = "\r"
CTRL_C = "\x03"


class Author:
    """Somebody who runs a command at a terminal."""

    def __init__(self, *command: object, cwd: Path | None = None, **environment: str) -> None:
        program, *arguments = map(str, command)
        self.terminal = pexpect.spawn(
            program,
            arguments,
            cwd=cwd,
            dimensions=(50, 160),
            encoding="utf-8",
            env={**os.environ, **environment},
            timeout=120,
        )

    def sees(self, words: str) -> Author:
        """Wait for words on the screen."""
        self.terminal.expect(re.escape(words))
        return self

    def types(self, keys: str) -> Author:
        """Press keys."""
        self.terminal.send(keys)
        return self

    def leaves(self) -> int:
        """Wait for the end and return the exit code."""
        self.terminal.expect(pexpect.EOF)
        self.terminal.close()
        return int(self.terminal.exitstatus)
