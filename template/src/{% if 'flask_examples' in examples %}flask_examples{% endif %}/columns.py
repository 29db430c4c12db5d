"""Two kinds of column that every database keeps alike: money and moments."""

from datetime import datetime, timezone
from decimal import Decimal

from sqlalchemy import DateTime, Integer
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator


# region: money
class Money(TypeDecorator[Decimal]):
    """An amount to the cent, kept as a whole number of cents.

    SQLite has no exact decimals. Whole cents are exact in every database,
    and they sort and add up as they should.
    """

    impl = Integer
    cache_ok = True

    def process_bind_param(
        self,
        value: Decimal | None,
        dialect: Dialect,
    ) -> int | None:
        """Return the cents to keep."""
        return None if value is None else int(value.scaleb(2))

    def process_result_value(
        self,
        value: int | None,
        dialect: Dialect,
    ) -> Decimal | None:
        """Return the amount that was kept."""
        return None if value is None else Decimal(value).scaleb(-2)


# endregion


# region: moment
class Moment(TypeDecorator[datetime]):
    """A moment in UTC; what comes back always knows its zone."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(
        self,
        value: datetime | None,
        dialect: Dialect,
    ) -> datetime | None:
        """Return the moment in UTC, without its zone."""
        if value is None:
            return None
        return value.astimezone(timezone.utc).replace(tzinfo=None)

    def process_result_value(
        self,
        value: datetime | None,
        dialect: Dialect,
    ) -> datetime | None:
        """Return the moment with its zone."""
        return None if value is None else value.replace(tzinfo=timezone.utc)


# endregion


def now() -> datetime:
    """Return this moment, to the second: the shop needs no finer one."""
    return datetime.now(timezone.utc).replace(microsecond=0)
