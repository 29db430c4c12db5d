"""A PostgreSQL of the tests' own, where the programs are installed."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

FOLDERS = Path("/usr/lib/postgresql")
# Nothing of it outlives the tests: no need to wait for the disk.
SETTINGS = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


def programs() -> Path | None:
    """Return the folder with the newest server, or None."""
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    folders = [folder / "bin" for folder in FOLDERS.glob("*") if (folder / "bin/initdb").exists()]
    return max(folders, key=lambda folder: float(folder.parent.name), default=None)


def _unprivileged() -> int | None:
    """Return somebody to run as: the server refuses to run as root."""
    if os.name == "nt" or os.geteuid() != 0:
        return None
    import pwd

    return pwd.getpwnam("nobody").pw_uid


@contextmanager
def postgres(bin_folder: Path) -> Iterator[str]:
    """Run a server that listens on a socket in a folder of its own; give its address."""
    user = _unprivileged()
    # Short: the path of a socket may not be longer than about a hundred bytes.
    with TemporaryDirectory(prefix="pg", ignore_cleanup_errors=True) as folder:
        data = Path(folder, "data")
        data.mkdir(mode=0o700)
        if user is not None:
            for path in (folder, data):
                os.chown(path, user, -1)

        def run(program: str, *arguments: str) -> None:
            log = Path(folder, f"{program}.txt")
            with log.open("w") as output:
                subprocess.run(
                    [bin_folder / program, "-D", data, *arguments],
                    check=True,
                    user=user,
                    cwd=folder,
                    stdout=output,
                    stderr=output,
                )

        run("initdb", "-U", "shop", "--auth=trust", "-E", "UTF8", "--locale=C", "--no-sync")
        options = " ".join(f"-c {setting}" for setting in SETTINGS)
        listen = f"-c listen_addresses= -k {folder} {options}"
        run("pg_ctl", "start", "-w", "-l", str(data / "log.txt"), "-o", listen)
        try:
            yield f"postgresql://shop@/postgres?host={folder}"
        finally:
            run("pg_ctl", "stop", "-m", "immediate")
