"""The report on a conversion as JSON, in a form that stays.

Fields are only ever added; `schema` goes up when one is taken away or
changes its meaning.

- `name`, `output`: what was converted, and where the result is.
- `totals`: `routes`, how many are `converted` and `left`, how many files are
  `rewritten` and `copied` as they are, and how many places are `marked`.
- `rule`: when a route is called converted.
- `routes`: `rule`, `methods`, `endpoint`, `blueprint`, `application`, `file`
  and `line` as `analyse` tells them; `status` ("converted" or "left"), the
  `reasons` for what is left, `coroutine` (whether its view became one), and
  the kinds of what it still `stands_on` of Flask.
- `files`: `file`, `status` ("rewritten", "kept" or "left out") and `reason`.
- `marks`: places with a comment: `file`, `line` and `reason`.
- `steps`: what to do next, in order.

Lines are those of the application that was read.
"""

import json
from typing import Any

from ..form import route_fields
from .conversions import RULE, Conversion, Converted

SCHEMA = 1


def as_json(conversion: Conversion) -> str:
    """Return the report as JSON: the same application, the same bytes."""
    told = {
        "schema": SCHEMA,
        "name": conversion.name,
        "output": conversion.output,
        "totals": {
            "routes": len(conversion.routes),
            "converted": conversion.converted,
            "left": len(conversion.routes) - conversion.converted,
            "rewritten": conversion.rewritten,
            "copied": conversion.copied,
            "marked": len(conversion.marks),
        },
        "rule": RULE,
        "routes": [_route(one) for one in conversion.routes],
        "files": [
            {"file": one.file, "status": one.status, "reason": one.reason}
            for one in conversion.files
        ],
        "marks": [
            {"file": one.file, "line": one.line, "reason": one.reason}
            for one in conversion.marks
        ],
        "steps": list(conversion.steps),
    }
    return json.dumps(told, indent=2, ensure_ascii=False) + "\n"


def _route(one: Converted) -> dict[str, Any]:
    return {
        **route_fields(one.route),
        "status": one.status,
        "reasons": list(one.reasons),
        "coroutine": one.is_coroutine,
        "stands_on": list(one.stands_on),
    }
