"""Serve one application on loopback until standard input ends.

Started as `migrate_verify_server.py KIND MODULE:NAME FILE FOLDER`: KIND is
`old` (WSGI, Werkzeug's threaded server) or `new` (ASGI, uvicorn); the port
and the rules go to FILE as JSON once requests are answered; FOLDER is where
modules are looked for after all other places.

Nothing but the standard library is imported before that is set: this
program's own folder is no place to look for modules in.
"""

import importlib
import inspect
import json
import os
import socket
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

# How many seconds requests have to end, once the server is stopped.
GRACE = 1.0
# How often Werkzeug's server looks whether it is to stop, in seconds.
POLL = 0.05


def main(argv: list[str]) -> None:
    """Serve until whoever started this lets go of standard input."""
    kind, name, ready, folder = argv
    sys.path[0:1] = []
    sys.path.append(folder)
    asked = _keep_standard_input()
    from flask.cli import load_dotenv

    # What `flask run` does: both sides get the variables of `.env`.
    load_dotenv()
    application = _load(name)
    serve = _serve_old if kind == "old" else _serve_new
    serve(application, name, Path(ready), asked)


def _keep_standard_input() -> int:
    """Return a copy of standard input; the application gets none."""
    kept = os.dup(0)
    with Path(os.devnull).open() as nothing:
        os.dup2(nothing.fileno(), 0)
    return kept


def _load(name: str) -> Any:
    """Return an application, or what a factory without arguments makes."""
    module, _, attribute = name.partition(":")
    found = importlib.import_module(module)
    for part in attribute.split("."):
        if not hasattr(found, part):
            sys.exit(f"{module} has no {attribute}")
        found = getattr(found, part)
    if not inspect.isroutine(found) or _needs_arguments(found):
        return found
    return found()


def _needs_arguments(function: Callable[..., Any]) -> bool:
    kinds = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    return any(
        parameter.default is parameter.empty and parameter.kind not in kinds
        for parameter in inspect.signature(function).parameters.values()
    )


def _when_let_go(asked: int, stop: Callable[[], None]) -> None:
    """Stop when standard input ends: also when its other end was killed."""

    def wait() -> None:
        while os.read(asked, 1):
            pass
        stop()
        # A request that never ends does not keep the process.
        threading.Event().wait(GRACE)
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()


def _tell(ready: Path, port: int, rules: list[dict[str, Any]]) -> None:
    aside = ready.with_suffix(".new")
    text = json.dumps({"port": port, "rules": rules})
    aside.write_text(text, encoding="utf-8")
    aside.replace(ready)


def _serve_old(application: Any, name: str, ready: Path, asked: int) -> None:
    from werkzeug.serving import WSGIRequestHandler, make_server

    class Handler(WSGIRequestHandler):
        """Leaves what is written to the application."""

        def log_request(
            self,
            code: int | str = "-",
            size: int | str = "-",
        ) -> None:
            return

    if not callable(application):
        sys.exit(f"{name} is no application of WSGI")
    server = make_server(
        "127.0.0.1", 0, application, threaded=True, request_handler=Handler
    )
    _when_let_go(asked, server.shutdown)
    _tell(ready, server.port, _rules(application))
    server.serve_forever(POLL)


def _rules(application: Any) -> list[dict[str, Any]]:
    """Return the rules that Flask has, those of extensions as well."""
    if not hasattr(application, "url_map"):
        return []
    return [
        {
            "rule": rule.rule,
            "methods": sorted(rule.methods or ()),
            "endpoint": rule.endpoint,
            **_place(application.view_functions.get(rule.endpoint)),
        }
        for rule in application.url_map.iter_rules()
    ]


def _place(view: Any) -> dict[str, Any]:
    """Return the file and line of a view function or of a view class."""
    code = inspect.unwrap(getattr(view, "view_class", view))
    try:
        file = inspect.getsourcefile(code) or ""
        line = inspect.getsourcelines(code)[1]
    except (OSError, TypeError):
        return {"file": "", "line": 0}
    return {"file": file, "line": line}


def _serve_new(application: Any, name: str, ready: Path, asked: int) -> None:
    import uvicorn
    from flask import Flask

    if isinstance(application, Flask) or not callable(application):
        sys.exit(f"{name} is no application of ASGI")

    class Server(uvicorn.Server):
        """Tells its port once the application has started up."""

        async def startup(
            self,
            sockets: list[socket.socket] | None = None,
        ) -> None:
            await super().startup(sockets)
            if self.started and sockets:
                _tell(ready, sockets[0].getsockname()[1], [])

    config = uvicorn.Config(
        application,
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=1,
    )
    server = Server(config)

    def stop() -> None:
        server.should_exit = True

    _when_let_go(asked, stop)
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        server.run(sockets=[listening])


if __name__ == "__main__":
    main(sys.argv[1:])
