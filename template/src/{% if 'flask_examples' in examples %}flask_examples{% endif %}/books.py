"""The catalogue: what anybody may read and admins may change."""

from typing import Any, TypeVar

from flask import Blueprint, jsonify, request, url_for
from flask.typing import ResponseReturnValue
from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import Select, UnaryExpression, func, or_, select
from sqlalchemy.exc import IntegrityError

from .auth import admin_required
from .errors import ShopError
from .extensions import db
from .models import Author, Book, Tag, book_authors
from .requests import LARGEST_PAGE, body, whole_number
from .schemas import AuthorSchema, BookInSchema, BookSchema

blueprint = Blueprint("books", __name__)

Named = TypeVar("Named", Author, Tag)

SORTS: dict[str, UnaryExpression[Any]] = {
    "title": Book.title.asc(),
    "-title": Book.title.desc(),
    "price": Book.price.asc(),
    "-price": Book.price.desc(),
    "published": Book.published.asc(),
    "-published": Book.published.desc(),
}


# region: search
def search() -> Select[Any]:
    """Return the query that the request asks for."""
    query = select(Book)
    if words := request.args.get("q"):
        by_author = Author.name.icontains(words, autoescape=True)
        by_title = Book.title.icontains(words, autoescape=True)
        query = query.where(or_(by_title, Book.authors.any(by_author)))
    if tag := request.args.get("tag"):
        query = query.where(Book.tags.any(Tag.name == tag))
    if request.args.get("in_stock") in {"1", "true"}:
        query = query.where(Book.stock > 0)
    order = SORTS.get(request.args.get("sort", ""), SORTS["title"])
    # The id decides between equals: no book is on two pages, or on none.
    return query.order_by(order, Book.id)


def search_page() -> Pagination:
    """Return the page of the search that the request asks for."""
    return db.paginate(
        search(),
        page=whole_number("page", 1, LARGEST_PAGE),
        per_page=whole_number("per_page", 10, 50),
        error_out=False,
    )


# endregion


# region: list-books
@blueprint.get("/books")
def list_books() -> ResponseReturnValue:
    """Answer with one page of what was searched."""
    page = search_page()
    return jsonify(
        items=BookSchema(many=True).dump(page.items),
        page=page.page,
        pages=page.pages,
        per_page=page.per_page,
        total=page.total,
    )


# endregion


# region: read-book
def get_book(book_id: int) -> Book:
    """Return the book, or refuse with 404."""
    book = db.session.get(Book, book_id)
    if book is None:
        raise ShopError(404, f"There is no book {book_id}.")
    return book


@blueprint.get("/books/<id:book_id>")
def read_book(book_id: int) -> ResponseReturnValue:
    """Answer with one book."""
    return jsonify(BookSchema().dump(get_book(book_id)))


# endregion


# region: named
def named(model: type[Named], names: list[str]) -> list[Named]:
    """Return the authors or tags of these names; new ones are made."""
    query = select(model).where(model.name.in_(names))
    known = {row.name: row for row in db.session.scalars(query)}
    return [
        known.get(name) or model(name=name) for name in dict.fromkeys(names)
    ]


def fill(book: Book, data: dict[str, Any]) -> None:
    """Give the book what the body says of it."""
    # Until the book is complete, no query may send half of it.
    with db.session.no_autoflush:
        if "authors" in data:
            data["authors"] = named(Author, data["authors"])
        if "tags" in data:
            data["tags"] = named(Tag, data["tags"])
    for name, value in data.items():
        setattr(book, name, value)


# endregion


# region: create-book
def _commit(isbn: str) -> None:
    try:
        db.session.commit()
    except IntegrityError:
        db.session.rollback()
        raise ShopError(409, f"The ISBN {isbn} is taken.") from None


@blueprint.post("/books")
@admin_required
def create_book() -> ResponseReturnValue:
    """Add a book and say where it is."""
    book = Book()
    fill(book, body(BookInSchema()))
    db.session.add(book)
    _commit(book.isbn)
    location = url_for("books.read_book", book_id=book.id)
    return jsonify(BookSchema().dump(book)), 201, {"Location": location}


# endregion


# region: update-book
@blueprint.patch("/books/<id:book_id>")
@admin_required
def update_book(book_id: int) -> ResponseReturnValue:
    """Change what the body names, and nothing else."""
    book = get_book(book_id)
    fill(book, body(BookInSchema(partial=True)))
    _commit(book.isbn)
    return jsonify(BookSchema().dump(book))


@blueprint.delete("/books/<id:book_id>")
@admin_required
def delete_book(book_id: int) -> ResponseReturnValue:
    """Take a book out of the catalogue, unless somebody ordered it."""
    db.session.delete(get_book(book_id))
    try:
        db.session.commit()
    except IntegrityError:
        db.session.rollback()
        raise ShopError(409, "The book is part of an order.") from None
    return "", 204


# endregion


# region: authors
@blueprint.get("/authors/")
def list_authors() -> ResponseReturnValue:
    """Answer with every author and how many of their books are here."""
    query = (
        select(Author.name, func.count(book_authors.c.book_id).label("books"))
        .outerjoin(book_authors)
        .group_by(Author.id, Author.name)
        .order_by(Author.name)
    )
    rows = db.session.execute(query).all()
    return jsonify(AuthorSchema(many=True).dump(rows))


# endregion
