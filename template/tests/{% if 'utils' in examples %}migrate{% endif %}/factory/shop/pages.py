"""The readers' side."""

from flask import Blueprint, flash, render_template_string, session

pages = Blueprint("pages", __name__)


@pages.route("/")
def home():
    return render_template_string("<p>{{ count }}</p>", count=session.get("count", 0))


@pages.post("/count/")
def count():
    session["count"] = session.get("count", 0) + 1
    flash("counted")
    return f"{session['count']}"


@pages.context_processor
def shop_name():
    return {"shop": "Corner"}
