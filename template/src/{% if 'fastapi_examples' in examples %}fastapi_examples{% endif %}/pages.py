"""The pages that people see; forms in place of JSON."""

from typing import Any

from fastapi import APIRouter, BackgroundTasks, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from .accounts import CurrentUser, Reader, log_in, log_out
from .books import BookSearch, find
from .database import Session
from .ordering import place_order
from .orders import follow_up, get_order
from .rendering import templates
from .requests import ShopRoute, first, form_of
from .schemas import Login, OrderIn
from .shipping import client_of

router = APIRouter(
    prefix="/shop",
    route_class=ShopRoute,
    default_response_class=HTMLResponse,
    # For people: programs find nothing here that the rest has not.
    include_in_schema=False,
)


# region: catalogue-page
@router.get("/")
async def catalogue(
    request: Request,
    _: CurrentUser,
    search: BookSearch,
    db: Session,
) -> Response:
    """Show one page of the catalogue, or of what was searched."""
    page = await find(db, search)
    context = {"page": page, "words": search.words or ""}
    return templates.TemplateResponse(request, "shop/catalogue.html", context)


# endregion


# region: login-page
def _own_path(path: str | None) -> str:
    """Return where to go on: never to another site, whatever is asked."""
    return path if path and path.startswith("/shop/") else "/shop/"


def _login_page(request: Request, *, failed: bool) -> Response:
    return templates.TemplateResponse(
        request,
        "shop/login.html",
        {"failed": failed},
        status_code=401 if failed else 200,
    )


@router.get("/login")
async def login(request: Request, _: CurrentUser) -> Response:
    """Show the form."""
    return _login_page(request, failed=False)


@router.post("/login")
async def submit_login(request: Request, db: Session) -> Response:
    """Begin a session and go on to where the visitor wanted to be."""
    form = Login.model_validate(await form_of(request))
    path = _own_path(first(request.query_params.getlist("next")))
    response = RedirectResponse(path, status_code=302)
    if await log_in(request, response, db, form) is None:
        return _login_page(request, failed=True)
    return response


@router.post("/logout")
async def logout(request: Request, _: CurrentUser) -> Response:
    """End the session."""
    response = RedirectResponse("/shop/", status_code=302)
    log_out(request, response)
    return response


# endregion


# region: order-page
def _whole(text: str) -> int | str:
    """Return a field of a form as a number, where it is one."""
    return int(text) if text.isascii() and text.isdigit() else text


def _order_of(form: dict[str, str]) -> OrderIn:
    line: dict[str, Any] = {
        name: _whole(form[name])
        for name in ("book_id", "quantity")
        if name in form
    }
    order = {"lines": [line], "country": form.get("country", "")}
    return OrderIn.model_validate(order)


@router.post("/orders")
async def submit_order(
    user: Reader,
    request: Request,
    background: BackgroundTasks,
    db: Session,
) -> Response:
    """Order one book and show the order."""
    asked = _order_of(await form_of(request))
    client = client_of(request)
    placed, _ = await place_order(db, client, user, asked, None)
    follow_up(request, background, placed)
    return RedirectResponse(
        f"/shop/orders/{placed.id}",
        status_code=302,
        background=background,
    )


@router.get("/orders/{order_id:id}")
async def order(
    user: Reader,
    order_id: int,
    request: Request,
    db: Session,
) -> Response:
    """Show one order."""
    context = {"order": await get_order(order_id, user, db)}
    return templates.TemplateResponse(request, "shop/order.html", context)


# endregion
