"""The resource: what a client may ask of the catalogue."""

import re
from collections.abc import Iterator
from contextlib import closing
from typing import Annotated, Any

from fastapi import (
    APIRouter,
    Depends,
    Header,
    HTTPException,
    Request,
    Response,
)

from .models import NewBook, Problem
from .store import Book, Store

router = APIRouter(prefix="/books", tags=["books"])


# region: store-of-the-request
def _open_store(request: Request) -> Iterator[Store]:
    """Give a request its store, and close it when the answer is out."""
    with closing(Store(request.state.database)) as store:
        yield store


RequestStore = Annotated[Store, Depends(_open_store)]

# endregion


def _problems(*codes: int) -> dict[int | str, dict[str, Any]]:
    """Return what the API documentation says of a route's errors."""
    return {code: {"model": Problem} for code in codes}


def _require_json(content_type: Annotated[str, Header()] = "") -> None:
    media_type = content_type.partition(";")[0].strip().lower()
    if not re.fullmatch(r"application/(.+\+)?json", media_type):
        raise HTTPException(415)


# region: list-books
# Plain functions, not coroutines: SQLite blocks, so FastAPI is to call
# them on a worker thread and keep the event loop free.
@router.get("")
def list_books(store: RequestStore) -> list[Book]:
    """Answer with every book."""
    return store.all()


# endregion


# region: create-book
@router.post(
    "",
    status_code=201,
    dependencies=[Depends(_require_json)],
    responses=_problems(400, 409, 415, 422),
)
def create_book(
    new: NewBook,
    store: RequestStore,
    request: Request,
    response: Response,
) -> Book:
    """Keep the book in the body and say where it is."""
    book = Book(**new.model_dump())
    store.add(book)
    location = request.app.url_path_for("read_book", isbn=book.isbn)
    response.headers["Location"] = location
    return book


# endregion


# region: read-book
@router.get("/{isbn}", responses=_problems(404, 422))
def read_book(isbn: str, store: RequestStore) -> Book:
    """Answer with one book."""
    return store.get(isbn)


# endregion


# region: delete-book
@router.delete(
    "/{isbn}",
    status_code=204,
    response_class=Response,
    responses=_problems(404, 422),
)
def delete_book(isbn: str, store: RequestStore) -> None:
    """Forget one book."""
    store.remove(isbn)


# endregion
