"""What a map tells of an application: the records, with no logic.

A record is a part of the JSON format, which is described in `form.py`.
"""

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Blueprint:
    """A blueprint: its name, its variable, and where it is mounted."""

    name: str
    variable: str
    prefixes: tuple[str, ...]


@dataclass(frozen=True, order=True)
class Route:
    """An address: where, with which methods, and what answers."""

    rule: str
    methods: tuple[str, ...]
    endpoint: str
    function: str


@dataclass(frozen=True, order=True)
class Hook:
    """A function that runs around requests or beside views, and when."""

    hook: str
    function: str


@dataclass(frozen=True, order=True)
class ErrorHandler:
    """A function that answers when this error is raised."""

    error: str
    function: str


@dataclass(frozen=True)
class Found:
    """What one module holds and uses; names are those of the application.

    Attributes:
        blueprints: those that it makes.
        routes: those that it registers.
        hooks: those that it registers.
        error_handlers: those that it registers.
        packages: what it imports that is neither its application's nor
            Python's own.
        extensions: packages of Flask extensions that it uses.
        globals: request, session, g and current_app, as far as it uses
            them; of g and session with what is kept in them.
        templates: those that it renders.
        models_defined: tables that it defines.
        models_used: tables that it names.
        tasks_defined: tasks of Celery that it defines.
        tasks_called: tasks of Celery that it names or sends.
        endpoints_linked: endpoints that it makes addresses of.
        config_read: configuration keys that it reads.
        config_set: configuration keys that it sets.
    """

    blueprints: tuple[Blueprint, ...] = ()
    routes: tuple[Route, ...] = ()
    hooks: tuple[Hook, ...] = ()
    error_handlers: tuple[ErrorHandler, ...] = ()
    packages: tuple[str, ...] = ()
    extensions: tuple[str, ...] = ()
    globals: tuple[str, ...] = ()
    templates: tuple[str, ...] = ()
    models_defined: tuple[str, ...] = ()
    models_used: tuple[str, ...] = ()
    tasks_defined: tuple[str, ...] = ()
    tasks_called: tuple[str, ...] = ()
    endpoints_linked: tuple[str, ...] = ()
    config_read: tuple[str, ...] = ()
    config_set: tuple[str, ...] = ()


# region: part
@dataclass(frozen=True)
class Part:
    """A module of the application, and where it stands among the others.

    Attributes:
        name: the module, within the application.
        path: its file.
        stage: 1 for what needs no other part, and so on.
        needs: the parts that it imports.
        needed_by: the parts that import it.
        found: what it holds and uses.
    """

    name: str
    path: str
    stage: int
    needs: tuple[str, ...]
    needed_by: tuple[str, ...]
    found: Found


# endregion


@dataclass(frozen=True)
class Step:
    """What is moved at once: one part, or several that need each other."""

    stage: int
    parts: tuple[str, ...]


@dataclass(frozen=True)
class Map:
    """An application as its source tells of it.

    Attributes:
        application: its name.
        parts: its modules, by name.
        order: a step after all that it needs.
        unread: sentences about files that are left out.
    """

    application: str
    parts: tuple[Part, ...]
    order: tuple[Step, ...]
    unread: tuple[str, ...]

    @property
    def cycles(self) -> tuple[tuple[str, ...], ...]:
        """Return the parts that need each other, if there are any."""
        steps = (step.parts for step in self.order)
        return tuple(parts for parts in steps if len(parts) > 1)
