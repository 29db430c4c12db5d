"""Who sends a request: by session, by memory or by token.

These are the dependencies that replace Flask-Login's `current_user`,
`login_required` and the shop's `admin_required`.
"""

import hashlib
import hmac
from typing import Annotated

from fastapi import Depends, Request, Response
from fastapi.security import OAuth2PasswordBearer
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from .database import Session
from .errors import LoginNeeded, ShopError
from .models import User
from .passwords import check_password, hash_password
from .schemas import Login
from .sessions import SessionState
from .settings import Settings
from .tokens import read_token

REMEMBER = "remember_token"
REMEMBER_DAYS = 365
KEYS = ("_user_id", "_fresh", "_id")

bearer = OAuth2PasswordBearer(tokenUrl="/auth/token", auto_error=False)


def settings_of(request: Request) -> Settings:
    """Return the settings of the application that got the request."""
    settings: Settings = request.app.state.settings
    return settings


def session_of(request: Request) -> SessionState:
    """Return the session that the layer for sessions opened."""
    session: SessionState = request.state.session
    return session


# region: remember-token
def sign_memory(user_id: str, secret_key: str) -> str:
    """Return the cookie by which Flask-Login remembers a user."""
    key = secret_key.encode("latin1")
    digest = hmac.new(key, user_id.encode(), hashlib.sha512).hexdigest()
    return f"{user_id}|{digest}"


def read_memory(cookie: str, secret_key: str) -> str | None:
    """Return the user that the cookie remembers, if it is genuine."""
    user_id, _, _ = cookie.rpartition("|")
    genuine = sign_memory(user_id, secret_key)
    same = hmac.compare_digest(cookie.encode(), genuine.encode())
    return user_id if same and user_id.isdecimal() else None


# endregion


# region: fingerprint
def _fingerprint(request: Request) -> str:
    """Return what Flask-Login tells visitors apart by."""
    peer = request.client.host if request.client else None
    address = request.headers.get("X-Forwarded-For", peer)
    agent = request.headers.get("User-Agent")
    first = address.encode().split(b",")[0].strip() if address else None
    base = f"{first!r}|{agent.encode() if agent is not None else None!r}"
    return hashlib.sha512(base.encode()).hexdigest()


# endregion


# region: current-user
async def _by_session(request: Request, db: AsyncSession) -> User | None:
    session = session_of(request)
    moved = session and session.get("_id") != _fingerprint(request)
    if moved and session.get("_fresh") is not False:
        # The cookie came along from elsewhere: good for looking, but not
        # for what asks for a fresh login.
        session.set("_fresh", False)
    user_id = session.get("_user_id")
    return await db.get(User, int(user_id)) if user_id else None


async def _by_memory(request: Request, db: AsyncSession) -> User | None:
    cookie = request.cookies.get(REMEMBER, "")
    user_id = read_memory(cookie, settings_of(request).secret_key)
    if user_id is None:
        return None
    session = session_of(request)
    session.set("_user_id", user_id)
    session.set("_fresh", False)
    return await db.get(User, int(user_id))


async def current_user(
    request: Request,
    db: Session,
    token: Annotated[str | None, Depends(bearer)],
) -> User | None:
    """Return who sends the request, or None for a visitor."""
    if token is not None:
        user_id = read_token(token, settings_of(request).secret_key)
        return await db.get(User, user_id) if user_id else None
    user = await _by_session(request, db)
    return user or await _by_memory(request, db)


CurrentUser = Annotated[User | None, Depends(current_user)]
# endregion


# region: required-users
async def _customer(user: CurrentUser) -> User:
    if user is None:
        raise ShopError(401, "Log in first.")
    return user


Customer = Annotated[User, Depends(_customer)]


async def _admin(user: Customer) -> User:
    if user.role != "admin":
        raise ShopError(403, "This is for admins.")
    return user


Admin = Annotated[User, Depends(_admin)]


async def _reader(user: CurrentUser) -> User:
    """Send the visitor of a page to the page that logs in."""
    if user is None:
        raise LoginNeeded
    return user


Reader = Annotated[User, Depends(_reader)]
# endregion


# region: log-in
async def find_user(
    db: AsyncSession,
    settings: Settings,
    email: str,
    password: str,
) -> User | None:
    """Return the user whose password this is.

    An unknown address costs as much time as a wrong password, lest the
    time tell who has an account.
    """
    user = await db.scalar(select(User).where(User.email == email.lower()))
    if user is None:
        await hash_password(password, settings.password_hash)
        return None
    matches = await check_password(user.password_hash, password)
    return user if matches else None


def begin_session(request: Request, user: User) -> None:
    """Keep in the session who the user is, as Flask-Login does."""
    session = session_of(request)
    for name, value in zip(
        KEYS,
        (str(user.id), True, _fingerprint(request)),
        strict=True,
    ):
        session.set(name, value)


def remember(request: Request, response: Response, user: User) -> None:
    """Let the browser remember the user when the session is gone."""
    secret_key = settings_of(request).secret_key
    response.set_cookie(
        REMEMBER,
        sign_memory(str(user.id), secret_key),
        expires=REMEMBER_DAYS * 24 * 60 * 60,
        httponly=True,
        samesite="lax",
    )


async def log_in(
    request: Request,
    response: Response,
    db: AsyncSession,
    login: Login,
) -> User | None:
    """Begin a session; None when the password is wrong."""
    settings = settings_of(request)
    user = await find_user(db, settings, login.email, login.password)
    if user is not None:
        begin_session(request, user)
        if login.remember:
            remember(request, response, user)
    return user


# endregion


# region: log-out
def log_out(request: Request, response: Response) -> None:
    """End the session, and forget who was to be remembered."""
    session = session_of(request)
    for name in KEYS:
        session.pop(name)
    if REMEMBER in request.cookies:
        response.delete_cookie(REMEMBER)


# endregion
