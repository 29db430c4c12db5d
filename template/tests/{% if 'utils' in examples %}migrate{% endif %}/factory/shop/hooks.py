"""What happens around every request."""

from flask import abort, g, request


def begin():
    g.language = request.headers.get("Accept-Language", "en")[:2]


def closed():
    if request.headers.get("X-Closed"):
        abort(503)


def finish(response):
    response.headers["Content-Language"] = g.language
    return response


def register(app):
    app.before_request(begin)
    app.before_request(closed)
    app.after_request(finish)
