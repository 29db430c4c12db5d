"""The covers of books: uploaded by admins, shown to everybody."""

from hashlib import sha256
from pathlib import Path

import anyio
from fastapi import APIRouter, Request, Response, UploadFile
from fastapi.responses import FileResponse

from .accounts import Admin, settings_of
from .books import ThisBook
from .database import Session
from .errors import ShopError
from .requests import ShopRoute
from .responses import problems

router = APIRouter(tags=["covers"], route_class=ShopRoute)

# What a file is, is told by how it begins, not by what it is called.
KINDS = {b"\x89PNG\r\n\x1a\n": "png", b"\xff\xd8\xff": "jpg"}
TYPES = {".png": "image/png", ".jpg": "image/jpeg"}
IMAGE = {"schema": {"type": "string", "format": "binary"}}


# region: kind-of-image
def kind_of(image: bytes) -> str:
    """Return the ending that fits the image, or refuse it."""
    for beginning, kind in KINDS.items():
        if image.startswith(beginning):
            return kind
    raise ShopError(415, "A cover is a PNG or a JPEG image.")


# endregion


# region: upload-cover
@router.put(
    "/books/{book_id:id}/cover",
    status_code=204,
    responses=problems(400, 401, 403, 404, 413, 415, 422),
)
async def upload_cover(
    _: Admin,
    book: ThisBook,
    file: UploadFile,
    request: Request,
    db: Session,
) -> None:
    """Keep the image in the field `file` as the cover of the book."""
    image = await file.read()
    # Named by what is in it: no name of the client's ever reaches the disk.
    name = f"{sha256(image).hexdigest()}.{kind_of(image)}"
    media = anyio.Path(settings_of(request).media)
    await media.mkdir(parents=True, exist_ok=True)
    await (media / name).write_bytes(image)
    book.cover = name
    await db.commit()


# endregion


# region: show-cover
def _has_it(request: Request, etag: str) -> bool:
    known = request.headers.get("If-None-Match", "")
    return etag in {tag.strip().removeprefix("W/") for tag in known.split(",")}


@router.get(
    "/books/{book_id:id}/cover",
    response_class=FileResponse,
    responses={
        200: {
            "description": "The image",
            "content": {"image/png": IMAGE, "image/jpeg": IMAGE},
        },
        304: {"description": "The image is known"},
        **problems(404),
    },
)
async def show_cover(request: Request, book: ThisBook) -> Response:
    """Answer with the image; 304 to those who have it already."""
    if book.cover is None:
        raise ShopError(404, f"The book {book.id} has no cover.")
    etag = f'"{Path(book.cover).stem}"'
    headers = {"ETag": etag, "Cache-Control": "public, max-age=3600"}
    if _has_it(request, etag):
        return Response(status_code=304, headers=headers)
    path = settings_of(request).media / book.cover
    # Named, or the first request would read the system's list of types.
    return FileResponse(path, media_type=TYPES[path.suffix], headers=headers)


# endregion
