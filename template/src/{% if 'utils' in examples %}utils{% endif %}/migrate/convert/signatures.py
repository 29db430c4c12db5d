"""Types of path parameters in the signatures of views."""

from collections.abc import Mapping

import libcst as cst

from ..facts import Function, Value
from .edits import Draft, Edit
from .planning import Plan

# The type of what each converter of Werkzeug gives.
TYPES = {
    "default": "str",
    "string": "str",
    "path": "str",
    "int": "int",
    "float": "float",
    "uuid": "uuid.UUID",
}
# Packages whose decorators hand on what they get and read no annotations.
PLAIN = {
    *("flask_caching", "flask_cors", "flask_httpauth", "flask_login"),
    *("flask_jwt_extended", "flask_limiter", "flask_wtf", "functools"),
    *("flask_security", "flask", "builtins"),
}


def typed(
    draft: Draft,
    node: cst.FunctionDef,
    function: Function,
    converters: Mapping[str, str],
) -> bool:
    """Give the parameters of a view their types.

    Args:
        draft: the file.
        node: the view.
        function: what is known of it.
        converters: its path parameters and their converters.

    Returns:
        whether `uuid` has to be imported.
    """
    plan = draft.plan
    if not all(_is_plain(plan, value) for value in function.decorators):
        return False
    is_uuid = False
    every = (*node.params.params, *node.params.kwonly_params)
    for parameter in every:
        converter = converters.get(parameter.name.value, "")
        kind = TYPES.get(converter)
        if kind is None or parameter.annotation or parameter.default:
            continue
        if converter == "uuid":
            if _is_taken(draft):
                continue
            is_uuid = True
        draft.edit(parameter, _annotated(kind))
    return is_uuid


def _annotated(kind: str) -> Edit:
    annotation = cst.Annotation(cst.parse_expression(kind))

    def edit(updated: cst.Param) -> cst.Param:
        return updated.with_changes(annotation=annotation)

    return edit


def _is_plain(plan: Plan, decorator: Value) -> bool:
    """Return whether a decorator reads no annotations."""
    for name in plan.application.names(decorator.text):
        package = name.partition(".")[0].partition("(")[0]
        if package not in PLAIN and not plan.application.is_own(name):
            return False
    return True


def _is_taken(draft: Draft) -> bool:
    """Return whether `uuid` is something else in a module."""
    name = f"{draft.tree.file.module}.uuid"
    held = draft.plan.application.facts.bindings.get(name, [])
    return any(value.text != "uuid" for value in held)
