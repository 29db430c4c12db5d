"""Accounts and sessions: register, log in, log out, who am I."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.security import OAuth2PasswordRequestForm
from sqlalchemy.exc import IntegrityError

from .accounts import (
    CurrentUser,
    Customer,
    find_user,
    log_in,
    log_out,
    settings_of,
)
from .database import Session
from .errors import ShopError
from .models import User
from .passwords import hash_password
from .requests import ShopRoute, form_of, is_json
from .responses import problems
from .schemas import Login, Register, Token, UserOut
from .tokens import create_token

router = APIRouter(prefix="/auth", tags=["auth"], route_class=ShopRoute)

WRONG = "The e-mail address or the password is wrong."


# region: register
@router.post(
    "/register",
    status_code=201,
    response_model=UserOut,
    responses=problems(400, 409, 413, 415, 422),
)
async def register(body: Register, request: Request, db: Session) -> User:
    """Open an account for a customer; nobody becomes an admin like this."""
    method = settings_of(request).password_hash
    user = User(
        email=body.email.lower(),
        name=body.name,
        password_hash=await hash_password(body.password, method),
    )
    db.add(user)
    try:
        await db.commit()
    except IntegrityError:
        # Asking first would leave a gap; the database leaves none.
        raise ShopError(409, "This e-mail address has an account.") from None
    return user


# endregion


# region: log-in
async def read_login(request: Request) -> Login:
    """Return what a form or a JSON object says."""
    sent: Any = await form_of(request)
    if is_json(request):
        sent = await request.json()
    return Login.model_validate(sent)


LOGIN = {"schema": Login.model_json_schema()}
LOGIN_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": LOGIN,
            "application/x-www-form-urlencoded": LOGIN,
        },
    },
}


@router.post(
    "/login",
    response_model=UserOut,
    responses=problems(400, 401, 413, 422),
    openapi_extra=LOGIN_BODY,
)
async def login(request: Request, response: Response, db: Session) -> User:
    """Begin a session, by JSON or by a form."""
    user = await log_in(request, response, db, await read_login(request))
    if user is None:
        raise ShopError(401, WRONG)
    return user


# endregion


# region: token
@router.post("/token", responses=problems(400, 401, 413, 415, 422))
async def token(
    form: Annotated[OAuth2PasswordRequestForm, Depends()],
    request: Request,
    db: Session,
) -> Token:
    """Hand out a token, for programs that keep no cookies."""
    settings = settings_of(request)
    user = await find_user(db, settings, form.username, form.password)
    if user is None:
        raise ShopError(401, WRONG)
    minutes = settings.token_minutes
    text = create_token(user.id, settings.secret_key, minutes)
    return Token(access_token=text)


# endregion


# region: log-out
@router.post("/logout", status_code=204)
async def logout(request: Request, response: Response, _: CurrentUser) -> None:
    """End the session, and forget who was to be remembered."""
    log_out(request, response)


@router.get("/me", response_model=UserOut, responses=problems(401))
async def me(user: Customer) -> User:
    """Answer with who is logged in."""
    return user


# endregion
