"""What they write."""

from flask import Blueprint, abort, g, redirect, render_template, request, url_for

from .accounts import known_only
from .db import connection

bp = Blueprint("diary", __name__)


def entry_of(number):
    row = connection().execute("select * from entry where id = ?", (number,)).fetchone()
    if row is None:
        abort(404, f"There is no entry {number}.")
    if row["person"] != g.person["id"]:
        abort(403)
    return row


@bp.route("/")
def index():
    rows = connection().execute("select * from entry order by id desc").fetchall()
    return render_template("index.html", entries=rows)


@bp.route("/write", methods=("GET", "POST"))
@known_only
def write():
    if request.method == "POST":
        row = (g.person["id"], request.form["title"], request.form["body"])
        connection().execute("insert into entry (person, title, body) values (?, ?, ?)", row)
        connection().commit()
        return redirect(url_for("diary.index"))
    return render_template("write.html")


@bp.route("/<int:number>/change", methods=("GET", "POST"))
@known_only
def change(number):
    row = entry_of(number)
    if request.method == "POST":
        new = (request.form["title"], request.form["body"], number)
        connection().execute("update entry set title = ?, body = ? where id = ?", new)
        connection().commit()
        return redirect(url_for("diary.index"))
    return render_template("change.html", entry=row)


@bp.route("/<int:number>/remove", methods=("POST",))
@known_only
def remove(number):
    entry_of(number)
    connection().execute("delete from entry where id = ?", (number,))
    connection().commit()
    return redirect(url_for("diary.index"))
