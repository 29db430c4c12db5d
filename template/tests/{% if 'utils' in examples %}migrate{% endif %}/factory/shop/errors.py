"""What answers when something is wrong."""

from flask import jsonify, render_template, request
from werkzeug.exceptions import HTTPException


def problem(error):
    if request.path.startswith("/api/"):
        return jsonify(code=error.code, name=error.name, text=error.description), error.code
    return render_template("error.html", error=error), error.code


def accident(error):
    return "Something broke.", 500


def register(app):
    app.register_error_handler(HTTPException, problem)
    app.register_error_handler(500, accident)
