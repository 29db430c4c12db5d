"""Changes to a file, gathered first and made in one pass."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import libcst as cst

from ..trees import Tree, children
from .planning import Mark, Plan

Edit = Callable[[Any], Any]
STATEMENTS = (cst.SimpleStatementLine, cst.BaseCompoundStatement)
SIGN = "# MIGRATE: "


@dataclass(frozen=True)
class Spot:
    """A node, and what it stands in, the outermost first."""

    node: cst.CSTNode
    around: tuple[cst.CSTNode, ...]

    @property
    def parent(self) -> cst.CSTNode:
        """Return what it directly stands in."""
        return self.around[-1]

    def is_within(self, kind: type[cst.CSTNode]) -> bool:
        """Return whether it stands in something of a kind."""
        return any(isinstance(node, kind) for node in self.around)


class _Pass(cst.CSTTransformer):
    """Makes the changes."""

    def __init__(self, edits: dict[cst.CSTNode, list[Edit]]) -> None:
        super().__init__()
        self._edits = edits

    def on_leave(
        self,
        original_node: cst.CSTNodeT,
        updated_node: cst.CSTNodeT,
    ) -> Any:
        """Change a node, once those below it are changed."""
        changed: Any = updated_node
        for edit in self._edits.get(original_node, ()):
            changed = edit(changed)
        return changed


@dataclass
class Draft:
    """A file on its way to what it becomes.

    Attributes:
        tree: what was read.
        plan: what is converted.
        marks: places that get a comment.
        undone: registrations that stay as they are, by site, and why.
        spots: all nodes but layout, in order.
    """

    tree: Tree
    plan: Plan
    marks: list[Mark] = field(default_factory=list)
    undone: dict[str, str] = field(default_factory=dict)
    spots: tuple[Spot, ...] = ()
    _edits: dict[cst.CSTNode, list[Edit]] = field(
        default_factory=lambda: defaultdict(list),
    )

    def __post_init__(self) -> None:
        """Find all nodes."""
        self.spots = tuple(_spots(self.tree.module))

    def edit(self, node: cst.CSTNode, edit: Edit) -> None:
        """Have a node changed."""
        self._edits[node].append(edit)

    @property
    def is_changed(self) -> bool:
        """Return whether anything changes but comments."""
        return bool(self._edits)

    def mark(self, node: cst.CSTNode, reason: str) -> None:
        """Have a comment put above the statement that a node is in."""
        file = self.tree.file.shown
        self.marks.append(Mark(file, self.tree.line(node), reason))

    def leave(self, node: cst.Call, reason: str) -> None:
        """Have a registration stay as it is."""
        self.undone[self.tree.site(node)] = reason
        self.mark(node, reason)

    def finished(self) -> cst.Module:
        """Return the changed file."""
        reasons: dict[cst.CSTNode, list[str]] = defaultdict(list)
        for mark in dict.fromkeys(self.marks):
            statement = self._statements.get(mark.line)
            if statement is not None:
                reasons[statement].append(mark.reason)
        edits = dict(self._edits)
        for statement, texts in reasons.items():
            edits[statement] = [_marked(texts), *edits.get(statement, ())]
        module = self.tree.module.visit(_Pass(edits))
        assert isinstance(module, cst.Module)
        return module

    @cached_property
    def _statements(self) -> dict[int, cst.CSTNode]:
        """Return the innermost statement or decorator of each line."""
        found: dict[int, cst.CSTNode] = {}
        for spot in self.spots:
            if isinstance(spot.node, (*STATEMENTS, cst.Decorator)):
                first, last = self.tree.lines(spot.node)
                found |= dict.fromkeys(range(first, last + 1), spot.node)
        return found


def _spots(module: cst.Module) -> Iterator[Spot]:
    waiting: list[Spot] = [Spot(module, ())]
    while waiting:
        spot = waiting.pop()
        yield spot
        around = (*spot.around, spot.node)
        below = [Spot(child, around) for child in children(spot.node)]
        waiting.extend(reversed(below))


def _marked(reasons: Sequence[str]) -> Edit:
    def edit(node: Any) -> Any:
        lines = [
            cst.EmptyLine(comment=cst.Comment(f"{SIGN}{_ascii(reason)}"))
            for reason in dict.fromkeys(reasons)
        ]
        return node.with_changes(leading_lines=(*node.leading_lines, *lines))

    return edit


def _ascii(text: str) -> str:
    """Return text that every encoding has."""
    return text.encode("ascii", "backslashreplace").decode("ascii")
