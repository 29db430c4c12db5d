"""A PostgreSQL of the tests' own, where the programs are installed."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

FOLDERS = Path("/usr/lib/postgresql")
# Where nothing outlives the tests, nobody needs to wait for the disk.
FORGETFUL = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


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


@dataclass(frozen=True)
class Server:
    """A server that listens on a socket in a folder of its own.

    Attributes:
        programs: where its programs are.
        folder: what it writes is below this.
        settings: what it is told when it starts, as `name=value`.
        user: who it runs as; None is who runs the tests.
    """

    programs: Path
    folder: Path
    settings: tuple[str, ...]
    user: int | None

    @property
    def url(self) -> str:
        """The address of its database."""
        return f"postgresql://shop@/postgres?host={self.folder}"

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    def create(self) -> None:
        """Make the files of an empty database."""
        self._data.mkdir(mode=0o700)
        if self.user is not None:
            for path in (self.folder, self._data):
                os.chown(path, self.user, -1)
        self._run("initdb", "-U", "shop", "--auth=trust", "-E", "UTF8", "--locale=C", "--no-sync")

    def start(self) -> None:
        """Start, after a crash too, and return when it answers."""
        listen = ("listen_addresses=", f"unix_socket_directories={self.folder}")
        options = " ".join(f"-c {setting}" for setting in (*listen, *self.settings))
        self._run("pg_ctl", "start", "-w", "-l", str(self._data / "log.txt"), "-o", options)

    def crash(self) -> None:
        """Stop as if the power had failed: nothing is finished, nobody hears a goodbye."""
        self._run("pg_ctl", "stop", "-m", "immediate")

    def _run(self, program: str, *arguments: str) -> None:
        with (self.folder / f"{program}.txt").open("w") as output:
            subprocess.run(
                [self.programs / program, "-D", self._data, *arguments],
                check=True,
                user=self.user,
                cwd=self.folder,
                stdout=output,
                stderr=output,
            )


@contextmanager
def server(bin_folder: Path, settings: tuple[str, ...] = FORGETFUL) -> Iterator[Server]:
    """Run a server with an empty database for as long as the block."""
    # Short: the path of a socket may not be longer than about a hundred bytes.
    with TemporaryDirectory(prefix="pg", ignore_cleanup_errors=True) as folder:
        one = Server(bin_folder, Path(folder), settings, _unprivileged())
        one.create()
        one.start()
        try:
            yield one
        finally:
            one.crash()


@contextmanager
def postgres(bin_folder: Path) -> Iterator[str]:
    """Run a server for as long as the block, and give its address."""
    with server(bin_folder) as one:
        yield one.url
