"""Pages of an account."""

from urllib.parse import urlsplit

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask_login import (
    current_user,
    fresh_login_required,
    login_required,
    login_user,
    logout_user,
)

from .extensions import db
from .forms import JoinForm, LoginForm, PortraitForm
from .models import Member

account = Blueprint("account", __name__, template_folder="templates/account")


@account.route("/join", methods=["GET", "POST"])
def join():
    form = JoinForm()
    if form.validate_on_submit():
        member = Member(name=form.name.data)
        member.set_secret(form.secret.data)
        db.session.add(member)
        db.session.commit()
        return redirect(url_for(".login"))
    return render_template("form.html", form=form, title="Join")


@account.route("/login", methods=["GET", "POST"])
def login():
    if current_user.is_authenticated:
        return redirect(url_for("account.profile"))
    form = LoginForm()
    if form.validate_on_submit():
        member = Member.query.filter_by(name=form.name.data).first_or_404()
        if not member.knows(form.secret.data):
            flash("That is not right.")
            return redirect(request.url)
        login_user(member, remember=form.remember.data)
        flash("Welcome back.")
        target = request.args.get("next")
        if not target or urlsplit(target).netloc:
            target = url_for("account.profile")
        return redirect(target)
    return render_template("form.html", form=form, title="Login")


@account.route("/profile")
@login_required
def profile():
    return render_template("profile.html", member=current_user)


@account.route("/portrait", methods=["GET", "POST"])
@login_required
def portrait():
    form = PortraitForm()
    if form.validate_on_submit():
        current_user.portrait = form.portrait.data.read()
        db.session.commit()
        return redirect(url_for("account.portrait"))
    if request.method == "POST":
        return render_template("form.html", form=form, title="Portrait"), 422
    if current_user.portrait is None:
        abort(404)
    return Response(current_user.portrait, content_type="image/png")


@account.post("/close")
@fresh_login_required
def close():
    db.session.delete(current_user._get_current_object())
    db.session.commit()
    logout_user()
    return redirect("/")


@account.route("/logout")
def logout():
    logout_user()
    return redirect("/")


@account.route("/names")
def names():
    rows = db.session.execute(db.select(Member.name)).scalars()
    return {"names": list(rows)}
