"""What is handed to code that is not the application's own."""

import sys

import libcst as cst

from .application import Application
from .edits import Draft, Spot

UNTOLD = (
    "reading cannot tell whose `init_app` this is: an extension takes the "
    "`flask` of the application, as in `init_app(app.flask)`"
)
# Modules of Python that hand on what they get, and those that call it.
PYTHON = sys.stdlib_module_names - {"wsgiref"}
# What belongs to Flask knows both kinds of objects.
FLASK = ("flask.Flask", "flask.Blueprint", "flask.current_app")


def handed(draft: Draft, node: cst.Call) -> None:
    """Hand Flask's own object to what knows nothing of the counterpart."""
    arguments = [
        argument
        for argument in node.args
        if not argument.star and _is_ours(draft, argument.value)
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
    elif name.endswith(".init_app") and not _is_ours_to_call(
        application, name
    ):
        draft.mark(node, UNTOLD)


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


def folder(draft: Draft, spot: Spot) -> None:
    """Read the folder of the application from Flask's own object.

    `root_path` of FastAPI is the path that a proxy takes away.
    """
    node = spot.node
    assert isinstance(node, cst.Attribute)
    if node.attr.value == "root_path" and _is_app(draft, node.value):
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
