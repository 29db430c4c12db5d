"""Keep money and moments in SQLite, with SQLAlchemy's types and the shop's.

PostgreSQL has exact decimals and zones; SQLite has neither, and says
nothing about it.
"""

from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    Column,
    DateTime,
    MetaData,
    Numeric,
    Table,
    create_engine,
    func,
    insert,
    select,
)

from src.fastapi_examples.columns import Moment, Money

# region: sales
sales = Table(
    "sales",
    MetaData(),
    Column("numeric", Numeric(10, 2)),
    Column("money", Money),
    Column("zoned", DateTime(timezone=True)),
    Column("moment", Moment),
)
# endregion

VIENNA = timezone(timedelta(hours=1))
NOON = datetime(2026, 1, 31, 12, tzinfo=VIENNA)


# region: kept
def kept() -> dict[str, Any]:
    """Return what comes back of three sales of 0.10 at noon in Vienna."""
    engine = create_engine("sqlite://")
    sales.metadata.create_all(engine)
    price = Decimal("0.10")
    row = {"numeric": price, "money": price, "zoned": NOON, "moment": NOON}
    with engine.begin() as connection:
        connection.execute(insert(sales), [row] * 3)
        first = connection.execute(select(sales).limit(1)).mappings().one()
        summed = connection.exec_driver_sql(
            "select sum(numeric), sum(money) from sales",
        ).one()
        total = connection.scalar(select(func.sum(sales.c.money)))
    engine.dispose()
    return {**first, "sums": tuple(summed), "total": total}


# endregion


def main() -> None:
    """Print what comes back, and what the database itself adds up."""
    for name, value in kept().items():
        print(f"{name}: {value!r}")


if __name__ == "__main__":
    main()
