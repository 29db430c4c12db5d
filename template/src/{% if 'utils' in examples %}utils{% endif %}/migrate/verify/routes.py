"""Bring requests and routes together."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.routing import (
    Map,
    MapAdapter,
    RequestRedirect,
    Rule,
    UnicodeConverter,
)

from ...probe import Request
from ..converters import BUILT_IN, converters
from ..mounting import Route
from .generated import Sent, static_folder
from .recorded import Recorded
from .results import AUTOMATIC


class _Unknown(UnicodeConverter):
    """Stands for a converter of the application: takes any part."""

    def __init__(self, map: Map, *_: object, **__: object) -> None:
        super().__init__(map)


def merged(
    read: Iterable[Route],
    rules: Iterable[dict[str, Any]],
    root: Path,
) -> tuple[Route, ...]:
    """Return the routes that were read, and those only running tells of.

    Args:
        read: the routes that the source tells of.
        rules: the rules that Flask has in the running application.
        root: where that runs.
    """
    running = {(str(one["rule"]), str(one["endpoint"])) for one in rules}
    routes = [
        route
        for route in read
        # A rule that reading could not tell is among those of Flask.
        if not route.problem or (route.rule, route.endpoint) in running
        # Flask has this route for every application, with files or not.
        if route.endpoint != "static" or static_folder(route, root).is_dir()
    ]
    known = {(route.rule, route.endpoint) for route in routes}
    for one in rules:
        is_static = one["endpoint"] == "static"
        if not is_static and (one["rule"], one["endpoint"]) not in known:
            routes.append(
                Route(
                    one["rule"],
                    tuple(one["methods"]),
                    one["endpoint"],
                    one["endpoint"].rpartition(".")[0],
                    _shown(one["file"], root),
                    one["line"],
                )
            )
    return tuple(dict.fromkeys(routes))


def _shown(file: str, root: Path) -> str:
    """Return a file as people know it: below the root, or in a package."""
    path = Path(file)
    if path.is_relative_to(root):
        return path.relative_to(root).as_posix()
    return "/".join(path.parts[-2:])


def matched(
    recorded: Iterable[Recorded],
    routes: Sequence[Route],
) -> tuple[Sent, ...]:
    """Return recorded requests with the routes that they are about."""
    adapter = _adapter(routes)
    return tuple(
        replace(_matched(one.request, routes, adapter), answer=one.answer)
        for one in recorded
    )


def _adapter(routes: Sequence[Route]) -> MapAdapter:
    names = {name for route in routes for name in converters(route.rule)}
    unknown = dict.fromkeys(names - BUILT_IN - {"any"}, _Unknown)
    rules = Map(converters=unknown)
    for number, route in enumerate(routes):
        if not route.rule.startswith("/"):
            continue
        methods = set(route.methods)
        with suppress(ValueError, LookupError, TypeError):
            # One that Werkzeug refuses is a rule that no request matches.
            rules.add(Rule(route.rule, endpoint=str(number), methods=methods))
    return rules.bind("localhost")


def _matched(
    request: Request,
    routes: Sequence[Route],
    adapter: MapAdapter,
) -> Sent:
    path = unquote(urlsplit(request.path).path)
    method = request.method
    proves = method not in AUTOMATIC
    for _ in range(2):
        try:
            number, _values = adapter.match(path, method)
        except RequestRedirect as redirect:
            path, proves = unquote(urlsplit(redirect.new_url).path), False
        except MethodNotAllowed as error:
            method, proves = next(iter(error.valid_methods or ()), ""), False
        except HTTPException:
            break
        else:
            return Sent(request, routes[int(number)], proves)
    return Sent(request)
