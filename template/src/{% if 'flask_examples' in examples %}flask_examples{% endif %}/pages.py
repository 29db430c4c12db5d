"""The pages that people see; forms in place of JSON."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required, logout_user

from .auth import log_in, login_form, the_user
from .books import search_page
from .ordering import place_order
from .orders import get_order
from .schemas import OrderInSchema

blueprint = Blueprint("pages", __name__, url_prefix="/shop")


# region: catalogue-page
@blueprint.get("/")
def catalogue() -> ResponseReturnValue:
    """Show one page of the catalogue, or of what was searched."""
    words = request.args.get("q", "")
    page = search_page()
    return render_template("shop/catalogue.html", page=page, words=words)


# endregion


# region: login-page
def _own_path(path: str | None) -> str:
    """Return where to go on: never to another site, whatever is asked."""
    if path and path.startswith("/shop/"):
        return path
    return url_for("pages.catalogue")


@blueprint.get("/login")
def login() -> ResponseReturnValue:
    """Show the form."""
    return render_template("shop/login.html", failed=False)


@blueprint.post("/login")
def submit_login() -> ResponseReturnValue:
    """Begin a session and go on to where the visitor wanted to be."""
    if log_in(login_form()) is None:
        return render_template("shop/login.html", failed=True), 401
    return redirect(_own_path(request.args.get("next")))


@blueprint.post("/logout")
def logout() -> ResponseReturnValue:
    """End the session."""
    logout_user()
    return redirect(url_for("pages.catalogue"))


# endregion


# region: order-page
def _whole(text: str) -> int | str:
    """Return a field of a form as a number, where it is one."""
    return int(text) if text.isascii() and text.isdigit() else text


@blueprint.post("/orders")
@login_required
def submit_order() -> ResponseReturnValue:
    """Order one book and show the order."""
    line = {
        name: _whole(request.form[name])
        for name in ("book_id", "quantity")
        if name in request.form
    }
    order = {"lines": [line], "country": request.form.get("country", "")}
    placed, _ = place_order(the_user(), OrderInSchema().load(order), None)
    return redirect(url_for("pages.order", order_id=placed.id))


@blueprint.get("/orders/<id:order_id>")
@login_required
def order(order_id: int) -> ResponseReturnValue:
    """Show one order."""
    return render_template("shop/order.html", order=get_order(order_id))


# endregion
