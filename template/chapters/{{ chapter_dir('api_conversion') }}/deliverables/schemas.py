"""What a client may send and what it gets: two models, never one.

Input refuses what it does not know and coerces nothing; output names each
field that may leave, and how it is written.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    StrictInt,
    StringConstraints,
)

# Money travels as text with two places: JSON's numbers are floats.
AmountIn = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,5}\.[0-9]{2}$")]
Amount = Annotated[
    Decimal,
    PlainSerializer(lambda value: f"{value:.2f}", return_type=str),
]
# `+00:00` as before; Pydantic by itself would write `Z`.
Moment = Annotated[
    datetime,
    PlainSerializer(datetime.isoformat, return_type=str),
]
Title = Annotated[str, Field(min_length=1, max_length=200)]
# "3", 3.0 and true are no numbers, as they were none before.
Stock = Annotated[StrictInt, Field(ge=0, le=100_000)]


class Body(BaseModel):
    """A body: what it does not know, it refuses."""

    model_config = ConfigDict(extra="forbid")


class BookIn(Body):
    """The body that adds a book; the id and the time are not the client's."""

    title: Title
    price: AmountIn
    stock: Stock = 0
    published: date


class BookOut(BaseModel):
    """A book as it is shown: what is not named here does not leave."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    title: str
    price: Amount
    stock: int
    published: date
    added_at: Moment
