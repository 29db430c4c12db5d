"""Who writes."""

import functools
import sqlite3

from flask import Blueprint, flash, g, redirect, render_template, request, session, url_for
from werkzeug.security import check_password_hash, generate_password_hash

from .db import connection

bp = Blueprint("accounts", __name__, url_prefix="/accounts")


@bp.before_app_request
def load_person():
    number = session.get("person")
    query = "select * from person where id = ?"
    g.person = connection().execute(query, (number,)).fetchone() if number else None


def known_only(view):
    @functools.wraps(view)
    def guarded(**arguments):
        if g.person is None:
            return redirect(url_for("accounts.enter"))
        return view(**arguments)

    return guarded


@bp.route("/new", methods=("GET", "POST"))
def new():
    if request.method == "POST":
        name, secret = request.form["name"], request.form["secret"]
        error = None
        if not name:
            error = "A name is needed."
        elif not secret:
            error = "A secret is needed."
        if error is None:
            row = (name, generate_password_hash(secret, "pbkdf2:sha256:1"))
            try:
                connection().execute("insert into person (name, secret) values (?, ?)", row)
                connection().commit()
            except sqlite3.IntegrityError:
                error = f"{name} is here already."
            else:
                return redirect(url_for("accounts.enter"))
        flash(error)
    return render_template("accounts/new.html")


@bp.route("/enter", methods=("GET", "POST"))
def enter():
    if request.method == "POST":
        query = "select * from person where name = ?"
        row = connection().execute(query, (request.form["name"],)).fetchone()
        if row and check_password_hash(row["secret"], request.form["secret"]):
            session.clear()
            session["person"] = row["id"]
            return redirect(url_for("index"))
        flash("That is not right.")
    return render_template("accounts/enter.html")


@bp.route("/leave")
def leave():
    session.clear()
    return redirect(url_for("index"))
