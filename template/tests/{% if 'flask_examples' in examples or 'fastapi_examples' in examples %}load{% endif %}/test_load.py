"""No order is lost or there twice, whatever fails; `python -m tests.load` tries for longer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest
from sqlalchemy import text

from tests.contract.database import connected
from tests.contract.postgres import programs
from tests.contract.target import Target

from .__main__ import main, show
from .ledger import Ledger, disagreements
from .run import Opened, Report, opened, run
from .shops import shops

ORDERS = 120
Loaded = tuple[Opened, Ledger, Report]


def progress(counts: Counter[str]) -> float:
    """Tell how much is over by what was ordered: a slow machine takes longer and fails no less."""
    return counts["placed"] / ORDERS


@pytest.fixture(scope="module", params=shops(), ids=str)
def loaded(request: pytest.FixtureRequest) -> Iterator[Loaded]:
    """A shop that customers ordered in while its database died and its shipping hung."""
    target: Target = request.param
    folder = programs()
    if folder is None:
        pytest.skip("PostgreSQL is not installed here.")
    with opened(target, folder, customers=8) as one:
        yield (one, *run(one, progress, seed=1))


def test_no_order_is_lost_or_there_twice(
    loaded: Loaded, capsys: pytest.CaptureFixture[str]
) -> None:
    _, ledger, report = loaded

    assert report.problems == []
    assert len(ledger.orders) >= ORDERS
    # It was worth the trouble: all of it did happen.
    assert min(report.counts[what] for what in ("failed", "too slow", "hung up", "cancelled")) > 0
    assert len(report.recovery) == 2
    show("shop", report)
    assert "No disagreements" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("tampering", "noticed"),
    [
        ("delete from order_lines where order_id = {0}", "Order {1} is {0}: None of None, but"),
        ("update orders set status = 'lost' where id = {0}", "Order {1} is lost, not "),
        ("update orders set idempotency_key = 'x' where id = {0}", "Order {1} is lost."),
        ("update orders set idempotency_key = 'x' where id = {0}", "Order {0} (x) was confirmed"),
        ("update books set stock = stock + 1 where id = 1", "Of book 1, "),
        ("insert into order_lines values ({0}, {2}, 1, 1)", "Order {1} is there twice."),
    ],
)
def test_what_differs_is_noticed(loaded: Loaded, tampering: str, noticed: str) -> None:
    one, ledger, _ = loaded
    key, placed = next(iter(ledger.orders.items()))
    filled = (placed.number, key, placed.book % 5 + 1)
    # Nothing of it is committed.
    with connected(one.database.url) as connection:
        connection.execute(text(tampering.format(*filled)))
        found = disagreements(ledger, connection)

    assert any(line.startswith(noticed.format(*filled)) for line in found), found


def test_an_unknown_shop_is_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["grocery"])

    assert stopped.value.code == 2
    assert "There is no shop grocery: " in capsys.readouterr().err
