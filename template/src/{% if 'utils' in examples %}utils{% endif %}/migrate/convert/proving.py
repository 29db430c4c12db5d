"""Prove of a view that nothing in it blocks.

Only a view whose every expression is known is proven; in any doubt it stays
`def`, and runs in a thread as before.
"""

from collections.abc import Iterable, Set

import libcst as cst

from ..trees import Tree

# What a request holds before a view begins (Flask 3.1).
READS = {
    "flask.request.args",
    "flask.request.headers",
    "flask.request.method",
    "flask.request.path",
    "flask.request.view_args",
}
# Methods of texts, dictionaries and lists that only compute.
METHODS = {
    *("capitalize", "casefold", "count", "endswith", "find", "get"),
    *("getlist", "index", "isalnum", "isalpha", "isdecimal", "isdigit"),
    *("islower", "isnumeric", "isspace", "isupper", "items", "join"),
    *("keys", "lower", "lstrip", "partition", "removeprefix"),
    *("removesuffix", "replace", "rpartition", "rsplit", "rstrip"),
    *("split", "splitlines", "startswith", "strip", "swapcase", "title"),
    *("to_dict", "upper", "values"),
}
# What `request.args.get(…, type=…)` may call.
TYPES = {"builtins.int", "builtins.float", "builtins.str", "builtins.bool"}
ANSWERS = {"flask.jsonify", "flask.json.jsonify"}
# A power, a shift, a repeated text can take as long as one likes.
COMPUTES = (cst.Add, cst.Subtract, cst.Divide, cst.FloorDivide, cst.Modulo)
PLAIN = (
    *(cst.Integer, cst.Float, cst.SimpleString, cst.ConcatenatedString),
    *(cst.Imaginary, cst.Ellipsis),
)


class Proof:
    """The proof of one view: what is known in it so far."""

    def __init__(self, tree: Tree, parameters: Iterable[str]) -> None:
        """Begin with its parameters, whose values Werkzeug made."""
        self.tree = tree
        self.known: set[str] = set(parameters)

    def holds(self, node: cst.FunctionDef) -> bool:
        """Return whether nothing in a view blocks."""
        return self._body(node.body)

    def _body(self, body: cst.BaseSuite) -> bool:
        return all(self._statement(each) for each in body.body)

    def _statement(self, node: cst.CSTNode) -> bool:
        if isinstance(node, cst.SimpleStatementLine):
            return all(self._statement(each) for each in node.body)
        if isinstance(node, cst.Return):
            return node.value is None or self._value(node.value)
        if isinstance(node, cst.Assign):
            return self._assigned(node)
        if isinstance(node, cst.Expr):
            return isinstance(node.value, PLAIN)
        if isinstance(node, cst.If):
            return self._if(node)
        return isinstance(node, cst.Pass)

    def _assigned(self, node: cst.Assign) -> bool:
        if not self._value(node.value) or len(node.targets) != 1:
            return False
        target = node.targets[0].target
        if not isinstance(target, cst.Name):
            return False
        self.known.add(target.value)
        return True

    def _if(self, node: cst.If) -> bool:
        if not self._value(node.test) or not self._body(node.body):
            return False
        if isinstance(node.orelse, cst.If):
            return self._if(node.orelse)
        return node.orelse is None or self._body(node.orelse.body)

    def _value(self, node: cst.CSTNode) -> bool:
        """Return whether an expression is known and only computes."""
        if isinstance(node, PLAIN):
            return True
        if isinstance(node, cst.Name):
            is_constant = node.value in ("None", "True", "False")
            return is_constant or node.value in self.known
        if isinstance(node, cst.Attribute):
            return self.tree.name(node) in READS
        if isinstance(node, cst.Call):
            return self._call(node)
        if isinstance(node, cst.Subscript):
            return self._item(node)
        if isinstance(node, cst.BinaryOperation):
            is_plain = isinstance(node.operator, COMPUTES)
            return is_plain and self._all((node.left, node.right))
        if isinstance(node, cst.Comparison):
            others = [each.comparator for each in node.comparisons]
            return self._all((node.left, *others))
        if isinstance(node, cst.BooleanOperation):
            return self._all((node.left, node.right))
        if isinstance(node, cst.UnaryOperation):
            return self._value(node.expression)
        if isinstance(node, cst.IfExp):
            return self._all((node.test, node.body, node.orelse))
        return self._container(node)

    def _container(self, node: cst.CSTNode) -> bool:
        if isinstance(node, (cst.Tuple, cst.List, cst.Set)):
            return all(
                isinstance(each, cst.Element) and self._value(each.value)
                for each in node.elements
            )
        if isinstance(node, cst.Dict):
            return all(
                isinstance(each, cst.DictElement)
                and self._all((each.key, each.value))
                for each in node.elements
            )
        if isinstance(node, cst.FormattedString):
            return all(
                isinstance(part, cst.FormattedStringText)
                or (
                    isinstance(part, cst.FormattedStringExpression)
                    and part.format_spec is None
                    and self._value(part.expression)
                )
                for part in node.parts
            )
        return False

    def _item(self, node: cst.Subscript) -> bool:
        if len(node.slice) != 1 or not self._value(node.value):
            return False
        index = node.slice[0].slice
        return isinstance(index, cst.Index) and self._value(index.value)

    def _call(self, node: cst.Call) -> bool:
        arguments = node.args
        if any(argument.star for argument in arguments):
            return False
        if self.tree.name(node.func) in ANSWERS:
            return self._all([argument.value for argument in arguments])
        if not isinstance(node.func, cst.Attribute):
            return False
        if node.func.attr.value not in METHODS:
            return False
        return self._value(node.func.value) and all(
            self._value(argument.value) or self._is_type(argument)
            for argument in arguments
        )

    def _is_type(self, argument: cst.Arg) -> bool:
        keyword = argument.keyword
        is_named = keyword is not None and keyword.value == "type"
        return is_named and self.tree.name(argument.value) in TYPES

    def _all(self, nodes: Iterable[cst.CSTNode]) -> bool:
        return all(self._value(node) for node in nodes)


def is_proven(
    tree: Tree,
    node: cst.FunctionDef,
    parameters: Set[str],
) -> bool:
    """Return whether nothing in a view blocks.

    Args:
        tree: the file.
        node: the view.
        parameters: its parameters that Werkzeug's own converters give.
    """
    every = (
        *node.params.params,
        *node.params.kwonly_params,
        *node.params.posonly_params,
    )
    names = {parameter.name.value for parameter in every}
    has_stars = (
        isinstance(node.params.star_arg, cst.Param)
        or node.params.star_kwarg is not None
    )
    if has_stars or names - parameters:
        return False
    if any(parameter.default is not None for parameter in every):
        return False
    return Proof(tree, names).holds(node)
