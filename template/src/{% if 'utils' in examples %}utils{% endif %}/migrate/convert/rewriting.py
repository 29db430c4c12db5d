"""Rewrite one file of an application."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import libcst as cst
from libcst.codemod import CodemodContext
from libcst.codemod.visitors import AddImportsVisitor

from ..collecting import collect
from ..discovery import File, Sources
from ..facts import Facts, Function
from .candidates import candidates
from .edits import Draft, Spot
from .handing import attribute, handed, set_
from .imports import Imports
from .planning import Mark, Plan
from .proving import is_proven
from .registrations import made, mounted, registered
from .signatures import typed


@dataclass(frozen=True)
class Rewritten:
    """What a file becomes.

    Attributes:
        code: its new content; that of the old one if nothing changes.
        marks: places that are left as they were.
        undone: registrations of routes that are left, by site, and why.
        coroutines: the keys of views that became coroutines.
    """

    code: bytes
    marks: tuple[Mark, ...]
    undone: Mapping[str, str]
    coroutines: frozenset[str]


class Rewriter:
    """Rewrites the files of one application."""

    def __init__(
        self,
        plan: Plan,
        sources: Sources,
        elsewhere: frozenset[str],
        *,
        is_package: bool,
    ) -> None:
        """Begin with what is converted.

        Args:
            plan: what is converted.
            sources: all files.
            elsewhere: the names that code which is not read, such as
                tests, uses.
            is_package: whether the folder of the application is itself a
                package, so that the counterpart becomes a part of it.
        """
        self.plan = plan
        self.sources = sources
        self.elsewhere = elsewhere
        self.is_package = is_package

    @cached_property
    def parameters(self) -> dict[str, dict[str, str]]:
        """Return the path parameters of views and their converters."""
        return self.plan.parameters()

    @cached_property
    def candidates(self) -> frozenset[str]:
        """Return the views that may become coroutines."""
        return candidates(self.plan, self.elsewhere)

    @cached_property
    def functions(self) -> dict[tuple[str, int], Function]:
        """Return functions by the place of their names."""
        every = self.plan.application.facts.functions.values()
        return {(function.file, function.line): function for function in every}

    def rewrite(self, file: File, module: cst.Module) -> Rewritten:
        """Return what a file becomes."""
        tree = collect(file, self.sources, module, Facts())
        draft = Draft(tree, self.plan)
        draft.marks += [
            mark for mark in self.plan.marks if mark.file == file.shown
        ]
        Imports(draft, self._dots(file)).rewrite()
        is_uuid, coroutines = False, set[str]()
        for spot in draft.spots:
            _expression(draft, spot)
        for spot in draft.spots:
            if isinstance(spot.node, cst.FunctionDef):
                is_uuid |= self._function(draft, spot.node, coroutines)
        changed = draft.finished()
        if is_uuid:
            context = CodemodContext()
            AddImportsVisitor.add_needed_import(context, "uuid")
            changed = AddImportsVisitor(context).transform_module(changed)
        return Rewritten(
            changed.bytes,
            tuple(dict.fromkeys(draft.marks)),
            draft.undone,
            frozenset(coroutines),
        )

    def _dots(self, file: File) -> int:
        """Return how many dots lead to the counterpart; 0 for none."""
        if not self.is_package:
            return 0
        folder = file.path.relative_to(self.sources.root).parent
        return len(folder.parts) + 1

    def _function(
        self,
        draft: Draft,
        node: cst.FunctionDef,
        coroutines: set[str],
    ) -> bool:
        """Rewrite a view; return whether `uuid` has to be imported."""
        place = (draft.tree.file.shown, draft.tree.line(node.name))
        function = self.functions.get(place)
        if function is None:
            return False
        converters = self.parameters.get(function.key, {})
        is_uuid = typed(draft, node, function, converters)
        known = {name for name, kind in converters.items() if kind}
        is_candidate = function.key in self.candidates and not any(
            decorator.site in draft.undone for decorator in function.decorators
        )
        if is_candidate and is_proven(draft.tree, node, known):
            coroutines.add(function.key)
            draft.edit(node, _asynchronous)
        return is_uuid


def _asynchronous(node: cst.FunctionDef) -> cst.FunctionDef:
    return node.with_changes(asynchronous=cst.Asynchronous())


def _expression(draft: Draft, spot: Spot) -> None:
    node = spot.node
    if isinstance(node, cst.Attribute):
        attribute(draft, node)
    elif isinstance(node, cst.Assign):
        set_(draft, node)
    elif isinstance(node, cst.Call):
        site = draft.tree.site(node)
        if site in draft.plan.rules:
            registered(draft, node)
        elif site in draft.plan.mounts:
            mounted(draft, node)
        elif draft.plan.is_made(site):
            made(draft, node)
        else:
            handed(draft, node)
