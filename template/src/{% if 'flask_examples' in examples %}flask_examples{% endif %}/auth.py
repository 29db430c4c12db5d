"""Accounts and sessions: register, log in, log out, who am I."""

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from flask import (
    Blueprint,
    current_app,
    jsonify,
    redirect,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_login import (
    UserMixin,
    current_user,
    login_required,
    login_user,
    logout_user,
)
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from werkzeug.security import check_password_hash, generate_password_hash

from .errors import ShopError
from .extensions import db, login_manager
from .models import User
from .requests import body
from .schemas import LoginSchema, RegisterSchema, UserSchema

P = ParamSpec("P")
R = TypeVar("R")

blueprint = Blueprint("auth", __name__, url_prefix="/auth")


# region: user-loader
class SessionUser(UserMixin):
    """A user as Flask-Login wants one; the model need not know of it."""

    def __init__(self, user: User) -> None:
        """Wrap the user."""
        self.id = user.id
        self.user = user


@login_manager.user_loader
def _load(user_id: str) -> SessionUser | None:
    user = db.session.get(User, int(user_id))
    return SessionUser(user) if user else None


@login_manager.unauthorized_handler
def _unauthorized() -> ResponseReturnValue:
    if request.path.startswith("/shop/"):
        return redirect(url_for("pages.login", next=request.path))
    raise ShopError(401, "Log in first.")


def the_user() -> User:
    """Return who is logged in, in a view that asks for somebody."""
    user: User = current_user.user
    return user


# endregion


# region: admin-required
def admin_required(view: Callable[P, R]) -> Callable[P, R]:
    """Let nobody but admins pass."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        if the_user().role != "admin":
            raise ShopError(403, "This is for admins.")
        return view(*args, **kwargs)

    guard: Callable[P, R] = login_required(guarded)
    return guard


# endregion


# region: register
def hash_password(password: str) -> str:
    """Return what is kept in place of a password."""
    method = current_app.config["PASSWORD_HASH"]
    return generate_password_hash(password, method)


@blueprint.post("/register")
def register() -> ResponseReturnValue:
    """Open an account for a customer; nobody becomes an admin like this."""
    data = body(RegisterSchema())
    user = User(
        email=data["email"].lower(),
        name=data["name"],
        password_hash=hash_password(data["password"]),
    )
    db.session.add(user)
    try:
        db.session.commit()
    except IntegrityError:
        # Asking first would leave a gap; the database leaves none.
        db.session.rollback()
        raise ShopError(409, "This e-mail address has an account.") from None
    return jsonify(UserSchema().dump(user)), 201


# endregion


# region: log-in
def find_user(email: str, password: str) -> User | None:
    """Return the user whose password this is.

    An unknown address costs as much time as a wrong password, lest the
    time tell who has an account.
    """
    query = select(User).where(User.email == email.lower())
    user = db.session.scalar(query)
    if user is None:
        hash_password(password)
        return None
    matches = check_password_hash(user.password_hash, password)
    return user if matches else None


def log_in(data: dict[str, Any]) -> User | None:
    """Begin a session; None when the password is wrong."""
    user = find_user(data["email"], data["password"])
    if user is not None:
        login_user(SessionUser(user), remember=data["remember"])
    return user


def login_form() -> dict[str, Any]:
    """Return the form that logs in, valid."""
    form = request.form.to_dict()
    loaded: dict[str, Any] = LoginSchema().load(form)
    return loaded


@blueprint.post("/login")
def login() -> ResponseReturnValue:
    """Begin a session, by JSON or by a form."""
    data = body(LoginSchema()) if request.is_json else login_form()
    user = log_in(data)
    if user is None:
        raise ShopError(401, "The e-mail address or the password is wrong.")
    return jsonify(UserSchema().dump(user))


# endregion


# region: log-out
@blueprint.post("/logout")
def logout() -> ResponseReturnValue:
    """End the session, and forget who was to be remembered."""
    logout_user()
    return "", 204


@blueprint.get("/me")
@login_required
def me() -> ResponseReturnValue:
    """Answer with who is logged in."""
    return jsonify(UserSchema().dump(the_user()))


# endregion
