"""Find calls that block an event loop, by reading the code.

What is looked for stands in `BLOCKING`: sleeping, HTTP, files, processes,
sockets, databases, mail, password hashes. A call counts when it is made in
an `async def`, directly or through plain functions of the same module that
it calls. Ruff's ASYNC rules know the direct calls of the standard library
and of HTTP clients; this follows helpers, and knows databases. Neither sees
what another module hides: the test suite's detector does.
"""

import argparse
import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path

# `Name()` is what a call of Name returns: a session, a connection, a path.
BLOCKING = (
    "time.sleep",
    "input",
    "open",
    "io.open",
    "os.system",
    "os.wait*",
    "pathlib.Path().read_*",
    "pathlib.Path().write_*",
    "pathlib.Path().open",
    "shutil.copy*",
    "shutil.move",
    "shutil.rmtree",
    "subprocess.run",
    "subprocess.call",
    "subprocess.check_*",
    "subprocess.getoutput",
    "subprocess.Popen().wait",
    "subprocess.Popen().communicate",
    "socket.create_connection",
    "socket.getaddrinfo",
    "socket.gethostby*",
    "urllib.request.urlopen",
    "http.client.HTTP*Connection().*",
    "requests.get",
    "requests.head",
    "requests.options",
    "requests.post",
    "requests.put",
    "requests.patch",
    "requests.delete",
    "requests.request",
    "requests.[Ss]ession().*",
    "httpx.get",
    "httpx.head",
    "httpx.options",
    "httpx.post",
    "httpx.put",
    "httpx.patch",
    "httpx.delete",
    "httpx.request",
    "httpx.stream",
    "httpx.Client().*",
    "smtplib.SMTP*",
    "ftplib.FTP*",
    "sqlite3.connect*",
    "psycopg.connect*",
    "psycopg2.connect*",
    "pymysql.connect*",
    "MySQLdb.connect*",
    "redis.Redis().*",
    "redis.from_url().*",
    "pymongo.MongoClient().*",
    "sqlalchemy.create_engine().*",
    "sqlalchemy.orm.Session().*",
    "boto3.client().*",
    "hashlib.pbkdf2_hmac",
    "hashlib.scrypt",
    "bcrypt.hashpw",
    "bcrypt.checkpw",
)

Function = ast.FunctionDef | ast.AsyncFunctionDef
SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)


class ScanError(Exception):
    """A file cannot be read as Python."""


@dataclass(frozen=True, order=True)
class Blocking:
    """A call that blocks, and the way to it from an `async def`.

    Attributes:
        path: the file.
        line: where the coroutine makes the call that ends in blocking.
        coroutine: the name of the `async def`.
        call: what blocks, such as "time.sleep".
        through: the helpers in between, each with its line.
    """

    path: str
    line: int
    coroutine: str
    call: str
    through: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Return it as a line that editors can follow."""
        way = "".join(f" through {helper}" for helper in self.through)
        text = f"{self.coroutine} calls {self.call}{way}"
        return f"{self.path}:{self.line}: {text}"


@dataclass
class Names:
    """What names stand for: a module, a function, or what a call gave."""

    known: dict[str, str] = field(default_factory=dict)

    def learn(self, nodes: list[ast.AST]) -> "Names":
        """Return these names and those that the nodes bind."""
        names = Names(dict(self.known))
        for node in nodes:
            names._learn(node)
        return names

    def resolve(self, node: ast.expr | None) -> str | None:
        """Return the full name of an expression, or None."""
        if isinstance(node, ast.Name):
            return self.known.get(node.id, node.id)
        if isinstance(node, ast.Attribute):
            owner = self.resolve(node.value)
            return owner and f"{owner}.{node.attr}"
        if isinstance(node, ast.Call):
            function = self.resolve(node.func)
            return function and f"{function}()"
        if isinstance(node, ast.Await):
            # What is awaited does not block, whatever it is called.
            return None
        return None

    def _learn(self, node: ast.AST) -> None:
        if isinstance(node, ast.Import):
            for alias in node.names:
                top = alias.name.partition(".")[0]
                full = alias.name if alias.asname else top
                self.known[alias.asname or top] = full
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                full = f"{node.module}.{alias.name}"
                self.known[alias.asname or alias.name] = full
        elif isinstance(node, ast.Assign):
            for target in node.targets:
                self._bind(target, self.resolve(node.value))
        elif isinstance(node, ast.AnnAssign):
            kind = self.resolve(node.annotation)
            value = f"{kind}()" if kind else self.resolve(node.value)
            self._bind(node.target, value)
        elif isinstance(node, ast.withitem):
            self._bind(node.optional_vars, self.resolve(node.context_expr))
        elif isinstance(node, ast.arg):
            kind = self.resolve(node.annotation)
            # An argument that is called open is not the builtin.
            self.known[node.arg] = f"{kind}()" if kind else f"{node.arg}?"

    def _bind(self, target: ast.expr | None, value: str | None) -> None:
        if isinstance(target, ast.Name):
            self.known[target.id] = value or f"{target.id}?"


@dataclass
class Module:
    """A module's functions, and what names stand for in it."""

    path: str
    names: Names
    functions: dict[str, Function]

    @classmethod
    def parse(cls, text: str, path: str) -> "Module":
        """Read a module.

        Raises:
            ScanError: it is no Python.
        """
        try:
            tree = ast.parse(text)
        except (SyntaxError, ValueError) as error:
            line = getattr(error, "lineno", None) or 1
            message = f"{path}:{line}: is no Python: {error.args[0]}"
            raise ScanError(message) from error
        plain = (n for n in tree.body if isinstance(n, ast.FunctionDef))
        functions: dict[str, Function] = {node.name: node for node in plain}
        names = Names().learn(list(own_nodes(tree)))
        # A function of the module is itself, even one that is called open.
        names.known.update((name, f".{name}") for name in functions)
        return cls(path, names, functions)

    def blocking(self, tree: ast.AST) -> Iterator[Blocking]:
        """Yield the calls in coroutines that end in blocking."""
        for node in ast.walk(tree):
            if isinstance(node, ast.AsyncFunctionDef):
                for line, call, through in self.calls(node, ()):
                    yield Blocking(self.path, line, node.name, call, through)

    # region: follow
    def calls(
        self,
        function: Function,
        above: tuple[str, ...],
    ) -> Iterator[tuple[int, str, tuple[str, ...]]]:
        """Yield line, name and way of what blocks, helpers followed."""
        nodes = list(own_nodes(function))
        names = self.names.learn([*arguments(function), *nodes])
        awaited = {id(n.value) for n in nodes if isinstance(n, ast.Await)}
        for node in nodes:
            if not isinstance(node, ast.Call) or id(node) in awaited:
                continue
            name = names.resolve(node.func) or ""
            helper = name.removeprefix(".")
            if any(fnmatchcase(name, pattern) for pattern in BLOCKING):
                yield node.lineno, name.replace("()", ""), ()
            elif name.startswith(".") and helper not in above:
                inner = self.functions.get(helper)
                if inner is None:
                    continue
                for line, call, way in self.calls(inner, (*above, helper)):
                    step = f"{helper} (line {line})"
                    yield node.lineno, call, (step, *way)

    # endregion


def own_nodes(scope: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes of a scope in order, but not of those inside it."""
    for child in ast.iter_child_nodes(scope):
        if isinstance(child, ast.arguments):
            continue
        yield child
        if not isinstance(child, SCOPES):
            yield from own_nodes(child)


def arguments(function: Function) -> list[ast.arg]:
    """Return the arguments of a function."""
    given = function.args
    return [*given.posonlyargs, *given.args, *given.kwonlyargs]


def scan(text: str, path: str) -> list[Blocking]:
    """Return the blocking calls of a module's coroutines, by line.

    Args:
        text: the module.
        path: its name, for what is told.

    Raises:
        ScanError: it is no Python.
    """
    module = Module.parse(text, path)
    return sorted(set(module.blocking(ast.parse(text))))


def python_files(path: Path) -> list[Path]:
    """Return a file, or the Python files below a directory, sorted."""
    return sorted(path.rglob("*.py")) if path.is_dir() else [path]


def scan_file(path: Path) -> list[Blocking]:
    """Return the blocking calls of a file.

    Raises:
        ScanError: it cannot be read, or is no Python.
    """
    try:
        return scan(path.read_text(encoding="utf-8"), path.as_posix())
    except OSError as error:
        message = f"{path.as_posix()}: cannot be read: {error.strerror}"
        raise ScanError(message) from error
    except UnicodeDecodeError as error:
        raise ScanError(f"{path.as_posix()}: is not UTF-8") from error


def main(argv: list[str] | None = None) -> int:
    """Return 0 when nothing blocks, 1 when something does, 2 on an error."""
    parser = argparse.ArgumentParser(
        prog="python -m src.utils.blocking",
        description=__doc__,
    )
    parser.add_argument("paths", nargs="+", type=Path, metavar="path")
    paths: list[Path] = parser.parse_args(argv).paths
    try:
        files = [file for path in paths for file in python_files(path)]
        found = [call for file in files for call in scan_file(file)]
    except ScanError as error:
        print(error, file=sys.stderr)
        return 2
    for call in found:
        print(call)
    print(f"{len(found)} blocking calls in coroutines", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
