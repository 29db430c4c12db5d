"""The tables and the tasks of an application, and who names them."""

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from .bindings import FUNCTIONS
from .names import Scope
from .walking import Seen, text_of

BASES = {
    "sqlalchemy.orm.DeclarativeBase",
    "sqlalchemy.orm.DeclarativeBaseNoMeta",
}
MADE_BASES = {
    "sqlalchemy.orm.declarative_base()",
    "sqlalchemy.ext.declarative.declarative_base()",
    "sqlalchemy.ext.automap.automap_base()",
}
DATABASE = "flask_sqlalchemy.SQLAlchemy()"
TABLES = {"sqlalchemy.Table()", "sqlalchemy.schema.Table()"}
CELERY = "celery.Celery()"


@dataclass(frozen=True)
class Definitions:
    """The full names of an application's tables, and of its tasks."""

    models: frozenset[str]
    tasks: frozenset[str]


def find_definitions(nodes: Iterable[Seen]) -> Definitions:
    """Find the tables and the tasks of a whole application."""
    every = list(nodes)
    classes = {
        f"{seen.scope.module.name}.{seen.node.name}": (seen.node, seen.scope)
        for seen in every
        if isinstance(seen.node, ast.ClassDef)
    }
    tables = (name for seen in every for name in _tables(seen))
    tasks = (name for seen in every for name in _tasks(seen))
    models = {*_models(classes), *tables}
    return Definitions(frozenset(models), frozenset(tasks))


Classes = Mapping[str, tuple[ast.ClassDef, Scope]]


# region: tables
def _models(classes: Classes) -> set[str]:
    """Return the classes that are tables, however far from their base."""
    bases = {
        name
        for name, (node, scope) in classes.items()
        if any(scope.name(base) in BASES for base in node.bases)
    }
    models: set[str] = set()
    while True:
        more = {
            name
            for name, (node, scope) in classes.items()
            if name not in bases
            and any(_is_table(b, scope, bases | models) for b in node.bases)
        }
        if more == models:
            return {n for n in models if not _is_abstract(classes[n][0])}
        models = more


def _is_table(base: ast.expr, scope: Scope, known: set[str]) -> bool:
    if scope.name(base) in known or scope.kind(base) in MADE_BASES:
        return True
    if not isinstance(base, ast.Attribute) or base.attr != "Model":
        return False
    return scope.kind(base.value) == DATABASE


# endregion


def _is_abstract(node: ast.ClassDef) -> bool:
    return any(
        isinstance(statement, ast.Assign)
        and ast.unparse(statement) == "__abstract__ = True"
        for statement in node.body
    )


def _tables(seen: Seen) -> Iterator[str]:
    node, scope = seen.node, seen.scope
    if not isinstance(node, ast.Assign) or not isinstance(
        node.value, ast.Call
    ):
        return
    function = node.value.func
    is_table = f"{scope.name(function)}()" in TABLES
    if isinstance(function, ast.Attribute) and function.attr == "Table":
        is_table = is_table or scope.kind(function.value) == DATABASE
    for target in node.targets if is_table else ():
        if isinstance(target, ast.Name):
            yield f"{scope.module.name}.{target.id}"


def _tasks(seen: Seen) -> Iterator[str]:
    node, scope = seen.node, seen.scope
    if not isinstance(node, FUNCTIONS):
        return
    for decorator in node.decorator_list:
        maker = decorator
        if isinstance(decorator, ast.Call):
            maker = decorator.func
        is_task = scope.name(maker) == "celery.shared_task"
        if isinstance(maker, ast.Attribute) and maker.attr == "task":
            is_task = is_task or scope.kind(maker.value) == CELERY
        if is_task:
            yield f"{scope.module.name}.{node.name}"


def find_named(nodes: Iterable[Seen], wanted: frozenset[str]) -> Iterator[str]:
    """Yield the full names, of those wanted, that a module speaks of."""
    for seen in nodes:
        if isinstance(seen.node, (ast.Name, ast.Attribute)):
            name = seen.scope.name(seen.node)
            if name in wanted:
                yield name


def find_sent(nodes: Iterable[Seen]) -> Iterator[str]:
    """Yield the tasks that are sent by their names."""
    for seen in nodes:
        call = seen.node
        if not isinstance(call, ast.Call) or not call.args:
            continue
        is_sent = getattr(call.func, "attr", None) == "send_task"
        if is_sent and (name := text_of(call.args[0], seen.scope)):
            yield name
