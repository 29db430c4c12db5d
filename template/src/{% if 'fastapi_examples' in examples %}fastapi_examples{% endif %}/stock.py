"""How many copies are left, told to whoever watches: a WebSocket."""

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

from fastapi import APIRouter, WebSocket, WebSocketDisconnect
from starlette.requests import HTTPConnection

from .database import Sessions
from .models import Book

router = APIRouter()

Watcher = asyncio.Queue[int]


# region: board
class StockBoard:
    """Tells the watchers of a book how many copies are left.

    It knows the watchers of this process. With more processes, each needs
    to hear of the others' orders, through PostgreSQL's NOTIFY or Redis.
    """

    def __init__(self) -> None:
        """Begin without watchers."""
        self._watchers: defaultdict[int, set[Watcher]] = defaultdict(set)

    @contextmanager
    def watch(self, book_id: int) -> Iterator[Watcher]:
        """Give a queue with every new stock of the book."""
        # One place: who is slow gets the newest number, not all of them.
        watcher = Watcher(maxsize=1)
        self._watchers[book_id].add(watcher)
        try:
            yield watcher
        finally:
            self._watchers[book_id].discard(watcher)

    def publish(self, *books: Book) -> None:
        """Tell the watchers of these books; it never waits for them."""
        for book in books:
            for watcher in self._watchers.get(book.id, ()):
                if watcher.full():
                    watcher.get_nowait()
                watcher.put_nowait(book.stock)


def board_of(connection: HTTPConnection) -> StockBoard:
    """Return the board of the application."""
    board: StockBoard = connection.app.state.board
    return board


# endregion


# region: watch-stock
@router.websocket("/books/{book_id:id}/stock")
async def watch_stock(websocket: WebSocket, book_id: int) -> None:
    """Send the stock of a book, now and whenever it changes."""
    sessions: Sessions = websocket.app.state.sessions
    with board_of(websocket).watch(book_id) as watcher:
        # A session for this one question: a visitor who watches for an
        # hour must not hold a connection to the database for an hour.
        async with sessions() as db:
            book = await db.get(Book, book_id)
        if book is None:
            await websocket.close(4404, f"There is no book {book_id}.")
            return
        await websocket.accept()
        await websocket.send_json({"stock": book.stock})
        await _pass_on(websocket, watcher)


async def _pass_on(websocket: WebSocket, watcher: Watcher) -> None:
    async def send() -> None:
        while True:
            await websocket.send_json({"stock": await watcher.get()})

    sender = asyncio.create_task(send())
    try:
        # Nothing is expected; but only who listens hears a goodbye.
        while True:
            await websocket.receive_text()
    except WebSocketDisconnect:
        pass
    finally:
        sender.cancel()


# endregion
