"""The report as JSON, in a form that stays.

Fields are only ever added; `schema` goes up when one is taken away or
changes its meaning.

- `name`, `files`, `lines`: what was read, tests left out.
- `applications`: where Flask is called: `name` of the function or module,
  `file`, `line`, and how many `routes` it has.
- `totals`: `routes`, how many are `convertible`, `findings`, and how many
  of each severity (`severities`) and of each kind (`kinds`).
- `rule`, `limit`, `points`: how routes and effort are counted.
- `effort`: for each blueprint `name`, `routes`, `convertible`,
  `severities` and `points`, the most points first.
- `routes`: `rule`, `methods`, `endpoint` and `blueprint` as Flask has them;
  `application`, which tells several apart; `file` and `line` of the
  registration; `convertible`, and the findings that stand against it as
  `blockers`.
- `findings`: `kind`, `severity` ("keep", "rewrite", "hand" or "unknown"),
  `file`, `line` (0 for the file as a whole), `where` (the function), `what`
  was found, what it `becomes`, and the id of the `chapter`.
- `chapters`: `title` and `path` of those that the findings name.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from .chapters import Chapter
from .findings import LIMIT, Finding, Severity
from .mounting import Route
from .reports import POINTS, RULE, Effort, Judged, Report

SCHEMA = 1


def as_json(report: Report, chapters: Mapping[str, Chapter]) -> str:
    """Return the report as JSON: the same application, the same bytes."""
    told = {
        "schema": SCHEMA,
        "name": report.name,
        "files": report.files,
        "lines": report.lines,
        "applications": [
            {
                "name": made.name,
                "file": made.file,
                "line": made.line,
                "routes": made.routes,
            }
            for made in report.applications
        ],
        "totals": {
            "routes": len(report.routes),
            "convertible": report.convertible,
            "findings": len(report.findings),
            "severities": _counts(report.totals),
            "kinds": dict(report.kinds),
        },
        "rule": RULE,
        "limit": LIMIT.name.lower(),
        "points": POINTS,
        "effort": [_effort(effort) for effort in report.effort],
        "routes": [_route(judged) for judged in report.routes],
        "findings": [_finding(finding) for finding in report.findings],
        "chapters": {
            id: {"title": chapters[id].title, "path": chapters[id].path}
            for id in sorted({one.chapter for one in report.findings})
            if id in chapters
        },
    }
    return json.dumps(told, indent=2, ensure_ascii=False) + "\n"


def _counts(counts: Iterable[tuple[Severity, int]]) -> dict[str, int]:
    return {severity.name.lower(): number for severity, number in counts}


def _effort(effort: Effort) -> dict[str, Any]:
    return {
        "name": effort.name,
        "routes": effort.routes,
        "convertible": effort.convertible,
        "severities": _counts(effort.counts),
        "points": effort.points,
    }


def route_fields(route: Route) -> dict[str, Any]:
    """Return what every report tells of a route."""
    return {
        "rule": route.rule,
        "methods": list(route.methods),
        "endpoint": route.endpoint,
        "blueprint": route.blueprint,
        "application": route.application,
        "file": route.file,
        "line": route.line,
    }


def _route(judged: Judged) -> dict[str, Any]:
    return {
        **route_fields(judged.route),
        "convertible": judged.converts,
        "blockers": [_finding(finding) for finding in judged.blockers],
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "kind": finding.kind,
        "severity": finding.severity.name.lower(),
        "file": finding.file,
        "line": finding.line,
        "where": finding.where,
        "what": finding.what,
        "becomes": finding.becomes,
        "chapter": finding.chapter,
    }
