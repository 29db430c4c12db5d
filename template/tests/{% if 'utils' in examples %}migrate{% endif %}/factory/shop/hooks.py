"""What happens around every request."""

from flask import g, request


def begin():
    g.language = request.headers.get("Accept-Language", "en")[:2]


def finish(response):
    response.headers["Content-Language"] = g.language
    return response


def register(app):
    app.before_request(begin)
    app.after_request(finish)
