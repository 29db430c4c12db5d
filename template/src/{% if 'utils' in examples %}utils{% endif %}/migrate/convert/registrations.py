"""Registrations of routes and blueprints, in FastAPI's words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import libcst as cst

from ..mounting import VERBS, Rule
from .edits import Draft, Edit
from .paths import as_path, can_be_said, is_plain, variables
from .planning import BY_EXTENSION, UNTOLD

# Where `add_url_rule` of Flask 3.1 takes what is given by place.
URL_RULE = ("rule", "endpoint", "view_func", "provide_automatic_options")

STARS = "its arguments come from `*` or `**`: write them out"
COMPUTED = "its rule is made while the code runs: write it out"
BRACES = "its rule holds a sign that FastAPI's paths take otherwise"
METHODS = "its methods are made while the code runs: write them out"
ENDPOINT = "its endpoint is made while the code runs: write it out"
UNMOUNTED = (
    "reading cannot tell that this registers a blueprint of the application"
)


@dataclass
class Given:
    """The arguments of a call by the names that they have in Flask."""

    named: dict[str, cst.Arg] = field(default_factory=dict)

    def pop(self, name: str) -> cst.Arg | None:
        """Take an argument out."""
        return self.named.pop(name, None)


def given(node: cst.Call, places: Sequence[str]) -> Given | None:
    """Return a call's arguments, or None if reading cannot tell.

    Args:
        node: the call.
        places: what the arguments by place are called.
    """
    found: dict[str, cst.Arg] = {}
    if len([arg for arg in node.args if arg.keyword is None]) > len(places):
        return None
    for place, argument in enumerate(node.args):
        if argument.star:
            return None
        name = argument.keyword.value if argument.keyword else places[place]
        found[name] = argument
    return Given(found)


def registered(draft: Draft, node: cst.Call) -> None:
    """Rewrite the registration of a route."""
    rules = draft.plan.rules[draft.tree.site(node)]
    if all(rule.owner.kind in BY_EXTENSION for rule in rules):
        return
    if not isinstance(node.func, cst.Attribute):
        draft.leave(node, UNTOLD)
        return
    owner = draft.tree.name(node.func.value) or ""
    if not draft.plan.is_converted(owner):
        if not any(rule.owner.site in draft.plan.left for rule in rules):
            draft.leave(node, UNTOLD)
        return
    problem = next(filter(None, map(_problem, rules)), "")
    if problem:
        draft.leave(node, problem)
    elif node.func.attr.value == "add_url_rule":
        _added(draft, node)
    else:
        _decorated(draft, node, rules)


def _problem(rule: Rule) -> str:
    """Return what reading could not tell of a registration."""
    if rule.rule is None:
        return COMPUTED
    if rule.problem:
        return rule.problem
    if rule.methods is None:
        return METHODS
    return ENDPOINT if rule.endpoint is None else ""


def _decorated(draft: Draft, node: cst.Call, rules: Iterable[Rule]) -> None:
    assert isinstance(node.func, cst.Attribute)
    classes = draft.plan.application.facts.classes
    if any(rule.use.function in classes for rule in rules):
        draft.leave(node, "a class stands below it: register it by itself")
        return
    known = given(node, ("rule",))
    if known is None:
        draft.leave(node, STARS)
        return
    first = _path(draft, node, known)
    if first is None:
        return
    verb = _verb(node.func.attr.value, known)
    endpoint = known.pop("endpoint")
    rest = list(known.named.values())
    if endpoint is not None and not _is_none(endpoint.value):
        rest.append(_named("name", endpoint.value))
    rest = _in_order(node, rest)
    _call(draft, node, verb, [*first, *rest])


def _verb(attribute: str, known: Given) -> str:
    """Return what registers a view, and take the methods where it says so."""
    if attribute in VERBS:
        return attribute
    methods = known.named.get("methods")
    if methods is None:
        return "get"
    only = _only_text(methods.value)
    if only is not None and only.lower() in VERBS:
        known.pop("methods")
        return only.lower()
    return "api_route"


def _only_text(node: cst.BaseExpression) -> str | None:
    """Return the text of a list of one text."""
    if not isinstance(node, (cst.List, cst.Tuple, cst.Set)):
        return None
    if len(node.elements) != 1:
        return None
    value = node.elements[0].value
    if not isinstance(value, cst.SimpleString):
        return None
    text = value.evaluated_value
    return text if isinstance(text, str) else None


def _added(draft: Draft, node: cst.Call) -> None:
    known = given(node, URL_RULE)
    if known is None:
        draft.leave(node, STARS)
        return
    view = known.pop("view_func")
    first = _path(draft, node, known)
    if first is None or view is None:
        return
    endpoint = known.pop("endpoint")
    rest = [
        argument if argument.keyword else _named(name, argument.value)
        for name, argument in known.named.items()
    ]
    if endpoint is not None and not _is_none(endpoint.value):
        rest.append(_named("name", endpoint.value))
    second = _by_place(view.value)
    rest = _in_order(node, rest)
    _call(draft, node, "add_api_route", [first[0], second, *first[1:], *rest])


def mounted(draft: Draft, node: cst.Call) -> None:
    """Rewrite the registration of a blueprint."""
    if not isinstance(node.func, cst.Attribute):
        return
    if node.func.attr.value != "register_blueprint":
        return
    owner = draft.tree.name(node.func.value) or ""
    if not draft.plan.is_converted(owner):
        return
    known = given(node, ("blueprint",))
    child = known.pop("blueprint") if known is not None else None
    if known is None or child is None:
        draft.mark(node, STARS)
        return
    if not draft.plan.are_converted(draft.tree.value(child.value)):
        mounts = draft.plan.mounts.get(draft.tree.site(node), [])
        if not any(mount.child.site in draft.plan.left for mount in mounts):
            draft.mark(node, UNMOUNTED)
        return
    prefix = known.named.get("url_prefix")
    if prefix is not None and _is_none(prefix.value):
        known.pop("url_prefix")
    elif prefix is not None:
        known.named["url_prefix"] = _prefix(draft, prefix)
    rest = list(known.named.values())
    _call(draft, node, "include_router", [_by_place(child.value), *rest])


def made(draft: Draft, node: cst.Call) -> None:
    """Rewrite the prefix of a blueprint that is made."""
    for argument in node.args:
        if argument.keyword and argument.keyword.value == "url_prefix":
            draft.edit(argument, _like(_prefix(draft, argument)))


def _like(new: cst.Arg) -> Edit:
    def edit(updated: cst.Arg) -> cst.Arg:
        return updated.with_changes(keyword=new.keyword, value=new.value)

    return edit


def _prefix(draft: Draft, argument: cst.Arg) -> cst.Arg:
    """Return the prefix of a blueprint under FastAPI's name."""
    text = draft.plan.application.text(draft.tree.value(argument.value))
    if text is None or not can_be_said(text) or not is_plain(text):
        return argument
    value = said(draft, argument.value, text)
    if value is None:
        return argument
    assert argument.keyword is not None
    return argument.with_changes(
        keyword=argument.keyword.with_changes(value="prefix"),
        value=value,
    )


def _path(
    draft: Draft,
    node: cst.Call,
    known: Given,
) -> list[cst.Arg] | None:
    """Return the arguments that say the path; None leaves the call."""
    rule = known.pop("rule")
    value = draft.tree.value(rule.value) if rule is not None else None
    text = draft.plan.application.text(value)
    if rule is None or text is None:
        draft.leave(node, COMPUTED)
        return None
    if not can_be_said(text):
        draft.leave(node, BRACES)
        return None
    path = said(draft, rule.value, text)
    if path is not None and is_plain(text):
        return [_by_place(path)]
    literal = path or cst.SimpleString(_quoted(as_path(text)))
    return [_by_place(literal), _named("rule", rule.value)]


def said(
    draft: Draft,
    node: cst.BaseExpression,
    text: str,
) -> cst.BaseExpression | None:
    """Return an expression for a rule as one for a path.

    None stands for one with a variable in what it takes from elsewhere.
    """
    expected = [variable.name for variable in variables(text)]
    if not expected:
        return node
    found = _Literals()
    changed = node.visit(found)
    assert isinstance(changed, cst.BaseExpression)
    return changed if found.seen == expected else None


class _Literals(cst.CSTTransformer):
    """Writes the variables of rules in texts as those of paths."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []

    def visit_FormattedStringExpression(
        self,
        node: cst.FormattedStringExpression,
    ) -> bool:
        return False

    def visit_Call(self, node: cst.Call) -> bool:
        return False

    def visit_Subscript(self, node: cst.Subscript) -> bool:
        return False

    def leave_SimpleString(
        self,
        original_node: cst.SimpleString,
        updated_node: cst.SimpleString,
    ) -> cst.SimpleString:
        return self._said(updated_node, escaped=False)

    def leave_FormattedStringText(
        self,
        original_node: cst.FormattedStringText,
        updated_node: cst.FormattedStringText,
    ) -> cst.FormattedStringText:
        return self._said(updated_node, escaped=True)

    def _said(self, node: cst.CSTNodeT, *, escaped: bool) -> cst.CSTNodeT:
        value = node.value  # type: ignore[attr-defined]
        self.seen += [variable.name for variable in variables(value)]
        return node.with_changes(value=as_path(value, escaped=escaped))


def _quoted(text: str) -> str:
    return repr(text) if '"' in text or "\\" in text else f'"{text}"'


def _is_none(node: cst.BaseExpression) -> bool:
    return isinstance(node, cst.Name) and node.value == "None"


def _by_place(node: cst.BaseExpression) -> cst.Arg:
    return cst.Arg(node)


def _named(name: str, node: cst.BaseExpression) -> cst.Arg:
    none = cst.SimpleWhitespace("")
    equal = cst.AssignEqual(none, none)
    return cst.Arg(node, keyword=cst.Name(name), equal=equal)


def _in_order(node: cst.Call, arguments: list[cst.Arg]) -> list[cst.Arg]:
    """Return arguments in the order in which their values were given."""
    places = {id(argument.value): n for n, argument in enumerate(node.args)}
    return sorted(
        arguments,
        key=lambda argument: places.get(id(argument.value), len(places)),
    )


def _call(
    draft: Draft,
    node: cst.Call,
    attribute: str,
    arguments: Sequence[cst.Arg],
) -> None:
    """Have a call changed into one of another method."""

    def edit(updated: cst.Call) -> cst.Call:
        func = updated.func
        assert isinstance(func, cst.Attribute)
        name = func.attr.with_changes(value=attribute)
        return updated.with_changes(
            func=func.with_changes(attr=name),
            args=_laid_out(node.args, updated.args, arguments),
        )

    draft.edit(node, edit)


def _laid_out(
    original: Sequence[cst.Arg],
    updated: Sequence[cst.Arg],
    arguments: Sequence[cst.Arg],
) -> list[cst.Arg]:
    """Return arguments with the commas and line breaks of the old ones.

    Args:
        original: the arguments as they were read.
        updated: the same, with what changed inside them.
        arguments: the new ones, whose values are those that were read
            wherever they stay.
    """
    changed = {
        id(before.value): after.value
        for before, after in zip(original, updated, strict=True)
    }
    commas = [argument.comma for argument in original[:-1]]
    plain = cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))
    commas += [plain] * len(arguments)
    last = len(arguments) - 1
    return [
        argument.with_changes(
            value=changed.get(id(argument.value), argument.value),
            comma=original[-1].comma if place == last else commas[place],
        )
        for place, argument in enumerate(arguments)
    ]
