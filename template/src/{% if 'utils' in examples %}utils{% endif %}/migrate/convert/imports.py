"""What is imported from Flask, imported from its counterpart."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import libcst as cst

from .edits import Draft, Spot
from .planning import BLUEPRINT, FLASK

PACKAGE = "flask_compat"
# The classes that have a counterpart, and what it is called.
CLASSES = {"Flask": "Application", "Blueprint": "Blueprint"}
KINDS = {"Flask": "app", "Blueprint": "blueprint"}
# What the counterpart hands on under the same name (Flask 3.1).
SAME = frozenset(
    (
        *("Config", "Request", "Response", "abort", "after_this_request"),
        *("appcontext_popped", "appcontext_pushed", "current_app", "flash"),
        *("appcontext_tearing_down", "before_render_template", "g"),
        *("copy_current_request_context", "get_flashed_messages"),
        *("get_template_attribute", "got_request_exception", "json"),
        *("has_app_context", "has_request_context", "jsonify"),
        *("make_response", "message_flashed", "redirect", "request"),
        *("render_template", "render_template_string", "request_finished"),
        *("request_started", "request_tearing_down", "send_file"),
        *("send_from_directory", "session", "stream_template"),
        *("stream_template_string", "stream_with_context", "url_for"),
        *("template_rendered",),
    )
)
# Modules of Flask that define the classes.
HOMES = {"flask", "flask.app", "flask.blueprints"}
VIEWS = "flask.views"
VIEW_CLASSES = frozenset(("View", "MethodView"))
CLASS_USED = (
    "Flask's own class is used here, and is not that of the converted "
    "application"
)


@dataclass
class Uses:
    """How a file uses one of the classes.

    Attributes:
        new: references that become the counterpart.
        both: references that become both, such as those of `isinstance`.
        old: whether one stays Flask's.
    """

    new: list[Spot] = field(default_factory=list)
    both: list[Spot] = field(default_factory=list)
    old: bool = False

    @property
    def needs_new(self) -> bool:
        """Return whether the counterpart is imported."""
        return bool(self.new or self.both)

    @property
    def needs_old(self) -> bool:
        """Return whether Flask's class is imported."""
        return self.old or bool(self.both)


class Imports:
    """Rewrites the imports of a file and the names that they give."""

    def __init__(self, draft: Draft, relative: int) -> None:
        """Look through a file.

        Args:
            draft: the file.
            relative: how many dots lead to the folder of the counterpart;
                0 where it is imported as a package of its own.
        """
        self.draft = draft
        self.tree = draft.tree
        self.relative = relative
        self.uses = {name: Uses() for name in CLASSES}
        # References such as `flask.request`, and whether others stay.
        self.attributes: list[cst.Attribute] = []
        self.module_stays = False
        self.statements: list[Spot] = []
        self.names: set[str] = set()
        self.quoted = ""
        for spot in draft.spots:
            self._look(spot)
        self.local = {name: self._local(name) for name in CLASSES}

    # Looking -------------------------------------------------------------

    def _look(self, spot: Spot) -> None:
        node = spot.node
        if isinstance(node, (cst.Import, cst.ImportFrom)):
            self.statements.append(spot)
        elif isinstance(node, cst.SimpleString):
            if spot.is_within(cst.Annotation):
                self.quoted += node.value
        elif isinstance(node, cst.Attribute):
            self._attribute(spot, node)
        elif isinstance(node, cst.Name):
            self.names.add(node.value)
            self._name(spot, node)

    def _attribute(self, spot: Spot, node: cst.Attribute) -> None:
        if self.tree.name(node.value) != "flask":
            return
        if not isinstance(node.value, cst.Name):
            return
        name = node.attr.value
        if name in CLASSES:
            self._class(spot, name)
        elif name in SAME:
            self.attributes.append(node)
        else:
            self.module_stays = True

    def _name(self, spot: Spot, node: cst.Name) -> None:
        if not _is_reference(spot):
            return
        name = self.tree.name(node)
        if name is None:
            return
        if name == "flask":
            if not isinstance(spot.parent, cst.Attribute):
                self.module_stays = True
            return
        direct = self.draft.plan.direct(name)
        if direct in (FLASK, BLUEPRINT):
            self._class(spot, direct.removeprefix("flask."))

    def _class(self, spot: Spot, name: str) -> None:
        uses, plan = self.uses[name], self.draft.plan
        node, parent = spot.node, spot.parent
        if isinstance(parent, cst.Call) and parent.func is node:
            if plan.is_made(self.tree.site(parent)):
                uses.new.append(spot)
            else:
                uses.old = True
        elif spot.is_within(cst.Annotation) or _is_type(spot):
            if plan.converts(KINDS[name]):
                uses.new.append(spot)
            else:
                uses.old = True
        elif self._is_checked(spot):
            uses.both.append(spot)
        else:
            uses.old = True
            if not _is_base(spot):
                self.draft.mark(node, CLASS_USED)

    def _is_checked(self, spot: Spot) -> bool:
        """Return whether `isinstance` looks for the class."""
        around = list(spot.around)
        inner: cst.CSTNode = spot.node
        while around and isinstance(
            around[-1], (cst.Tuple, cst.Element, cst.Arg)
        ):
            inner = around.pop()
        call = around[-1] if around else None
        if not isinstance(call, cst.Call) or len(call.args) != 2:
            return False
        name = self.tree.name(call.func)
        return name == "builtins.isinstance" and call.args[1] is inner

    # Names ---------------------------------------------------------------

    def _local(self, name: str) -> str:
        """Return what the counterpart of a class is called in this file."""
        uses, new = self.uses[name], CLASSES[name]
        is_exported = self.draft.plan.is_exported(self.tree.file.module, name)
        if is_exported:
            uses.old = True
        is_free = new == name or new not in self._taken()
        is_quoted = re.search(rf"\b{name}\b", self.quoted) is not None
        if uses.needs_old:
            every = (new, f"Compat{new}", f"FlaskCompat{new}")
            own = every if new != name else every[1:]
            return next(each for each in own if each not in self._taken())
        if not is_free or is_quoted:
            return name
        return new

    def _taken(self) -> set[str]:
        return self.names | self.draft.plan.starred(self.tree.file.module)

    # Rewriting -----------------------------------------------------------

    def rewrite(self) -> None:
        """Have imports and references changed."""
        aliases = self._aliases()
        for spot in self.statements:
            if isinstance(spot.node, cst.ImportFrom):
                self._from(spot, spot.node)
            elif isinstance(spot.node, cst.Import):
                self._import(spot, spot.node)
        for name, uses in self.uses.items():
            for spot in uses.new:
                self._renamed(spot.node, name, aliases)
            for spot in uses.both:
                self._both(spot, name, aliases)
        if not self._module_needed:
            return
        for node in self.attributes:
            self._moved(node, node.attr.value)

    @property
    def _module_needed(self) -> bool:
        """Return whether `import flask` has to give the counterpart."""
        return any(
            _is_flask(alias)
            for spot in self.statements
            if isinstance(spot.node, cst.Import)
            for alias in spot.node.names
        )

    def _aliases(self) -> dict[str, str]:
        """Return what own names the classes are imported by."""
        found = {}
        for spot in self.statements:
            node = spot.node
            if not isinstance(node, cst.ImportFrom):
                continue
            if isinstance(node.names, cst.ImportStar):
                continue
            for alias in node.names:
                own = alias.evaluated_alias
                if own and alias.evaluated_name in CLASSES:
                    found[own] = alias.evaluated_name
        return found

    def _renamed(
        self,
        node: cst.CSTNode,
        name: str,
        aliases: dict[str, str],
    ) -> None:
        if isinstance(node, cst.Attribute):
            self._moved(node, CLASSES[name])
            return
        assert isinstance(node, cst.Name)
        new = self._reference(node, name, aliases)
        if new != node.value:
            self.draft.edit(node, lambda old: old.with_changes(value=new))

    def _reference(
        self,
        node: cst.Name,
        name: str,
        aliases: dict[str, str],
    ) -> str:
        is_alias = node.value in aliases
        if is_alias and not self.uses[name].needs_old:
            return node.value
        return self.local[name]

    def _moved(self, node: cst.Attribute, attribute: str) -> None:
        """Have `flask.name` changed."""

        def edit(old: cst.Attribute) -> cst.Attribute:
            value = old.value
            assert isinstance(value, cst.Name)
            if value.value == "flask" or self._flask_stays:
                value = value.with_changes(value=PACKAGE)
            attr = old.attr.with_changes(value=attribute)
            return old.with_changes(value=value, attr=attr)

        self.draft.edit(node, edit)

    def _both(
        self,
        spot: Spot,
        name: str,
        aliases: dict[str, str],
    ) -> None:
        """Have `isinstance` look for both classes."""
        node = spot.node
        if isinstance(node, cst.Attribute):
            new: cst.BaseExpression = cst.Attribute(
                cst.Name(PACKAGE), cst.Name(CLASSES[name])
            )
        else:
            assert isinstance(node, cst.Name)
            new = cst.Name(self._reference(node, name, aliases))
        if isinstance(spot.parent, cst.Element):
            self._beside(spot.around[-2], spot.parent, new)
            return

        def edit(old: cst.BaseExpression) -> cst.Tuple:
            return cst.Tuple([cst.Element(new), cst.Element(old)])

        self.draft.edit(node, edit)

    def _beside(
        self,
        around: cst.CSTNode,
        element: cst.Element,
        new: cst.BaseExpression,
    ) -> None:
        assert isinstance(around, cst.Tuple)
        place = around.elements.index(element)
        comma = cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))

        def edit(old: cst.Tuple) -> cst.Tuple:
            first = cst.Element(new, comma)
            elements = (*old.elements[:place], first, *old.elements[place:])
            return old.with_changes(elements=elements)

        self.draft.edit(around, edit)

    # Statements ----------------------------------------------------------

    @cached_property
    def _flask_stays(self) -> bool:
        """Return whether a plain `import flask` is still needed."""
        is_old = any(
            uses.old or uses.both
            for uses in self.uses.values()
            if any(
                isinstance(each.node, cst.Attribute)
                for each in (*uses.new, *uses.both)
            )
        )
        return self.module_stays or is_old or self._old_attribute

    @property
    def _old_attribute(self) -> bool:
        new = {
            id(spot.node) for uses in self.uses.values() for spot in uses.new
        }
        return any(
            isinstance(spot.node, cst.Attribute)
            and spot.node.attr.value in CLASSES
            and self.tree.name(spot.node.value) == "flask"
            and id(spot.node) not in new
            for spot in self.draft.spots
        )

    @property
    def _uses_module(self) -> bool:
        """Return whether `flask.name` is used that the counterpart has."""
        return bool(self.attributes) or any(
            isinstance(spot.node, cst.Attribute)
            for uses in self.uses.values()
            for spot in (*uses.new, *uses.both)
        )

    def _import(self, spot: Spot, node: cst.Import) -> None:
        """Have `import flask` changed."""
        plain = [alias for alias in node.names if _is_flask(alias)]
        if not plain or not self._uses_module:
            return
        alias = None if self._flask_stays else plain[0].evaluated_alias
        new = self._module_import(alias)
        if self._flask_stays:
            self._replace(spot, [node, new])
            return
        rest = [each for each in node.names if not _is_flask(each)]
        if not rest:
            self._replace(spot, [new])
            return
        rest[-1] = rest[-1].with_changes(comma=cst.MaybeSentinel.DEFAULT)
        self._replace(spot, [node.with_changes(names=rest), new])

    def _module_import(self, alias: str | None) -> cst.Import | cst.ImportFrom:
        asname = cst.AsName(cst.Name(alias)) if alias else None
        name = cst.ImportAlias(cst.Name(PACKAGE), asname)
        if not self.relative:
            return cst.Import([name])
        return cst.ImportFrom(None, [name], [cst.Dot()] * self.relative)

    def _from(self, spot: Spot, node: cst.ImportFrom) -> None:
        """Have `from flask import …` changed."""
        if node.relative or node.module is None:
            return
        module = _dotted(node.module)
        if isinstance(node.names, cst.ImportStar):
            if module == "flask":
                self._star(spot, node)
            return
        if module == VIEWS:
            if all(one.evaluated_name in VIEW_CLASSES for one in node.names):
                changed = self._source(node, f"{PACKAGE}.views")
                self._replace(spot, [changed])
            return
        if module in HOMES:
            self._split(spot, node, module)

    def _split(self, spot: Spot, node: cst.ImportFrom, module: str) -> None:
        assert not isinstance(node.names, cst.ImportStar)
        moved: list[cst.ImportAlias] = []
        stays: list[cst.ImportAlias] = []
        for alias in node.names:
            name = alias.evaluated_name
            if name in CLASSES:
                new, old = self._of_class(alias, name)
                moved += new
                stays += old
            elif name in SAME and module == "flask":
                moved.append(alias)
            else:
                stays.append(alias)
        if not moved:
            return
        changed = self._source(node, PACKAGE)
        moved = _in_order(moved, node)
        if not stays:
            names = _with_commas(moved, node.names)
            self._replace(spot, [changed.with_changes(names=names)])
            return
        # The longer one keeps the layout.
        if len(moved) >= len(stays):
            kept = _bare(node, stays)
            names = _with_commas(moved, node.names)
            changed = changed.with_changes(names=names)
        else:
            names = _with_commas(stays, node.names)
            kept = node.with_changes(names=names)
            changed = _bare(changed, moved)
        self._replace(spot, [kept, changed])

    def _of_class(
        self,
        alias: cst.ImportAlias,
        name: str,
    ) -> tuple[list[cst.ImportAlias], list[cst.ImportAlias]]:
        """Return what a class is imported as: the new one, the old one."""
        uses = self.uses[name]
        own = alias.evaluated_alias
        if uses.needs_old and not uses.needs_new:
            return [], [alias]
        is_used = uses.needs_new or self.draft.plan.converts(KINDS[name])
        if not is_used:
            return [], [alias]
        local = self.local[name]
        if own and not uses.needs_old:
            local = own
        new = _imported(alias, CLASSES[name], local)
        return [new], [alias] if uses.needs_old else []

    def _star(self, spot: Spot, node: cst.ImportFrom) -> None:
        """Import the counterparts behind all of Flask."""
        names = [
            cst.ImportAlias(
                cst.Name(CLASSES[name]),
                cst.AsName(cst.Name(self.local[name]))
                if self.local[name] != CLASSES[name]
                else None,
            )
            for name, uses in self.uses.items()
            if uses.needs_new
        ]
        if names:
            changed = _bare(self._source(node, PACKAGE), names)
            self._replace(spot, [node, changed])

    def _source(self, node: cst.ImportFrom, dotted: str) -> cst.ImportFrom:
        module = cst.parse_expression(dotted)
        dots = [cst.Dot()] * self.relative
        return node.with_changes(module=module, relative=dots)

    def _replace(
        self,
        spot: Spot,
        statements: Sequence[cst.BaseSmallStatement],
    ) -> None:
        """Have a statement replaced, by lines of their own if it has one."""
        line = spot.parent
        if len(statements) == 1:
            self.draft.edit(spot.node, lambda old: _same(old, statements[0]))
            return
        is_alone = (
            isinstance(line, cst.SimpleStatementLine) and len(line.body) == 1
        )
        if not is_alone:
            self.draft.edit(
                spot.node,
                lambda old: cst.FlattenSentinel(list(statements)),
            )
            return

        def edit(old: cst.SimpleStatementLine) -> object:
            first, *others = statements
            return cst.FlattenSentinel(
                [
                    old.with_changes(body=[first]),
                    *(cst.SimpleStatementLine([other]) for other in others),
                ]
            )

        self.draft.edit(line, edit)


def _same(
    old: cst.BaseSmallStatement,
    new: cst.BaseSmallStatement,
) -> cst.BaseSmallStatement:
    """Return a statement with the semicolon of the one it replaces."""
    return new.with_changes(semicolon=old.semicolon)


def _imported(
    alias: cst.ImportAlias,
    name: str,
    local: str,
) -> cst.ImportAlias:
    asname = cst.AsName(cst.Name(local)) if local != name else None
    if asname is not None and alias.asname is not None:
        asname = alias.asname.with_changes(name=cst.Name(local))
    return alias.with_changes(name=cst.Name(name), asname=asname)


def _with_commas(
    names: Sequence[cst.ImportAlias],
    original: Sequence[cst.ImportAlias],
) -> list[cst.ImportAlias]:
    """Return names with the last comma of the ones that were read."""
    *first, last = names
    comma = original[-1].comma
    plain = cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))
    kept = [
        name
        if isinstance(name.comma, cst.Comma)
        else name.with_changes(comma=plain)
        for name in first
    ]
    return [*kept, last.with_changes(comma=comma)]


def _in_order(
    names: list[cst.ImportAlias],
    node: cst.ImportFrom,
) -> list[cst.ImportAlias]:
    """Return names in order, if those that were read are.

    Comments stand beside names: with one of them, names stay where they are.
    """
    assert not isinstance(node.names, cst.ImportStar)
    known = [_by_type(alias) for alias in node.names]
    has_comment = "#" in cst.Module([]).code_for_node(node)
    if has_comment or known != sorted(known):
        return names
    commas = [name.comma for name in names]
    return [
        name.with_changes(comma=comma)
        for name, comma in zip(
            sorted(names, key=_by_type), commas, strict=True
        )
    ]


def _by_type(alias: cst.ImportAlias) -> tuple[bool, bool, str]:
    """Return what names are sorted by: constants, classes, the rest."""
    name = alias.evaluated_name
    return not name.isupper(), not name[0].isupper(), name


def _bare(
    node: cst.ImportFrom,
    names: Sequence[cst.ImportAlias],
) -> cst.ImportFrom:
    """Return an import of names on one line."""
    default = cst.MaybeSentinel.DEFAULT
    return node.with_changes(
        names=[name.with_changes(comma=default) for name in names],
        lpar=None,
        rpar=None,
    )


def _is_flask(alias: cst.ImportAlias) -> bool:
    return alias.evaluated_name == "flask"


def _is_reference(spot: Spot) -> bool:
    """Return whether a name stands for what it is called by."""
    node, parent = spot.node, spot.parent
    if isinstance(parent, cst.Attribute):
        return parent.value is node
    if isinstance(parent, cst.Arg):
        return parent.keyword is not node
    named = (cst.FunctionDef, cst.ClassDef, cst.Param)
    if isinstance(parent, named):
        return parent.name is not node
    if isinstance(parent, (cst.ImportAlias, cst.AsName, cst.NameItem)):
        return False
    return not spot.is_within(cst.ImportFrom) and not spot.is_within(
        cst.Import
    )


def _is_type(spot: Spot) -> bool:
    """Return whether a class stands in brackets, as types do."""
    return spot.is_within(cst.Subscript) and isinstance(
        spot.parent, (cst.Index, cst.Element, cst.BinaryOperation)
    )


def _is_base(spot: Spot) -> bool:
    return (
        len(spot.around) > 1
        and isinstance(spot.parent, cst.Arg)
        and isinstance(spot.around[-2], cst.ClassDef)
    )


def _dotted(node: cst.BaseExpression) -> str:
    if isinstance(node, cst.Attribute):
        return f"{_dotted(node.value)}.{node.attr.value}"
    assert isinstance(node, cst.Name)
    return node.value
