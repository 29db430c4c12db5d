"""The rules of Flask that an application still follows."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Rules:
    """What is answered as Flask answers it; False leaves it to FastAPI.

    Each rule stands alone. The context of Flask (`request`, `g`,
    `current_app`) is no rule: a view that needs it no more moves to a
    `fastapi.APIRouter`.

    Attributes:
        slashes: Flask redirects `/x` to a rule `/x/` with 308, answers
            404 to `/x/` where the rule is `/x`, and redirects `//x` to
            `/x`. FastAPI redirects both ways with 307 and knows no `//x`.
        methods: Flask answers HEAD where there is GET, and OPTIONS.
            FastAPI answers 405 to methods that a route does not name.
        errors: Flask calls error handlers and writes pages in HTML.
            FastAPI calls its exception handlers and writes
            `{"detail": ...}`; after-request functions see no errors.
        answers: Flask makes a response of what a view returns: text, a
            tuple with status and headers, a generator. FastAPI writes
            all of them as JSON, but for responses; not those of
            FastAPI's that stream.
        arguments: Flask gives a view the values of the path. FastAPI
            reads its signature: query, body, dependencies; what is not
            valid is answered with 422. Views that take `**kwargs` get
            the path all the same. Headers are set on the answer, not on
            a `Response` among the arguments.
        hooks: Flask calls functions before and after requests, after
            this request and at its teardown. FastAPI has middleware and
            dependencies. The teardown of the application's context is
            no hook: connections are closed there.
        sessions: Flask reads and writes the session. FastAPI has none;
            using it raises `RuntimeError`.
    """

    slashes: bool = True
    methods: bool = True
    errors: bool = True
    answers: bool = True
    arguments: bool = True
    hooks: bool = True
    sessions: bool = True
