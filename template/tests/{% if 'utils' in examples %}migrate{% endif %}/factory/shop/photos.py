"""Pictures that are sent in."""

from pathlib import Path

from flask import Blueprint, current_app, request, send_from_directory, url_for
from werkzeug.utils import secure_filename

photos = Blueprint("photos", __name__)


@photos.post("/")
def store():
    photo = request.files["photo"]
    name = secure_filename(photo.filename)
    if not name.endswith((".png", ".jpg")):
        return {"error": f"{name} is no picture"}, 415
    photo.save(Path(current_app.config["PHOTOS"], name))
    title = request.form.get("title", name)
    return {"title": title}, 201, [("Location", url_for("photos.show", name=name))]


@photos.get("/<path:name>")
def show(name):
    return send_from_directory(current_app.config["PHOTOS"], name, as_attachment=True)
