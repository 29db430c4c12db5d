"""Pages of an account."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user, login_required, login_user, logout_user
from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import DataRequired

from .extensions import db
from .models import Member

account = Blueprint("account", __name__)


class LoginForm(FlaskForm):
    name = StringField("Name", validators=[DataRequired()])


@account.route("/login", methods=["GET", "POST"])
def login():
    form = LoginForm()
    if form.validate_on_submit():
        member = Member.query.filter_by(name=form.name.data).first_or_404()
        login_user(member)
        flash("Welcome back.")
        return redirect(request.args.get("next") or url_for("account.profile"))
    return render_template("login.html", form=form)


@account.route("/profile")
@login_required
def profile():
    return render_template("profile.html", member=current_user)


@account.route("/logout")
def logout():
    logout_user()
    return redirect("/")


@account.route("/names")
def names():
    rows = db.session.execute(db.select(Member.name)).scalars()
    return {"names": list(rows)}
