"""The covers of books: uploaded by admins, shown to everybody."""

from hashlib import sha256
from pathlib import Path

from flask import Blueprint, current_app, request, send_from_directory
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from .auth import admin_required
from .books import get_book
from .errors import ShopError
from .extensions import db

blueprint = Blueprint("covers", __name__)

# What a file is, is told by how it begins, not by what it is called.
KINDS = {b"\x89PNG\r\n\x1a\n": "png", b"\xff\xd8\xff": "jpg"}


# region: kind-of-image
def kind_of(image: bytes) -> str:
    """Return the ending that fits the image, or refuse it."""
    for beginning, kind in KINDS.items():
        if image.startswith(beginning):
            return kind
    raise ShopError(415, "A cover is a PNG or a JPEG image.")


# endregion


# region: upload-cover
@blueprint.put("/books/<id:book_id>/cover")
@admin_required
def upload_cover(book_id: int) -> ResponseReturnValue:
    """Keep the image in the field `file` as the cover of the book."""
    book = get_book(book_id)
    upload = request.files.get("file")
    if upload is None:
        message = "Missing data for required field."
        raise ValidationError({"file": [message]})
    image = upload.read()
    # Named by what is in it: no name of the client's ever reaches the disk.
    name = f"{sha256(image).hexdigest()}.{kind_of(image)}"
    media: Path = current_app.config["MEDIA"]
    media.mkdir(parents=True, exist_ok=True)
    media.joinpath(name).write_bytes(image)
    book.cover = name
    db.session.commit()
    return "", 204


# endregion


# region: show-cover
@blueprint.get("/books/<id:book_id>/cover")
def show_cover(book_id: int) -> ResponseReturnValue:
    """Answer with the image; 304 to those who have it already."""
    book = get_book(book_id)
    if book.cover is None:
        raise ShopError(404, f"The book {book_id} has no cover.")
    return send_from_directory(
        current_app.config["MEDIA"],
        book.cover,
        etag=Path(book.cover).stem,
        max_age=3600,
    )


# endregion
