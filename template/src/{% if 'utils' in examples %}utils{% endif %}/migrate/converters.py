"""What is to be said of a route's rule and of how it is registered."""

from collections.abc import Iterator

from .findings import Finding, Kind, Severity, found
from .mounting import CONDITIONAL, DYNAMIC, Route

API = "api_conversion"
# What Flask's own converters become.
BUILT_IN = {"default", "string", "int", "float", "path", "uuid"}

CONVERTER = Kind(
    "route.converter",
    Severity.REWRITE,
    "has a parameter with a converter of Flask",
    "a parameter with a type; what does not fit is 404, not 422",
    API,
)
CUSTOM = Kind(
    "route.custom_converter",
    Severity.HAND,
    "has a parameter with a converter of your own",
    "a convertor registered with Starlette, or a dependency",
    API,
)
SLASH = Kind(
    "route.slash",
    Severity.REWRITE,
    "ends in a slash: Flask redirects those who leave it out with 308",
    "a redirect with this status: Starlette's is 307",
    API,
)
OPTION = Kind(
    "route.option",
    Severity.HAND,
    "is registered with an option that FastAPI does not have",
    "code that does the same",
    API,
)
STATIC = Kind(
    "route.static",
    Severity.REWRITE,
    "serves a folder of files",
    "`StaticFiles`, mounted at the same path",
    API,
)
METHODS = Kind(
    "route.methods",
    Severity.REWRITE,
    "answers several methods with one view",
    "`api_route` with these methods",
    API,
)
VIEWLESS = Kind(
    "route.unread",
    Severity.UNKNOWN,
    "cannot be read as a whole",
    "write its registration out, then analyse again",
    API,
)
LOOP = Kind(
    "route.loop",
    Severity.UNKNOWN,
    "is registered in a loop",
    "write the registrations out, then analyse again",
    API,
)
EXTRA = (
    *(CONVERTER, CUSTOM, SLASH, OPTION, STATIC, METHODS, VIEWLESS, LOOP),
    *(CONDITIONAL, DYNAMIC),
)
OPTIONS = {
    *("defaults", "subdomain", "host", "redirect_to", "alias", "websocket"),
    *("provide_automatic_options", "build_only", "strict_slashes"),
    *("merge_slashes",),
}


def about(route: Route) -> Iterator[Finding]:
    """Yield what is to be said of a route as such."""

    def say(kind: Kind, detail: str = "") -> Finding:
        where = route.view[0] if route.view else ""
        text = detail or route.rule
        return found(kind, route.file, route.line, where, text)

    if route.problem:
        yield say(VIEWLESS, f"{route.rule}: {route.problem}")
    if "static" in route.options:
        yield say(STATIC)
        return
    for converter in converters(route.rule):
        kind = CONVERTER if converter in BUILT_IN else CUSTOM
        yield say(kind, f"{route.rule}: {converter}")
    if route.rule.endswith("/") and route.rule != "/":
        yield say(SLASH)
    for option in sorted(OPTIONS.intersection(route.options)):
        yield say(OPTION, f"{route.rule}: {option}")
    if "loop" in route.options:
        yield say(LOOP)
    if "branch" in route.options:
        yield say(CONDITIONAL)
    if len(set(route.methods) - {"HEAD", "OPTIONS"}) > 1:
        yield say(METHODS, f"{route.rule}: {', '.join(route.methods)}")


def converters(rule: str) -> Iterator[str]:
    """Yield the names of the converters in a rule."""
    for part in rule.split("<")[1:]:
        inside = part.partition(">")[0]
        name, colon, _ = inside.partition(":")
        if colon:
            yield name.partition("(")[0]
