"""The comparison as JSON, in a form that stays.

Fields are only ever added; `schema` goes up when one is taken away or
changes its meaning.

- `old`, `new`: directory and application; `runs`: how often OLD was run.
- `same`: whether nothing differs; `summary`: the same in words.
- `totals`: `routes`, how many of each state, `requests`, how many
  `different`, and how many bodies of JSON are `spelled` otherwise.
- `routes`: `rule`, `methods`, `endpoint`, `file` and `line`; `state`
  ("same", "differs" or "not proven"), the `requests` about it, how many are
  `different`, the methods that are `unproven`, and those `redirected`: with
  no other good answer than a redirect.
- `differences`: for each request that is answered differently `method`,
  `path`, `headers` and `body` as they were sent; the `rule`, `file` and
  `line` of its route, or null; the statuses `old` and `new`; and in
  `differences` for each `what` differs, what `old` and `new` said.
- `tests`: null, or a `problem` that kept them from being run, the number
  `collected` and `passed` on OLD, those that are `unsteady` there, and in
  `changed` each `test` with its `old` and `new` outcome and reason.
- `errors`: how the tracebacks end that NEW wrote and OLD did not.
- `headers_left_out`: the servers' own; `noise`: requests that OLD answers
  with another status each time.
"""

import json
from typing import Any

from .results import Exchange, Judged, State, Verification
from .suites import Outcome, Suite

SCHEMA = 1


def as_json(found: Verification) -> str:
    """Return what was found as JSON."""
    states = {state.value: len(found.of(state)) for state in State}
    told = {
        "schema": SCHEMA,
        "old": found.old,
        "new": found.new,
        "runs": found.runs,
        "same": found.is_same,
        "summary": found.summary,
        "totals": {
            "routes": len(found.routes),
            "states": states,
            "requests": len(found.exchanges),
            "different": len(found.different),
            "spelled": found.spelled,
        },
        "routes": [_route(one) for one in found.routes],
        "differences": [_exchange(one) for one in found.different],
        "tests": None if found.suite is None else _suite(found.suite),
        "errors": list(found.errors),
        "headers_left_out": list(found.left_out),
        "noise": [one.request.title for one in found.noisy],
    }
    return json.dumps(told, indent=2, ensure_ascii=False) + "\n"


def _route(one: Judged) -> dict[str, Any]:
    route = one.route
    return {
        "rule": route.rule,
        "methods": list(route.methods),
        "endpoint": route.endpoint,
        "file": route.file,
        "line": route.line,
        "state": one.state.value,
        "requests": one.requests,
        "different": one.different,
        "unproven": list(one.unproven),
        "redirected": list(one.redirected),
    }


def _exchange(one: Exchange) -> dict[str, Any]:
    headers, body = one.request.content()
    route = one.route
    return {
        "method": one.request.method,
        "path": one.request.path,
        "headers": headers,
        "body": None if body is None else body.decode("utf-8", "replace"),
        "rule": route and route.rule,
        "file": route and route.file,
        "line": route and route.line,
        "old": one.old.status,
        "new": one.new.status,
        "differences": [
            {"what": each.what, "old": each.first, "new": each.second}
            for each in one.differences
        ],
    }


def _suite(suite: Suite) -> dict[str, Any]:
    return {
        "problem": suite.problem,
        "collected": suite.tests,
        "passed": suite.passed,
        "changed": [
            {
                "test": one.test,
                "old": _outcome(one.old),
                "new": _outcome(one.new),
            }
            for one in suite.changed
        ],
        "unsteady": list(suite.unsteady),
    }


def _outcome(one: Outcome) -> dict[str, str]:
    return {"outcome": one.outcome, "reason": one.reason}
