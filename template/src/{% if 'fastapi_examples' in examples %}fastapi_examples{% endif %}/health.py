"""Whether the shop is up: for load balancers and for people."""

from email.utils import format_datetime
from typing import Any

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from .columns import now
from .database import Session
from .requests import ShopRoute
from .schemas import Health

router = APIRouter(tags=["health"], route_class=ShopRoute)

DOWN: dict[int | str, dict[str, Any]] = {
    503: {"model": Health, "description": "The database does not answer"},
}


# region: health
@router.get("/health", responses=DOWN)
async def health(response: Response, db: Session) -> Health:
    """Answer 200 when the database does, 503 when it does not."""
    time = format_datetime(now(), usegmt=True)
    try:
        await db.execute(text("select 1"))
    except SQLAlchemyError:
        response.status_code = 503
        return Health(status="failing", database="down", time=time)
    return Health(status="ok", database="up", time=time)


# endregion


# region: ping
@router.get("/ping", response_class=HTMLResponse)
async def ping() -> str:
    """Answer as soon as the process does, asking nobody else."""
    return "pong"


@router.get("/", response_class=RedirectResponse, status_code=302)
async def home() -> str:
    """Lead people to the pages."""
    return "/shop/"


# endregion
