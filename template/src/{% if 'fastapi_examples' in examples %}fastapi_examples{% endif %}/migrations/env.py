"""How Alembic reaches the tables: by the connection that it is given.

`init-db` opens it, asynchronously; Alembic itself is synchronous.
"""

from alembic import context

from src.fastapi_examples.models import Base

# region: env
context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    # SQLite cannot change a column: the table is made anew and filled.
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
# endregion
