"""The map as JSON, in a format that stays.

    format      1; another number would mean another format
    application its name
    parts       the modules, by name, each with
      name, path              the module, and its file
      stage                   1 where it needs no other part, and so on
      needs, needed_by        the parts it imports, those that import it
      blueprints              name, variable, prefixes: where it is mounted
      routes                  rule, methods, endpoint, function
      hooks                   hook, function
      error_handlers          error, function
      packages                what it imports from outside
      extensions              packages of the Flask extensions it uses
      globals                 request, session, g, current_app; what is
                              kept in g and session is told: g.user
      templates               those it renders
      models_defined, models_used   tables
      tasks_defined, tasks_called   tasks of Celery
      endpoints_linked        endpoints it makes addresses of
      config_read, config_set configuration keys
    order       steps, each after all that it needs: stage, parts
    cycles      the parts that need each other, a list for each cycle
    unread      sentences about files that are left out

What only running the code would tell is written as the code between
pointed brackets: `<PREFIX + "/books">`. There are no line numbers, so
that the map of an application changes when its structure does.
"""

import json
from dataclasses import asdict

from .facts import Map

FORMAT = 1


# region: json
def as_json(found: Map) -> str:
    """Return the map as JSON, the same for the same source."""
    parts = [asdict(part) for part in found.parts]
    whole = {
        "format": FORMAT,
        "application": found.application,
        "parts": [part | part.pop("found") for part in parts],
        "order": [asdict(step) for step in found.order],
        "cycles": found.cycles,
        "unread": found.unread,
    }
    return json.dumps(whole, indent=2, ensure_ascii=False)


# endregion
