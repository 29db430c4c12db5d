"""Notes of whoever the token names."""

from flask import Blueprint, jsonify, request
from flask_jwt_extended import get_jwt_identity, jwt_required
from marshmallow import Schema, fields

bp = Blueprint("notes", __name__, url_prefix="/notes")
notes = {}


class NoteSchema(Schema):
    text = fields.Str(required=True)


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
