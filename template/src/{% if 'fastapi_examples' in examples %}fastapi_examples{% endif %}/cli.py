"""Commands beside the server: `python -m src.fastapi_examples.cli …`."""

from pathlib import Path
from typing import Any

import anyio
import click
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, inspect, select
from sqlalchemy.exc import IntegrityError

from .database import create_engine, create_sessions
from .models import Book, User
from .passwords import hash_password
from .seed import seed_books
from .settings import Settings

MIGRATIONS = Path(__file__).parent / "migrations"


# region: migrate
def alembic_config(connection: Connection) -> Config:
    """Return Alembic's configuration for an open connection."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config


def _migrate(connection: Connection) -> None:
    tables = set(inspect(connection).get_table_names())
    config = alembic_config(connection)
    if "books" in tables and "alembic_version" not in tables:
        # The Flask shop made these tables: they are where the first
        # migration leads, and get its mark.
        command.stamp(config, "0001")
    command.upgrade(config, "head")


async def migrate(settings: Settings) -> None:
    """Bring the tables up to date."""
    engine = create_engine(settings.database_url)
    async with engine.begin() as connection:
        await connection.run_sync(_migrate)
    await engine.dispose()


# endregion


# region: add-rows
async def add_rows(settings: Settings, *rows: Any) -> None:
    """Put rows into the database, all or none."""
    engine = create_engine(settings.database_url)
    try:
        async with create_sessions(engine)() as db:
            db.add_all(rows)
            await db.commit()
    finally:
        await engine.dispose()


async def has_books(settings: Settings) -> bool:
    """Return whether there are books already."""
    engine = create_engine(settings.database_url)
    async with create_sessions(engine)() as db:
        found = await db.scalar(select(Book.id).limit(1))
    await engine.dispose()
    return found is not None


# endregion


# region: commands
@click.group()
@click.pass_context
def cli(context: click.Context) -> None:
    """Look after the shop."""
    context.ensure_object(Settings)


@cli.command("init-db")
@click.pass_obj
def init_db(settings: Settings) -> None:
    """Make the tables that are not there yet."""
    anyio.run(migrate, settings)
    click.echo("The tables are there.")


@cli.command()
@click.pass_obj
def seed(settings: Settings) -> None:
    """Put some books into an empty shop."""
    if anyio.run(has_books, settings):
        click.echo("There are books already; none was added.")
        return
    books = seed_books()
    anyio.run(add_rows, settings, *books)
    click.echo(f"Added {len(books)} books.")


# endregion


# region: create-admin
@cli.command("create-admin")
@click.argument("email")
@click.option("--name", default="Admin", show_default=True)
@click.password_option()
@click.pass_obj
def create_admin(
    settings: Settings,
    email: str,
    name: str,
    password: str,
) -> None:
    """Open an account for an admin."""
    method = settings.password_hash
    user = User(
        email=email.lower(),
        name=name,
        password_hash=anyio.run(hash_password, password, method),
        role="admin",
    )
    try:
        anyio.run(add_rows, settings, user)
    except IntegrityError:
        raise click.ClickException(f"{email} has an account.") from None
    click.echo(f"{email.lower()} is an admin.")


# endregion


if __name__ == "__main__":
    cli()
