"""The report on a conversion as text for a terminal."""

from collections.abc import Iterator

from .conversions import LINES, RULE, Conversion, Converted


def as_text(conversion: Conversion) -> str:
    """Return the report as text."""
    parts = (
        _head(conversion),
        _routes(conversion),
        _files(conversion),
        _marks(conversion),
        _steps(conversion),
        (RULE.replace("`", ""), LINES),
    )
    return "\n\n".join("\n".join(part) for part in parts)


def overview(conversion: Conversion) -> str:
    """Return what is told before the routes, files and places."""
    return "\n".join(_totals(conversion))


def _head(conversion: Conversion) -> Iterator[str]:
    yield f"{conversion.name}: written to {conversion.output}"
    yield from _totals(conversion)


def _totals(conversion: Conversion) -> Iterator[str]:
    yield conversion.share
    yield (
        f"{conversion.rewritten} files rewritten, {conversion.copied} copied "
        f"as they are, {len(conversion.marks)} places marked"
    )


def _routes(conversion: Conversion) -> Iterator[str]:
    yield "Routes (+ converted, - left)"
    for one in conversion.routes:
        yield from _route(one)


def _route(one: Converted) -> Iterator[str]:
    route = one.route
    sign = "-" if one.reasons else "+"
    methods = ",".join(route.methods)
    place = f"{route.file}:{route.line}"
    yield f"  {sign} {route.rule} {methods} {route.endpoint} ({place})"
    for reason in one.reasons:
        yield f"      {reason}"
    if one.stands_on:
        yield f"      stands on {', '.join(one.stands_on)}"


def _files(conversion: Conversion) -> Iterator[str]:
    yield "Files"
    for file in conversion.files:
        reason = f": {file.reason}" if file.reason else ""
        yield f"  {file.status} {file.file}{reason}"


def _marks(conversion: Conversion) -> Iterator[str]:
    yield f"Places marked `# MIGRATE`: {len(conversion.marks)}"
    for mark in conversion.marks:
        yield f"  {mark.file}:{mark.line}: {mark.reason}"


def _steps(conversion: Conversion) -> Iterator[str]:
    yield "Next"
    for place, step in enumerate(conversion.steps, start=1):
        yield f"  {place}. {step}"
