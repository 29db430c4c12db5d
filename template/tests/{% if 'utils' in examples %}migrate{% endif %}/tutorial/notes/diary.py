"""What they write."""

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for

from .accounts import known_only
from .db import connection

bp = Blueprint("diary", __name__)


def entry_of(number, own=True):
    query = "select entry.*, name from entry join person on person = person.id where entry.id = ?"
    row = connection().execute(query, (number,)).fetchone()
    if row is None:
        abort(404, f"There is no entry {number}.")
    if own and row["person"] != g.person["id"]:
        abort(403)
    return row


@bp.route("/")
def index():
    query = "select entry.*, name from entry join person on person = person.id order by id desc"
    return render_template("diary/index.html", entries=connection().execute(query).fetchall())


@bp.route("/write", methods=("GET", "POST"))
@known_only
def write():
    if request.method == "POST":
        if request.form["title"]:
            row = (g.person["id"], request.form["title"], request.form["body"])
            connection().execute("insert into entry (person, title, body) values (?, ?, ?)", row)
            connection().commit()
            return redirect(url_for("diary.index"))
        flash("A title is needed.")
    return render_template("diary/write.html")


@bp.route("/<int:number>/change", methods=("GET", "POST"))
@known_only
def change(number):
    row = entry_of(number)
    if request.method == "POST":
        if request.form["title"]:
            new = (request.form["title"], request.form["body"], number)
            connection().execute("update entry set title = ?, body = ? where id = ?", new)
            connection().commit()
            return redirect(url_for("diary.index"))
        flash("A title is needed.")
    return render_template("diary/change.html", entry=row)


@bp.route("/<int:number>/remove", methods=("POST",))
@known_only
def remove(number):
    entry_of(number)
    connection().execute("delete from entry where id = ?", (number,))
    connection().commit()
    return redirect(url_for("diary.index"))
