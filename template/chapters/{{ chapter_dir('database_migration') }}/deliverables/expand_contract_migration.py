"""The two ends of a change that two applications live through.

`expand` and `undo_expand` are `upgrade` and `downgrade` of one revision,
`contract` and `undo_contract` those of another. Weeks may lie between them,
in which the old application and the new one use the same table.
"""

import sqlalchemy as sa
from alembic import op


# region: expand
def expand() -> None:
    """Add the new column: empty, so that no row is touched or locked."""
    op.add_column("books", sa.Column("price_cents", sa.Integer()))


def undo_expand() -> None:
    """Take it back; the old column was true all the time."""
    with op.batch_alter_table("books") as books:
        books.drop_column("price_cents")


# endregion


# region: contract
def contract() -> None:
    """Drop the old column, unless a row has only that one."""
    connection = op.get_bind()
    left = connection.scalar(
        sa.text("select count(*) from books where price_cents is null"),
    )
    if left:
        message = f"{left} books have no price_cents: finish the backfill."
        raise RuntimeError(message)
    with op.batch_alter_table("books") as books:
        books.alter_column(
            "price_cents",
            existing_type=sa.Integer(),
            nullable=False,
        )
        books.drop_column("price")


def undo_contract() -> None:
    """Bring the old column back, filled from the new one."""
    with op.batch_alter_table("books") as books:
        books.add_column(sa.Column("price", sa.Float()))
        books.alter_column(
            "price_cents",
            existing_type=sa.Integer(),
            nullable=True,
        )
    op.execute("update books set price = price_cents / 100.0")
    with op.batch_alter_table("books") as books:
        books.alter_column(
            "price",
            existing_type=sa.Float(),
            nullable=False,
        )


# endregion
