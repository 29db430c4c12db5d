"""Notes of whoever the token names."""

from flask import Blueprint, current_app, jsonify, request
from flask_jwt_extended import get_jwt_identity, jwt_required
from flask_mail import Message
from marshmallow import Schema, fields, post_load, validate

bp = Blueprint("notes", __name__, url_prefix="/notes")
notes = {}


class NoteSchema(Schema):
    text = fields.Str(required=True, validate=validate.Length(1, 100))
    tags = fields.List(fields.Str(), load_default=list)
    due = fields.DateTime()

    @post_load
    def sort(self, note, **others):
        return note | {"tags": sorted(note["tags"])}


class PageSchema(Schema):
    page = fields.Int(load_default=1, validate=validate.Range(min=1))
    size = fields.Int(load_default=10)


@bp.get("")
@jwt_required()
def mine():
    return jsonify(notes.get(get_jwt_identity(), []))


@bp.post("")
@jwt_required()
def add():
    note = NoteSchema().load(request.get_json())
    notes.setdefault(get_jwt_identity(), []).append(note)
    return note, 201


@bp.get("/count")
def count():
    return {"count": sum(map(len, notes.values()))}


@bp.get("/pages")
@jwt_required(optional=True)
def pages():
    wanted = PageSchema().load(request.args)
    start = (wanted["page"] - 1) * wanted["size"]
    own = notes.get(get_jwt_identity(), [])
    return NoteSchema(many=True).dump(own[start : start + wanted["size"]])


@bp.delete("/<int:place>")
@jwt_required(fresh=True)
def remove(place):
    own = notes.get(get_jwt_identity(), [])
    if place >= len(own):
        return {"error": "There is no such note."}, 404
    return own.pop(place)


@bp.post("/mail")
@jwt_required()
def send():
    name = get_jwt_identity()
    lines = [note["text"] for note in notes.get(name, [])]
    message = Message("Your notes", [f"{name}@example.org"], "\n".join(lines), sender="notes@x.org")
    current_app.extensions["mail"].send(message)
    return "", 202
