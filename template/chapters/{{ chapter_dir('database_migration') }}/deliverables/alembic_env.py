"""The `env.py` of an Alembic environment for an asynchronous engine.

Alembic is synchronous and stays so: the engine opens the connection, and
`run_sync` hands it over. A program that has a connection, such as a test,
passes it as `config.attributes["connection"]`.
"""

import asyncio

from alembic import context
from models import Base
from sqlalchemy import Connection, pool
from sqlalchemy.ext.asyncio import create_async_engine


# region: migrate
def migrate(connection: Connection) -> None:
    """Run the migrations over a connection."""
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        # SQLite cannot change a column: the table is copied and replaced.
        render_as_batch=True,
        # Each revision commits by itself, so that a long history that
        # fails in the middle goes on from there.
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()


async def connect_and_migrate(url: str) -> None:
    """Open a connection for as long as the migrations run."""
    # Nobody comes back for this connection, so no pool keeps it.
    engine = create_async_engine(url, poolclass=pool.NullPool)
    async with engine.connect() as connection:
        await connection.run_sync(migrate)
    await engine.dispose()


given = context.config.attributes.get("connection")
if given is not None:
    migrate(given)
else:
    url = context.config.get_main_option("sqlalchemy.url") or ""
    asyncio.run(connect_and_migrate(url))
# endregion
