"""The readers' side."""

from flask import (
    Blueprint,
    flash,
    get_flashed_messages,
    redirect,
    render_template,
    render_template_string,
    session,
    url_for,
)

pages = Blueprint("pages", __name__, template_folder="templates/pages")


@pages.route("/")
def home():
    return render_template_string("<p>{{ count }}</p>", count=session.get("count", 0))


@pages.post("/count/")
def count():
    session["count"] = session.get("count", 0) + 1
    flash("counted")
    return f"{session['count']}"


@pages.route("/counted")
def counted():
    return {"messages": get_flashed_messages()}


@pages.route("/about/")
@pages.route("/about/<int:year>")
def about(year=2024):
    return render_template("about.html", year=year)


@pages.get("/reset")
def reset():
    session.clear()
    return redirect(url_for(".home"))


@pages.context_processor
def shop_name():
    return {"shop": "Corner"}
