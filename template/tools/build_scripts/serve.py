"""Show the website while it is written: `python tools/build_scripts/serve.py`."""

from __future__ import annotations

import errno
import io
import sys
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Event, Lock, Thread
from typing import BinaryIO

if not __package__:  # run as a script, from whatever directory
    sys.path[0] = str(Path(__file__).resolve().parents[2])
    import tools.build_scripts  # noqa: F401  (says what is not installed, before click does)

import click
import msgspec
from watchfiles import DefaultFilter, watch

from tools.build_scripts import pandoc
from tools.build_scripts.book import BuildError, Problem
from tools.build_scripts.build import Options, build
from tools.build_scripts.cache import DIRECTORY
from tools.build_scripts.cli import book_option, told
from tools.build_scripts.output import read_info

HOST = "127.0.0.1"
# Addresses that no page of a book has.
EVENTS = "/_serve/events"
SCRIPT = "/_serve/live.js"
SCRIPT_FILE = pandoc.HERE / "theme" / "live.js"
SCRIPT_TAG = f'<script src="{SCRIPT}" defer></script>'.encode()
SECONDS_BETWEEN_SIGNS_OF_LIFE = 15


class State(msgspec.Struct, frozen=True):
    """What a browser is told: the pages that a build changed, or why there was none."""

    changed: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()


class Audience:
    """The browsers that listen, and what the last of the builds said."""

    def __init__(self) -> None:
        """Begin with nobody and nothing to say."""
        self._listeners: set[SimpleQueue[State]] = set()
        self._last = State()
        self._lock = Lock()

    def join(self) -> SimpleQueue[State]:
        """Return a queue of what is told from now on; problems that are open are told again."""
        listener: SimpleQueue[State] = SimpleQueue()
        with self._lock:
            self._listeners.add(listener)
            if self._last.problems:
                listener.put(self._last)
        return listener

    def leave(self, listener: SimpleQueue[State]) -> None:
        """Tell a browser no more."""
        with self._lock:
            self._listeners.discard(listener)

    def tell(self, state: State) -> None:
        """Tell all browsers."""
        with self._lock:
            was_broken, self._last = bool(self._last.problems), state
            if not (state.changed or state.problems or was_broken):
                return
            for listener in self._listeners:
                listener.put(state)


class Handler(SimpleHTTPRequestHandler):
    """Serves files, has them asked for anew every time, and logs only what fails."""

    protocol_version = "HTTP/1.1"

    def __init__(self, *arguments: object, audience: Audience, **named: object) -> None:
        """Serve a request; `audience` are the browsers that are told of builds."""
        self._audience = audience
        super().__init__(*arguments, **named)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        """Answer with the events, the script that listens to them, or a file."""
        path = self.path.partition("?")[0]
        if path == EVENTS:
            self._send_events()
        elif path == SCRIPT:
            self._send(SCRIPT_FILE.read_bytes(), "text/javascript; charset=utf-8")
        else:
            super().do_GET()

    def end_headers(self) -> None:
        """Add that nothing is to be kept: the next build may change any page."""
        self.send_header("Cache-Control", "no-store")
        super().end_headers()

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing of requests that went well."""

    def send_head(self) -> io.BytesIO | BinaryIO | None:
        """Open a file, a page with the script that listens to builds."""
        path = Path(self.translate_path(self.path))
        page = path / "index.html" if path.is_dir() else path
        if page.suffix != ".html" or not page.is_file():
            return super().send_head()
        data = page.read_bytes()
        body, tag, rest = data.rpartition(b"</body>")
        page_with_script = body + SCRIPT_TAG + tag + rest if tag else data
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(page_with_script)))
        self.end_headers()
        return io.BytesIO(page_with_script)

    def _send(self, data: bytes, kind: str) -> None:
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def _send_events(self) -> None:
        """Send what builds say as long as the browser listens."""
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True
        listener = self._audience.join()
        try:
            while True:
                self.wfile.write(_event(listener))
                self.wfile.flush()
        except OSError:
            return  # the browser went away
        finally:
            self._audience.leave(listener)


def _event(listener: SimpleQueue[State]) -> bytes:
    """Wait for what is told next; after a while send a comment, which tells who is gone."""
    try:
        state = listener.get(timeout=SECONDS_BETWEEN_SIGNS_OF_LIFE)
    except Empty:
        return b": still here\n\n"
    return b"data: " + msgspec.json.encode(state) + b"\n\n"


class Server(ThreadingHTTPServer):
    """A server whose open connections do not keep it alive."""

    daemon_threads = True


def open_server(directory: Path, port: int, audience: Audience) -> Server:
    """Return a server for a directory, reachable from this machine only.

    Args:
        directory: what to serve.
        port: where; 0 takes any port that is free.
        audience: the browsers that are told of builds.

    Raises:
        BuildError: the port is taken or not allowed.
    """
    handler = partial(Handler, directory=str(directory), audience=audience)
    try:
        return Server((HOST, port), handler)
    except OSError as error:
        reasons = {errno.EADDRINUSE: "is taken", errno.EACCES: "is not allowed"}
        reason = reasons.get(error.errno or 0, f"cannot be used ({error.strerror})")
        message = f"{reason}; choose another: --port {port + 1 if port < 65535 else 8000}"
        raise BuildError(Problem(f"port {port}", None, message)) from error


class Sources(DefaultFilter):
    """Lets changes of a book's files pass, but not those that a build makes."""

    ignore_dirs = (*DefaultFilter.ignore_dirs, DIRECTORY, "book_build")


def rebuild(root: Path, options: Options) -> State:
    """Build the website and return what browsers are to be told."""
    site = options.output / "html"
    before = read_info(site)
    try:
        build(root, options)
    except BuildError as error:
        return State(problems=tuple(map(str, error.problems)))
    after = read_info(site)
    return State(changed=tuple(name for name in after if after[name] != before.get(name)))


def _report(state: State, where: str) -> None:
    for problem in state.problems:
        click.echo(problem, err=True)
    if state.problems:
        click.echo("The pages stay as they were.", err=True)
    elif state.changed:
        count = len(state.changed)
        click.echo(f"{count} file{'s' if count > 1 else ''} changed; see {where}")


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
    """Build the website, serve it to this machine, and build again whatever changes.

    Pages that are open in a browser follow. A mistake is shown over the page, with its file and
    line, until it is mended; the pages stay as they were. Ctrl-C ends it.
    """
    options = Options(("html",), root / "book_build", pandoc.default_jobs())
    audience = Audience()
    with told(), open_server(options.output / "html", port, audience) as server:
        where = f"http://{HOST}:{server.server_port}/"
        state = rebuild(root, options)
        if state.problems and not (options.output / "html" / "index.html").is_file():
            _report(state, where)
            raise SystemExit(1)
        audience.tell(State(problems=state.problems))
        for problem in state.problems:
            click.echo(problem, err=True)
        click.echo(f"Serving the book at {where} (Ctrl-C ends it)")
        Thread(target=server.serve_forever, daemon=True).start()
        try:
            _follow(root, options, audience, where)
        except KeyboardInterrupt:
            click.echo("")
        finally:
            server.shutdown()


def _follow(root: Path, options: Options, audience: Audience, where: str) -> None:
    """Build again whenever files of the book change."""
    for _ in watch(root, watch_filter=Sources(), stop_event=Event(), raise_interrupt=True):
        state = rebuild(root, options)
        _report(state, where)
        audience.tell(state)


if __name__ == "__main__":
    main()
