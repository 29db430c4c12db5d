"""Match the uses of names with the kinds of findings."""

from collections.abc import Iterator
from dataclasses import replace

from . import configuration, extensions, hooks, requests, responses
from .application import Application, ends
from .blocking import BLOCKS, BLOCKS_LOOP, blocks
from .facts import Action, Form, Use
from .findings import Finding, Kind, found

KINDS: tuple[Kind, ...] = (
    *requests.KINDS,
    *responses.KINDS,
    *hooks.KINDS,
    *configuration.KINDS,
    *extensions.KINDS,
)
BY_NAME = {name: kind for kind in KINDS for name in kind.names}
# Bases of classes whose attributes are the application's own.
BASES = {
    "flask_login.AnonymousUserMixin",
    "flask_login.UserMixin",
    "marshmallow.Schema",
}


def matched(application: Application, use: Use) -> Iterator[Finding]:
    """Yield what is to be said of one use of a name."""
    where = use.function or use.where
    if use.action is Action.IMPORT:
        yield from _imported(application, use)
        return
    for name in _names(application, use):
        kind = kind_of(name)
        if kind is not None and _is_direct(application, use, name):
            yield _told(application, kind, name, use, where)
        if use.action is Action.CALL and blocks(name.removesuffix("()")):
            kind = BLOCKS_LOOP if use.is_async else BLOCKS
            detail = name.removeprefix("builtins.").replace("()", "")
            yield found(kind, use.file, use.line, where, detail)


def kind_of(name: str) -> Kind | None:
    """Return the kind that the longest known beginning of a name has."""
    end = _known_end(name)
    return BY_NAME[name[:end]] if end else None


def _known_end(name: str) -> int:
    return next(
        (end for end in reversed(ends(name)) if name[:end] in BY_NAME),
        0,
    )


def _names(application: Application, use: Use) -> Iterator[str]:
    """Yield what a name stands for; of a call, what is called.

    What is set is an attribute of what it belongs to, whatever it holds now.
    """
    if use.action is Action.SET:
        stops = ends(use.name)
        end = stops[-2] if len(stops) > 1 else stops[-1]
        for owner in application.names(use.name[:end]):
            yield f"{owner}{use.name[end:]}"
        return
    if use.call is None:
        yield from application.names(use.name)
        return
    for name in application.names(use.call.text):
        yield f"{name}()"


def _is_direct(application: Application, use: Use, name: str) -> bool:
    """Return whether a use is one of the known thing itself.

    What `page = db.paginate(…)` gave is a name of the application from
    there on: it was told of once, and `page.items` is not told of again.
    """
    if not application.is_own(use.name):
        return True
    words = set(_links(application.within(use.name)))
    end = _known_end(name)
    known, rest = name[:end], _links(name[end:])
    if not BY_NAME[known].id.startswith("extension."):
        return _links(known)[-1] in words
    made = _made(name[end:])
    if made is None:
        return bool(rest) and rest[0] in words
    is_own_class = f"{known}.{'.'.join(rest[:made])}" in BASES
    return not is_own_class and len(rest) > made and rest[made] in words


def _made(links: str) -> int | None:
    """Return how many links there are up to the class that was called."""
    for place, link in enumerate(links.strip(".").split("."), start=1):
        if link.endswith("()") and link[:1].isupper():
            return place
    return None


def _links(name: str) -> list[str]:
    """Return the plain links of a dotted name."""
    plain = name.replace("()", "").replace("[]", "").strip(".")
    return plain.split(".") if plain else []


def _imported(application: Application, use: Use) -> Iterator[Finding]:
    """Yield what is to be said of an import: of extensions alone."""
    if application.is_own(use.name):
        return
    kind = kind_of(use.name)
    if kind is not None and kind.id.startswith("extension."):
        yield found(kind, use.file, use.line, use.where)
        return
    package = use.name.partition(".")[0]
    if kind is None and package.startswith("flask_"):
        kind = extensions.OTHER
        yield found(kind, use.file, use.line, use.where, package)


def _told(
    application: Application,
    kind: Kind,
    name: str,
    use: Use,
    where: str,
) -> Finding:
    detail = _detail(application, kind, name, use)
    finding = found(kind, use.file, use.line, where, detail)
    if kind.id.startswith("config.") and detail in configuration.MEANING:
        return replace(finding, becomes=configuration.MEANING[detail])
    return finding


def _detail(
    application: Application,
    kind: Kind,
    name: str,
    use: Use,
) -> str:
    """Return what is special about a use: a key, a template, a name."""
    if use.item is not None:
        return use.item
    first = use.call.items[0] if use.call and use.call.items else None
    if kind.id in ("config.use", "response.template", "response.url_for"):
        return (application.text(first) if first else None) or ""
    if kind.id == "response.abort" and first is not None:
        return first.text if first.form is Form.CONSTANT else ""
    if kind.id.startswith(("request.", "extension.", "hook.", "error.")):
        return _own_part(name)
    return ""


def _own_part(name: str) -> str:
    """Return the first links of a name that are worth telling."""
    stops = ends(name)
    return name[: stops[min(2, len(stops) - 1)]].replace("[]", "")
