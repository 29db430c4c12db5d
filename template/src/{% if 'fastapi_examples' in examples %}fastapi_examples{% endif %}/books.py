"""The catalogue: what anybody may read and admins may change."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Depends, Request, Response
from sqlalchemy import Select, UnaryExpression, func, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from .accounts import Admin
from .database import Session
from .errors import ShopError
from .models import Author, Book, Tag, book_authors
from .requests import LARGEST_PAGE, ShopRoute, Texts, first, whole_number
from .responses import problems
from .schemas import AuthorOut, BookChange, BookIn, BookOut, BookPage
from .stock import board_of

router = APIRouter(tags=["books"], route_class=ShopRoute)

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
@dataclass(frozen=True)
class Search:
    """What a request looks for, and which page of it."""

    words: str | None
    query: Select[Any]
    page: int
    per_page: int


async def read_search(
    q: Texts = None,
    tag: Texts = None,
    in_stock: Texts = None,
    sort: Texts = None,
    page: Texts = None,
    per_page: Texts = None,
) -> Search:
    """Return the search that the query asks for."""
    query = select(Book)
    if words := first(q):
        by_author = Author.name.icontains(words, autoescape=True)
        by_title = Book.title.icontains(words, autoescape=True)
        query = query.where(or_(by_title, Book.authors.any(by_author)))
    if name := first(tag):
        query = query.where(Book.tags.any(Tag.name == name))
    if first(in_stock) in {"1", "true"}:
        query = query.where(Book.stock > 0)
    order = SORTS.get(first(sort) or "", SORTS["title"])
    return Search(
        words=first(q),
        # The id decides between equals: no book is on two pages, or none.
        query=query.order_by(order, Book.id),
        page=whole_number(page, 1, LARGEST_PAGE),
        per_page=whole_number(per_page, 10, 50),
    )


BookSearch = Annotated[Search, Depends(read_search)]
# endregion


# region: page
@dataclass(frozen=True)
class Page:
    """One page of what was found."""

    items: Sequence[Book]
    page: int
    per_page: int
    total: int

    @property
    def pages(self) -> int:
        """Return how many pages there are."""
        return -(-self.total // self.per_page)


async def find(db: AsyncSession, search: Search) -> Page:
    """Return the page that is looked for."""
    counted = search.query.order_by(None).subquery()
    total = await db.scalar(select(func.count()).select_from(counted))
    before = (search.page - 1) * search.per_page
    limited = search.query.limit(search.per_page).offset(before)
    items = (await db.scalars(limited)).all()
    return Page(items, search.page, search.per_page, total or 0)


@router.get("/books", response_model=BookPage)
async def list_books(search: BookSearch, db: Session) -> Page:
    """Answer with one page of what was searched."""
    return await find(db, search)


# endregion


# region: read-book
async def get_book(book_id: int, db: Session) -> Book:
    """Return the book of the path, or refuse with 404."""
    book = await db.get(Book, book_id)
    if book is None:
        raise ShopError(404, f"There is no book {book_id}.")
    return book


ThisBook = Annotated[Book, Depends(get_book)]


@router.get(
    "/books/{book_id:id}",
    response_model=BookOut,
    responses=problems(404),
)
async def read_book(book: ThisBook) -> Book:
    """Answer with one book."""
    return book


# endregion


# region: named
async def named(
    db: AsyncSession,
    model: type[Named],
    names: list[str],
) -> list[Named]:
    """Return the authors or tags of these names; new ones are made."""
    query = select(model).where(model.name.in_(names))
    known = {row.name: row for row in await db.scalars(query)}
    return [
        known.get(name) or model(name=name) for name in dict.fromkeys(names)
    ]


async def fill(db: AsyncSession, book: Book, data: dict[str, Any]) -> None:
    """Give the book what the body says of it."""
    # Until the book is complete, no query may send half of it.
    with db.no_autoflush:
        if "authors" in data:
            data["authors"] = await named(db, Author, data["authors"])
        if "tags" in data:
            data["tags"] = await named(db, Tag, data["tags"])
    for name, value in data.items():
        setattr(book, name, value)


# endregion


# region: create-book
async def _commit(db: AsyncSession, book: Book) -> None:
    isbn = book.isbn
    try:
        await db.commit()
    except IntegrityError:
        await db.rollback()
        raise ShopError(409, f"The ISBN {isbn} is taken.") from None
    # As the database has it: authors and tags in their order.
    await db.refresh(book)


@router.post(
    "/books",
    status_code=201,
    response_model=BookOut,
    responses=problems(400, 401, 403, 409, 413, 415, 422),
)
async def create_book(
    _: Admin,
    body: BookIn,
    response: Response,
    db: Session,
) -> Book:
    """Add a book and say where it is."""
    book = Book()
    await fill(db, book, body.model_dump())
    db.add(book)
    await _commit(db, book)
    response.headers["Location"] = f"/books/{book.id}"
    return book


# endregion


# region: update-book
@router.patch(
    "/books/{book_id:id}",
    response_model=BookOut,
    responses=problems(400, 401, 403, 404, 409, 413, 415, 422),
)
async def update_book(
    _: Admin,
    book: ThisBook,
    body: BookChange,
    request: Request,
    db: Session,
) -> Book:
    """Change what the body names, and nothing else."""
    await fill(db, book, body.model_dump(exclude_unset=True))
    await _commit(db, book)
    board_of(request).publish(book)
    return book


@router.delete(
    "/books/{book_id:id}",
    status_code=204,
    responses=problems(401, 403, 404, 409),
)
async def delete_book(_: Admin, book: ThisBook, db: Session) -> None:
    """Take a book out of the catalogue, unless somebody ordered it."""
    await db.delete(book)
    try:
        await db.commit()
    except IntegrityError:
        raise ShopError(409, "The book is part of an order.") from None


# endregion


# region: authors
@router.get("/authors/", response_model=list[AuthorOut])
async def list_authors(db: Session) -> Sequence[Any]:
    """Answer with every author and how many of their books are here."""
    query = (
        select(Author.name, func.count(book_authors.c.book_id).label("books"))
        .outerjoin(book_authors)
        .group_by(Author.id, Author.name)
        .order_by(Author.name)
    )
    return (await db.execute(query)).all()


# endregion
