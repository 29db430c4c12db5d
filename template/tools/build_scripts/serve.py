"""Build the website and show it: `python tools/build_scripts/serve.py`."""

from __future__ import annotations

import errno
import sys
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

if not __package__:  # run as a script, from whatever directory
    sys.path[0] = str(Path(__file__).resolve().parents[2])
    import tools.build_scripts  # noqa: F401  (says what is not installed, before click does)

import click

from tools.build_scripts import pandoc
from tools.build_scripts.book import BuildError, Problem
from tools.build_scripts.build import build
from tools.build_scripts.chapters import read_manuscript
from tools.build_scripts.cli import book_option, told

HOST = "127.0.0.1"


class QuietHandler(SimpleHTTPRequestHandler):
    """Serves files, has them asked for anew every time, and logs only what fails."""

    def end_headers(self) -> None:
        """Add that nothing is to be kept: the next build may change any page."""
        self.send_header("Cache-Control", "no-store")
        super().end_headers()

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing of requests that went well."""


def open_server(directory: Path, port: int) -> ThreadingHTTPServer:
    """Return a server for a directory, reachable from this machine only.

    Args:
        directory: what to serve.
        port: where; 0 takes any port that is free.

    Raises:
        BuildError: the port is taken or not allowed.
    """
    try:
        return ThreadingHTTPServer((HOST, port), partial(QuietHandler, directory=directory))
    except OSError as error:
        reasons = {errno.EADDRINUSE: "is taken", errno.EACCES: "is not allowed"}
        reason = reasons.get(error.errno or 0, f"cannot be used ({error.strerror})")
        message = f"{reason}; choose another: --port {port + 1 if port < 65535 else 8000}"
        raise BuildError(Problem(f"port {port}", None, message)) from error


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--port",
    "-p",
    type=click.IntRange(0, 65535),
    default=8000,
    show_default=True,
    help="Where to serve; 0 takes any port that is free.",
)
@book_option
def main(port: int, root: Path) -> None:
    """Build the website and serve it to this machine until Ctrl-C."""
    output = root / "book_build"
    with told(), open_server(output / "html", port) as server:
        jobs = pandoc.default_jobs()
        build(read_manuscript(root, jobs), ["html"], output, jobs)
        click.echo(f"Serving the book at http://{HOST}:{server.server_port}/ (Ctrl-C ends it)")
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            click.echo("")


if __name__ == "__main__":
    main()
