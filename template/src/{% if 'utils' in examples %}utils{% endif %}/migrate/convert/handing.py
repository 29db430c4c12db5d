"""What is handed to code that is not the application's own."""

import sys
from collections.abc import Iterator

import libcst as cst

from ..application import Application
from .edits import Draft

UNTOLD = (
    "reading cannot tell whose `init_app` this is: an extension takes the "
    "`flask` of the application, as in `init_app(app.flask)`"
)
WSGI = (
    "what this makes is an application of WSGI, which uvicorn does not "
    'serve: mount applications, as in `app.mount("/api", api)`, and put ASGI '
    "middleware in the place of WSGI middleware"
)
# What may hold an application or a blueprint.
Holder = cst.Arg | cst.Element | cst.DictElement
# Modules of Python that hand on what they get, and those that call it.
PYTHON = sys.stdlib_module_names - {"wsgiref"}
# What FastAPI 0.165 has, and means something else by or Flask 3.1 lacks: in
# an application of Flask it is what the application itself has set.
OF_FASTAPI = frozenset(
    (
        *("add_api_route", "add_api_websocket_route", "add_middleware"),
        *("add_exception_handler", "add_route", "api_route", "contact"),
        *("build_middleware_stack", "dependency_overrides", "description"),
        *("docs_url", "exception_handler", "exception_handlers", "extra"),
        *("frontend", "head", "host", "include_router", "license_info"),
        *("max_body_size", "middleware", "middleware_stack", "mount"),
        *("on_event", "openapi", "openapi_external_docs", "openapi_schema"),
        *("openapi_tags", "openapi_url", "openapi_version", "options"),
        *("redoc_url", "root_path", "root_path_in_servers", "router"),
        *("routes", "separate_input_output_schemas", "servers", "setup"),
        *("state", "summary", "swagger_ui_init_oauth", "title", "trace"),
        *("swagger_ui_oauth2_redirect_url", "swagger_ui_parameters"),
        *("terms_of_service", "url_path_for", "user_middleware", "version"),
        *("webhooks", "websocket", "websocket_route"),
    )
)
# What belongs to Flask knows both kinds of objects.
FLASK = ("flask.Flask", "flask.Blueprint", "flask.current_app")


def handed(draft: Draft, node: cst.Call) -> None:
    """Hand Flask's own object to what knows nothing of the counterpart."""
    arguments = [
        found
        for argument in node.args
        if not argument.star
        for found in _ours_in(draft, argument)
    ]
    if not arguments:
        return
    name = draft.tree.name(node.func)
    if name is None:
        return
    application = draft.plan.application
    if is_foreign(application, name):
        for argument in arguments:
            draft.edit(argument, _flask_of)
        if _makes_wsgi(application, name):
            draft.mark(node, WSGI)
    elif name.endswith(".init_app") and not _is_ours_to_call(
        application, name
    ):
        draft.mark(node, UNTOLD)


def _ours_in(draft: Draft, holder: Holder) -> Iterator[Holder]:
    """Yield what holds our own: the argument, or what is listed in it."""
    value = holder.value
    if _is_ours(draft, value):
        yield holder
    elif isinstance(value, (cst.Dict, cst.List, cst.Tuple)):
        for element in value.elements:
            if isinstance(element, (cst.Element, cst.DictElement)):
                yield from _ours_in(draft, element)


def _makes_wsgi(application: Application, name: str) -> bool:
    """Return whether a name stands for a WSGI middleware of Werkzeug."""
    return any(
        target.name.startswith("werkzeug.middleware.")
        for target in application.resolve(name)
    )


def set_(draft: Draft, node: cst.Assign) -> None:
    """Set what belongs to an extension to Flask's own object."""
    if not _is_ours(draft, node.value):
        return
    for target in node.targets:
        if not isinstance(target.target, cst.Attribute):
            continue
        name = draft.tree.name(target.target.value)
        if name and is_foreign(draft.plan.application, name):
            draft.edit(node, _flask_of)
            return


def attribute(draft: Draft, node: cst.Attribute) -> None:
    """Reach what FastAPI calls by the same name through Flask's object."""
    if node.attr.value in OF_FASTAPI and _is_app(draft, node.value):
        draft.edit(node, _flask_of)


def is_foreign(application: Application, name: str) -> bool:
    """Return whether all that a name stands for is somebody else's code."""
    names = [
        outside
        for target in application.resolve(name)
        for outside in _outsides(application, target.name)
    ]
    return bool(names) and all(
        not application.is_own(each)
        and not each.startswith(("builtins.", *FLASK))
        and each.partition(".")[0].partition("(")[0] not in PYTHON
        for each in names
    )


def _outsides(application: Application, name: str) -> list[str]:
    """Return what a name of ours is of others, where it has it from them.

    A class of ours without `__init__` of its own is made by its base's.
    """
    if name in application.facts.functions:
        return [name]
    cls = application.facts.classes.get(name)
    if cls is None:
        return application.outside(name)
    if any("__init__" in each.methods for each in application.ancestors(cls)):
        return [name]
    return list(application.bases(cls)) or [name]


def _is_ours_to_call(application: Application, name: str) -> bool:
    """Return whether a name stands for a function that is known."""
    facts = application.facts
    return all(
        target.name in facts.functions
        or target.name in facts.classes
        or not application.is_own(target.name)
        for target in application.resolve(name)
    )


def _is_ours(draft: Draft, node: cst.BaseExpression) -> bool:
    if not isinstance(node, (cst.Name, cst.Attribute, cst.Call)):
        return False
    name = draft.tree.name(node)
    return name is not None and draft.plan.is_converted(name)


def _is_app(draft: Draft, node: cst.BaseExpression) -> bool:
    name = draft.tree.name(node)
    return name is not None and draft.plan.is_converted(name, "app")


def _flask_of(updated: cst.CSTNode) -> cst.CSTNode:
    """Return a node with `.flask` behind its value."""
    value = updated.value  # type: ignore[attr-defined]
    inner = cst.Attribute(value, cst.Name("flask"))
    return updated.with_changes(value=inner)
