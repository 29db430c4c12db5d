"""Conflicts as `copier update --conflict rej` leaves them: the new file, and what did not fit."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path
from typing import NamedTuple


class Rejected(NamedTuple):
    """A new file with as many of the author's changes as fit, and the others as a patch."""

    content: bytes
    patch: bytes


def reject(name: str, base: bytes, ours: bytes, theirs: bytes) -> Rejected:
    """Apply the author's changes to the template's new version of a file.

    Args:
        name: the file's name, for the patch.
        base: the old render.
        ours: the author's version.
        theirs: the new render.
    """
    with tempfile.TemporaryDirectory(prefix="copier-techbook.") as folder:
        for side, content in (("a", base), ("b", ours), ("new", theirs)):
            file = Path(folder) / side / name
            file.parent.mkdir()
            file.write_bytes(content)
        difference = ("diff", "--no-index", "--no-prefix", "--text", f"a/{name}", f"b/{name}")
        changes = _git(folder, *difference).stdout
        _git(f"{folder}/new", "apply", "--reject", "-", given=changes)
        file = Path(folder) / "new" / name
        left = file.with_name(f"{name}.rej")
        return Rejected(file.read_bytes(), left.read_bytes() if left.exists() else b"")


def _git(folder: str, *arguments: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    command = ["git", "-c", "core.autocrlf=false", *arguments]
    return subprocess.run(command, cwd=folder, input=given, capture_output=True, check=False)
