"""Commands beside the server: `flask --app src.flask_examples …`."""

import click
from flask import Flask
from flask.cli import with_appcontext
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from .auth import hash_password
from .extensions import db
from .models import Book, User
from .seed import seed_books


# region: init-db
@click.command("init-db")
@with_appcontext
def init_db() -> None:
    """Make the tables that are not there yet."""
    db.create_all()
    click.echo("The tables are there.")


# endregion


# region: seed
@click.command()
@with_appcontext
def seed() -> None:
    """Put some books into an empty shop."""
    if db.session.scalar(select(Book.id).limit(1)) is not None:
        click.echo("There are books already; none was added.")
        return
    books = seed_books()
    db.session.add_all(books)
    db.session.commit()
    click.echo(f"Added {len(books)} books.")


# endregion


# region: create-admin
@click.command("create-admin")
@click.argument("email")
@click.option("--name", default="Admin", show_default=True)
@click.password_option()
@with_appcontext
def create_admin(email: str, name: str, password: str) -> None:
    """Open an account for an admin."""
    user = User(
        email=email.lower(),
        name=name,
        password_hash=hash_password(password),
        role="admin",
    )
    db.session.add(user)
    try:
        db.session.commit()
    except IntegrityError:
        raise click.ClickException(f"{email} has an account.") from None
    click.echo(f"{user.email} is an admin.")


# endregion


def register(app: Flask) -> None:
    """Add the commands to those of Flask."""
    for command in (init_db, seed, create_admin):
        app.cli.add_command(command)
