"""The resource: what a client may ask of the catalogue."""

from flask import (
    Blueprint,
    abort,
    current_app,
    g,
    jsonify,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue

from .store import Store
from .validation import parse_book

blueprint = Blueprint("books", __name__, url_prefix="/books")


# region: store-of-the-request
def _store() -> Store:
    """Return the store of this request, opened when first asked for."""
    if "store" not in g:
        g.store = Store(current_app.config["DATABASE"])
    store: Store = g.store
    return store


@blueprint.teardown_request
def _close_store(_error: BaseException | None) -> None:
    store: Store | None = g.pop("store", None)
    if store is not None:
        store.close()


# endregion


# region: list-books
@blueprint.get("")
def list_books() -> ResponseReturnValue:
    """Answer with every book."""
    return jsonify(_store().all())


# endregion


# region: create-book
@blueprint.post("")
def create_book() -> ResponseReturnValue:
    """Keep the book in the body and say where it is."""
    data = request.get_json()
    if not isinstance(data, dict):
        abort(400)
    book = parse_book(data)
    _store().add(book)
    location = url_for("books.read_book", isbn=book.isbn)
    return jsonify(book), 201, {"Location": location}


# endregion


# region: read-book
@blueprint.get("/<isbn>")
def read_book(isbn: str) -> ResponseReturnValue:
    """Answer with one book."""
    return jsonify(_store().get(isbn))


# endregion


# region: delete-book
@blueprint.delete("/<isbn>")
def delete_book(isbn: str) -> ResponseReturnValue:
    """Forget one book."""
    _store().remove(isbn)
    return "", 204


# endregion
