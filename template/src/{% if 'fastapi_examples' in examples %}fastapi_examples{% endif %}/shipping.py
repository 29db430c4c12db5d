"""The service that says what a parcel costs, reached over HTTP."""

import re
from decimal import Decimal

import httpx2
from fastapi import APIRouter, Request

from .errors import INVALID, ShopError
from .messages import MESSAGES
from .requests import ShopRoute, Texts, first, whole_number
from .responses import problems
from .schemas import Quote
from .settings import Settings

router = APIRouter(tags=["shipping"], route_class=ShopRoute)


# region: client
def create_client(settings: Settings) -> httpx2.AsyncClient:
    """Return the one client that all requests share."""
    return httpx2.AsyncClient(
        base_url=settings.shipping_url,
        timeout=settings.shipping_timeout,
        # A proxy of this machine's is not on the way to it.
        trust_env=False,
    )


def client_of(request: Request) -> httpx2.AsyncClient:
    """Return the client of the application that got the request."""
    client: httpx2.AsyncClient = request.app.state.shipping
    return client


# endregion


# region: quote
async def quote(
    client: httpx2.AsyncClient,
    country: str,
    items: int,
) -> Decimal:
    """Return what the parcel costs; others are served meanwhile.

    Raises:
        ShopError: 422 when nothing is sent there; 502 or 504 when the
            service fails or is too slow, which is not the client's fault.
    """
    parcel: dict[str, str | int] = {"country": country, "items": items}
    try:
        response = await client.get("/quotes", params=parcel)
        if response.status_code == 404:
            raise ShopError(422, f"Nothing is sent to {country}.")
        response.raise_for_status()
        return Decimal(response.json()["price"])
    except httpx2.TimeoutException:
        raise ShopError(504, "The shipping service is too slow.") from None
    except (httpx2.HTTPError, ArithmeticError, LookupError, ValueError):
        raise ShopError(502, "The shipping service failed.") from None


# endregion


# region: quote-view
def _country(text: str | None) -> str:
    if text is None:
        raise ShopError(422, INVALID, "country", MESSAGES["missing"])
    if not re.fullmatch("[A-Z]{2}", text):
        message = MESSAGES["string_pattern_mismatch"]
        raise ShopError(422, INVALID, "country", message)
    return text


@router.get("/shipping/quote", responses=problems(422, 502, 504))
async def show_quote(
    request: Request,
    country: Texts = None,
    items: Texts = None,
) -> Quote:
    """Answer with what a parcel would cost."""
    destination = _country(first(country))
    count = whole_number(items, 1, 99)
    price = await quote(client_of(request), destination, count)
    return Quote(country=destination, items=count, price=price)


# endregion
