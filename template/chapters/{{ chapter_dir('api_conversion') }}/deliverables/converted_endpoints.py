"""Endpoints of a Flask blueprint, converted, each with its reason.

Beside each stands why it is `def` or `async def`. The catalogue is a
dictionary, so that the file runs by itself; where yours asks a database, the
reasons stay the same.
"""

import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, datetime, timezone
from decimal import Decimal
from types import SimpleNamespace
from typing import Annotated

from error_handlers import Refused, register
from fastapi import APIRouter, Depends, FastAPI, Request, Response
from fastapi.responses import StreamingResponse
from middleware import RequestName, SafeHeaders, Timing
from schemas import BookIn, BookOut
from starlette.convertors import Convertor, register_url_convertor

Books = dict[int, SimpleNamespace]

router = APIRouter()


# region: identifier
class Identifier(Convertor[int]):
    """A number in a path; what is none is a 404, as in Flask."""

    regex = "[0-9]{1,9}"

    def convert(self, value: str) -> int:
        """Return the number."""
        return int(value)

    def to_string(self, value: int) -> str:
        """Return the text."""
        return str(value)


register_url_convertor("id", Identifier())
# endregion


# region: dependencies
# async: it only reads an attribute. As a plain function it would cost a
# thread for each request.
async def catalogue(request: Request) -> Books:
    """Return the catalogue, which was `current_app.extensions[…]`."""
    books: Books = request.app.state.books
    return books


Catalogue = Annotated[Books, Depends(catalogue)]


async def book_of_path(book_id: int, books: Catalogue) -> SimpleNamespace:
    """Return the book of the path, or refuse; it was `get_or_404`."""
    if book_id not in books:
        raise Refused(404, f"There is no book {book_id}.")
    return books[book_id]


ThisBook = Annotated[SimpleNamespace, Depends(book_of_path)]
# endregion


# region: endpoints
# async: nothing here waits, or it would be awaited.
@router.get("/books/{book_id:id}", response_model=BookOut)
async def read_book(book: ThisBook) -> SimpleNamespace:
    """Answer with one book."""
    return book


# async: as above. 201 and Location were the second and third of a tuple.
@router.post("/books", status_code=201, response_model=BookOut)
async def create_book(
    body: BookIn,
    books: Catalogue,
    response: Response,
) -> SimpleNamespace:
    """Add a book and say where it is."""
    book = SimpleNamespace(
        id=max(books, default=0) + 1,
        title=body.title,
        price=Decimal(body.price),
        stock=body.stock,
        published=body.published,
        added_at=datetime.now(timezone.utc),
        bought_for=Decimal("1.00"),
    )
    books[book.id] = book
    response.headers["Location"] = f"/books/{book.id}"
    return book


# def: to hash so often keeps a processor busy and cannot be awaited. In a
# thread it holds up nobody else, for hashlib lets go of the lock.
@router.get("/books/{book_id:id}/seal")
def seal(book: ThisBook) -> dict[str, str]:
    """Answer with a seal that is slow to forge."""
    title = book.title.encode()
    digest = hashlib.pbkdf2_hmac("sha256", title, b"seal", 100_000)
    return {"seal": digest.hex()}


# async, with an async generator: a plain one would need a thread for each
# row. Each row waits until the client has taken the one before.
@router.get("/books.csv")
async def export(books: Catalogue) -> StreamingResponse:
    """Answer with all books, one row after the other."""

    async def rows() -> AsyncIterator[str]:
        yield "id,title,price\r\n"
        for book in list(books.values()):
            title = book.title.replace('"', '""')
            yield f'{book.id},"{title}",{book.price:.2f}\r\n'

    return StreamingResponse(rows(), media_type="text/csv; charset=utf-8")


# endregion


# region: create-app
@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Hold what lives as long as the process."""
    first = BookIn(
        title="Emma",
        price="7.99",
        stock=3,
        published=date(1815, 12, 23),
    )
    app.state.books = {}
    await create_book(first, app.state.books, Response())
    yield


def create_app() -> FastAPI:
    """Return the application; the layer added last stands outermost."""
    app = FastAPI(lifespan=lifespan)
    app.include_router(router)
    register(app)
    app.add_middleware(SafeHeaders)
    app.add_middleware(Timing)
    app.add_middleware(RequestName)
    return app


# endregion
