"""Collect the facts of one file: every use of a name, and what names hold."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import libcst as cst

from .discovery import File, Sources
from .facts import Action, Class, Facts, Form, Function, Use, Value
from .trees import Tree, children

CHAINS = (cst.Attribute, cst.Call, cst.Subscript)


@dataclass(frozen=True)
class Around:
    """What a node stands in.

    Attributes:
        where: the key of the function, or the module's name.
        inside: what names of this scope begin with.
        function: the function itself.
        cls: the class whose body it is directly in.
        within: "loop" or "branch" where it stands in one.
        is_async: whether it stands in a coroutine.
    """

    where: str
    inside: str
    function: Function | None = None
    cls: Class | None = None
    within: str = ""
    is_async: bool = False


class Collector:
    """Walks one file's tree and adds what it sees to the facts."""

    def __init__(self, tree: Tree, facts: Facts) -> None:
        """Begin at the top of a file."""
        self.tree = tree
        self.facts = facts
        self.shown = tree.file.shown
        self.handlers: dict[
            type[cst.CSTNode],
            Callable[[cst.CSTNode, Around], None],
        ] = {
            cst.Import: self.import_,
            cst.ImportFrom: self.import_from,
            cst.FunctionDef: self.function,
            cst.ClassDef: self.class_,
            cst.Assign: self.assign,
            cst.AnnAssign: self.annotated,
            cst.NamedExpr: self.named,
            cst.AugAssign: self.augmented,
            cst.WithItem: self.with_item,
            cst.For: self.loop,
            cst.While: self.while_,
            cst.If: self.branch,
            cst.Try: self.tried,
            cst.Return: self.return_,
            cst.Yield: self.yield_,
            cst.Name: self.expression,
            cst.Attribute: self.expression,
            cst.Call: self.expression,
            cst.Subscript: self.expression,
            cst.Annotation: self.skip,
            cst.Global: self.skip,
            cst.Nonlocal: self.skip,
        }

    def walk(self, node: cst.CSTNode, around: Around) -> None:
        """Collect what stands at and below a node."""
        handler = self.handlers.get(type(node))
        if handler is not None:
            handler(node, around)
            return
        self.below(node, around)

    def below(self, node: cst.CSTNode, around: Around) -> None:
        """Collect what stands below a node."""
        for child in children(node):
            self.walk(child, around)

    def skip(self, node: cst.CSTNode, around: Around) -> None:
        """Collect nothing: what stands here is not run."""

    # Imports -------------------------------------------------------------

    def import_(self, node: cst.CSTNode, around: Around) -> None:
        """Remember modules that are imported."""
        assert isinstance(node, cst.Import)
        for alias in node.names:
            full = alias.evaluated_name
            self.use(node, self.tree.imported(full), around, Action.IMPORT)
            if around.where != self.tree.file.module:
                continue
            own = alias.evaluated_alias
            name = own or full.partition(".")[0]
            target = self.tree.imported(full if own else name)
            self.bind_name(around, name, target, node)

    def import_from(self, node: cst.CSTNode, around: Around) -> None:
        """Remember names that are imported from a module."""
        assert isinstance(node, cst.ImportFrom)
        parts = [node.module] if node.module else []
        dotted = "".join(_dotted(part) for part in parts)
        start = "." * len(node.relative) + dotted
        module = self.tree.imported(start) if start else ""
        if isinstance(node.names, cst.ImportStar):
            stars = self.facts.stars.setdefault(self.tree.file.module, [])
            stars.append(module)
            self.use(node, module, around, Action.IMPORT)
            return
        for alias in node.names:
            name = alias.evaluated_name
            between = "" if not dotted else "."
            full = self.tree.imported(f"{start}{between}{name}")
            self.use(node, full, around, Action.IMPORT)
            if around.where == self.tree.file.module:
                own = alias.evaluated_alias or name
                self.bind_name(around, own, full, node)

    # Definitions ---------------------------------------------------------

    def function(self, node: cst.CSTNode, around: Around) -> None:
        """Remember a function, and collect what stands in it."""
        assert isinstance(node, cst.FunctionDef)
        dotted = f"{around.inside}{node.name.value}"
        line = self.tree.line(node.name)
        key = f"{dotted}@{line}"
        every = (
            *node.params.posonly_params,
            *node.params.params,
            *node.params.kwonly_params,
        )
        function = Function(
            key,
            node.name.value,
            self.shown,
            line,
            tuple(parameter.name.value for parameter in every),
            around.cls.key if around.cls else None,
            node.asynchronous is not None,
            parent=around.where,
        )
        self.facts.functions[key] = function
        self.bind_name(around, node.name.value, key, node)
        if around.cls:
            around.cls.methods[node.name.value] = key
        self.decorated(node.decorators, function, around)
        self.parameters(every, f"{dotted}.<locals>.", function, around)
        inner = Around(
            where=key,
            inside=f"{dotted}.<locals>.",
            function=function,
            is_async=function.is_async,
        )
        self.walk(node.body, inner)

    def parameters(
        self,
        every: tuple[cst.Param, ...],
        inside: str,
        function: Function,
        around: Around,
    ) -> None:
        """Remember what parameters hold, as far as annotations tell."""
        for place, parameter in enumerate(every):
            name = f"{inside}{parameter.name.value}"
            if place == 0 and around.cls and not _is_static(function):
                self.tree.selves[name] = f"{_plain(around.cls.key)}()"
            elif parameter.annotation is not None:
                kind = self.annotation(parameter.annotation.annotation)
                if kind:
                    line = self.tree.line(parameter)
                    made = Value(Form.NAME, f"{kind}()", line)
                    self.facts.bind(name, made)
            if parameter.default is not None:
                self.walk(parameter.default, around)

    def annotation(self, node: cst.BaseExpression) -> str | None:
        """Return the class that an annotation names, a quoted one too."""
        if isinstance(node, cst.SimpleString):
            return None
        if isinstance(node, cst.BinaryOperation):
            return self.annotation(node.left)
        if isinstance(node, cst.Subscript):
            return None
        return self.tree.name(node)

    def class_(self, node: cst.CSTNode, around: Around) -> None:
        """Remember a class, and collect what stands in it."""
        assert isinstance(node, cst.ClassDef)
        dotted = f"{around.inside}{node.name.value}"
        line = self.tree.line(node.name)
        bases = tuple(self.tree.value(base.value) for base in node.bases)
        cls = Class(
            f"{dotted}@{line}", node.name.value, self.shown, line, bases
        )
        self.facts.classes[cls.key] = cls
        self.bind_name(around, node.name.value, cls.key, node)
        self.decorated(node.decorators, cls, around)
        inside = replace(around, where=cls.key)
        for base in node.bases:
            self.walk(base.value, inside)
        inner = replace(
            around,
            where=cls.key,
            inside=f"{dotted}.",
            function=None,
            cls=cls,
        )
        self.walk(node.body, inner)

    def decorated(
        self,
        decorators: "tuple[cst.Decorator, ...] | list[cst.Decorator] | object",
        owner: Function | Class,
        around: Around,
    ) -> None:
        """Remember the decorators of a function or class."""
        assert isinstance(decorators, (list, tuple))
        for decorator in decorators:
            node = decorator.decorator
            value = self.tree.value(node)
            owner.decorators.append(value)
            name = self.tree.name(node)
            if name is None:
                self.walk(node, around)
                continue
            self.facts.uses.append(
                Use(
                    name,
                    self.shown,
                    self.tree.line(decorator),
                    around.where,
                    Action.DECORATE,
                    call=value if value.form is Form.CALL else None,
                    within=around.within,
                    function=owner.key,
                    is_async=getattr(owner, "is_async", False),
                )
            )
            if isinstance(node, cst.Call):
                for argument in node.args:
                    self.walk(argument.value, around)

    # Statements ----------------------------------------------------------

    def assign(self, node: cst.CSTNode, around: Around) -> None:
        """Remember what names are set to."""
        assert isinstance(node, cst.Assign)
        value = self.tree.value(node.value)
        for target in node.targets:
            self.set_(target.target, value, around)
        self.walk(node.value, around)

    def annotated(self, node: cst.CSTNode, around: Around) -> None:
        """Remember what a name with an annotation is set to."""
        assert isinstance(node, cst.AnnAssign)
        if node.value is not None:
            self.set_(node.target, self.tree.value(node.value), around)
            self.walk(node.value, around)

    def named(self, node: cst.CSTNode, around: Around) -> None:
        """Remember what `:=` sets."""
        assert isinstance(node, cst.NamedExpr)
        self.set_(node.target, self.tree.value(node.value), around)
        self.walk(node.value, around)

    def augmented(self, node: cst.CSTNode, around: Around) -> None:
        """Remember that something is added to a name."""
        assert isinstance(node, cst.AugAssign)
        line = self.tree.line(node)
        added = Value(Form.OTHER, "a computed value", line)
        self.set_(node.target, added, around)
        self.walk(node.value, around)

    def set_(
        self,
        target: cst.CSTNode,
        value: Value,
        around: Around,
    ) -> None:
        """Remember that a target is set to a value."""
        if isinstance(target, (cst.Tuple, cst.List)):
            for place, element in enumerate(target.elements):
                is_known = (
                    value.form in (Form.TUPLE, Form.LIST)
                    and len(value.items) == len(target.elements)
                    and not value.is_open
                )
                other = Value(Form.OTHER, "a computed value", value.line)
                inner = value.items[place] if is_known else other
                self.set_(element.value, inner, around)
            return
        name = self.tree.name(target)
        if name is None:
            self.below(target, around)
            return
        if not isinstance(target, cst.Subscript):
            self.facts.bind(name, value)
        if isinstance(target, cst.Name):
            if around.cls is not None:
                around.cls.attributes[target.value] = value
            return
        self.use(target, name, around, Action.SET, value=value)
        self.arguments(target, around)

    def with_item(self, node: cst.CSTNode, around: Around) -> None:
        """Remember what `with … as name` sets."""
        assert isinstance(node, cst.WithItem)
        if node.asname is not None:
            value = self.tree.value(node.item)
            self.set_(node.asname.name, value, around)
        self.walk(node.item, around)

    def loop(self, node: cst.CSTNode, around: Around) -> None:
        """Remember what a loop's variable holds, and that it is a loop."""
        assert isinstance(node, cst.For)
        source = self.tree.value(node.iter)
        for item in source.items or (replace(source, form=Form.OTHER),):
            self.set_(node.target, item, around)
        self.walk(node.iter, around)
        inner = replace(around, within="loop")
        self.walk(node.body, inner)
        if node.orelse is not None:
            self.walk(node.orelse, around)

    def while_(self, node: cst.CSTNode, around: Around) -> None:
        """Collect what a loop holds."""
        self.below(node, replace(around, within="loop"))

    def branch(self, node: cst.CSTNode, around: Around) -> None:
        """Collect what depends on a condition."""
        assert isinstance(node, cst.If)
        self.walk(node.test, around)
        inner = around
        # What runs only as a program is no part of the application.
        if not (around.within or self.is_main(node.test)):
            inner = replace(around, within="branch")
        self.walk(node.body, inner)
        if node.orelse is not None:
            self.walk(node.orelse, inner)

    def tried(self, node: cst.CSTNode, around: Around) -> None:
        """Collect what is tried, and what happens when it fails."""
        assert isinstance(node, cst.Try)
        self.below(node, around)

    def is_main(self, test: cst.BaseExpression) -> bool:
        """Return whether a condition is that of a program."""
        if not isinstance(test, cst.Comparison):
            return False
        return self.tree.name(test.left) == "builtins.__name__"

    def return_(self, node: cst.CSTNode, around: Around) -> None:
        """Remember what a function returns."""
        assert isinstance(node, cst.Return)
        if node.value is None:
            return
        if around.function is not None:
            around.function.returns.append(self.tree.value(node.value))
        self.walk(node.value, around)

    def yield_(self, node: cst.CSTNode, around: Around) -> None:
        """Remember that a function yields."""
        if around.function is not None:
            around.function.is_generator = True
        self.below(node, around)

    # Expressions ---------------------------------------------------------

    def expression(self, node: cst.CSTNode, around: Around) -> None:
        """Remember that a name is used, and each call in a chain."""
        name = self.tree.name(node)
        if name is not None:
            self.chain(node, name, around)
        self.arguments(node, around)

    def chain(self, node: cst.CSTNode, name: str, around: Around) -> None:
        """Remember the uses in a chain such as `a.b().c`."""
        self.use_of(node, name, around)
        inner = _inside(node)
        while inner is not None and not isinstance(inner, cst.Name):
            if isinstance(inner, cst.Call):
                called = self.tree.name(inner)
                if called is not None:
                    self.use_of(inner, called, around)
            inner = _inside(inner)

    def use_of(self, node: cst.CSTNode, name: str, around: Around) -> None:
        """Remember a use, with its call or its item."""
        if isinstance(node, cst.Call):
            value = self.tree.value(node)
            self.use(node, name, around, Action.CALL, call=value)
            return
        self.use(node, name, around, Action.READ)

    def arguments(self, node: cst.CSTNode, around: Around) -> None:
        """Collect what stands in the arguments and items of a chain."""
        while True:
            if isinstance(node, cst.Call):
                for argument in node.args:
                    self.walk(argument.value, around)
            elif isinstance(node, cst.Subscript):
                for element in node.slice:
                    self.below(element, around)
            inner = _inside(node)
            if inner is None:
                break
            node = inner
        if not isinstance(node, (cst.Name, *CHAINS)):
            self.walk(node, around)

    # What is remembered --------------------------------------------------

    def use(
        self,
        node: cst.CSTNode,
        name: str,
        around: Around,
        action: Action,
        call: Value | None = None,
        value: Value | None = None,
    ) -> None:
        """Remember a use of a name."""
        self.facts.uses.append(
            Use(
                name,
                self.shown,
                self.tree.line(node),
                around.where,
                action,
                call,
                value,
                self.item(node),
                around.within,
                is_async=around.is_async,
            )
        )

    def item(self, node: cst.CSTNode) -> str | None:
        """Return the key of an item, where it is a text."""
        if not isinstance(node, cst.Subscript) or len(node.slice) != 1:
            return None
        index = node.slice[0].slice
        if not isinstance(index, cst.Index):
            return None
        value = self.tree.value(index.value)
        return value.text if value.form is Form.TEXT else None

    def bind_name(
        self,
        around: Around,
        name: str,
        target: str,
        node: cst.CSTNode,
    ) -> None:
        """Remember that a name of this scope stands for another one."""
        own = f"{around.inside}{name}"
        if own != target:
            line = self.tree.line(node)
            self.facts.bind(own, Value(Form.NAME, target, line))


def _inside(node: cst.CSTNode) -> cst.CSTNode | None:
    """Return what a link of a chain is attached to."""
    if isinstance(node, (cst.Attribute, cst.Subscript)):
        return node.value
    if isinstance(node, cst.Call):
        return node.func
    if isinstance(node, cst.Await):
        return node.expression
    return None


def _dotted(node: cst.CSTNode) -> str:
    """Return the dotted name of a module as an import states it."""
    parts: list[str] = []
    while isinstance(node, cst.Attribute):
        parts.append(node.attr.value)
        node = node.value
    assert isinstance(node, cst.Name)
    return ".".join((node.value, *reversed(parts)))


def _plain(key: str) -> str:
    """Return the dotted name of a function or class without its line."""
    return key.rpartition("@")[0]


def _is_static(function: Function) -> bool:
    names = {value.text for value in function.decorators}
    return "builtins.staticmethod" in names


def collect(
    file: File,
    sources: Sources,
    module: cst.Module,
    facts: Facts,
) -> Tree:
    """Add the facts of a file to those of the application.

    Returns:
        the file's tree, which knows then what is called `self` in it.
    """
    tree = Tree(file, sources, module)
    around = Around(where=file.module, inside=f"{file.module}.")
    Collector(tree, facts).walk(module, around)
    return tree
