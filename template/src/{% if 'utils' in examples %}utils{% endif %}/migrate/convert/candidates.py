"""Views that may become coroutines, before their bodies are looked at."""

import ast
from collections.abc import Iterable
from pathlib import Path

from ..facts import Action, Function
from .planning import Plan

# What would run code of the application inside `jsonify` or `request`.
CUSTOMISED = {
    *("json", "json_encoder", "json_provider_class", "request_class"),
    *("response_class", "ensure_sync"),
}


def candidates(plan: Plan, elsewhere: frozenset[str]) -> frozenset[str]:
    """Return the views that nothing but their routes use.

    Args:
        plan: what is converted.
        elsewhere: the names that code which is not read uses.
    """
    if _is_customised(plan):
        return frozenset()
    found = {
        key
        for rule, route in plan.routing.routed()
        for key in rule.view
        if not any(plan.reasons(rule, route))
    }
    functions = plan.application.facts.functions
    views = {
        key
        for key in found
        if key in functions
        and functions[key].name not in elsewhere
        and _is_plain(plan, functions[key])
    }
    return frozenset(views - _used(plan, views))


def _is_customised(plan: Plan) -> bool:
    """Return whether the application changes what Flask itself does."""
    return any(
        ".view_functions" in use.name
        or (
            use.action is Action.SET
            and use.name.removesuffix("[]").rpartition(".")[2] in CUSTOMISED
        )
        for use in plan.application.facts.uses
    )


def _is_plain(plan: Plan, function: Function) -> bool:
    if function.is_async or function.is_generator or function.cls:
        return False
    return all(
        decorator.site in plan.rules for decorator in function.decorators
    )


def _used(plan: Plan, views: set[str]) -> set[str]:
    """Return the views that something else than a route uses."""
    names = {key.rpartition("@")[0].rpartition(".")[2] for key in views}
    found: set[str] = set()
    for use in plan.application.facts.uses:
        if use.action is Action.DECORATE:
            continue
        if not names.intersection(_words(use.name)):
            continue
        for target in plan.application.resolve(use.name.removesuffix("()")):
            found.add(target.name)
    return found


def _words(name: str) -> Iterable[str]:
    return name.replace("()", "").replace("[]", "").split(".")


def names_in(paths: Iterable[Path]) -> frozenset[str]:
    """Return the names that files of Python use; none is ever imported."""
    found: set[str] = set()
    for path in paths:
        try:
            tree = ast.parse(path.read_bytes())
        except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Name):
                found.add(node.id)
            elif isinstance(node, ast.Attribute):
                found.add(node.attr)
            elif isinstance(node, ast.alias):
                found.add(node.name)
    return frozenset(found)
