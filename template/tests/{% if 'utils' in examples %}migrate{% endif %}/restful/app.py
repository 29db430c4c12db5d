"""Resources in the style of Flask-RESTful."""

from flask import Flask, url_for
from flask_restful import Api, Resource, abort, fields, inputs, marshal_with, reqparse

app = Flask(__name__)
api = Api(app, prefix="/api")
parser = reqparse.RequestParser()
parser.add_argument("name", required=True)
parser.add_argument("wings", type=int, default=2, help="Wings are counted: {error_msg}")
parser.add_argument("colour", action="append", location=("json", "values"))
parser.add_argument("tame", type=inputs.boolean, default=False)
birds = {}
shown = {
    "name": fields.String,
    "wings": fields.Integer,
    "colours": fields.List(fields.String),
    "tame": fields.Boolean,
    "uri": fields.Url("one_bird"),
}


class Birds(Resource):
    def get(self):
        return birds

    def post(self):
        wanted = parser.parse_args()
        name = wanted["name"]
        birds[name] = {
            "name": name,
            "wings": wanted["wings"],
            "colours": wanted["colour"] or [],
            "tame": wanted["tame"],
        }
        return birds[name], 201, {"Location": url_for("one_bird", name=name)}


class Bird(Resource):
    @marshal_with(shown)
    def get(self, name):
        if name not in birds:
            abort(404, message=f"There is no {name}.")
        return birds[name]

    def delete(self, name):
        del birds[name]
        return "", 204


api.add_resource(Birds, "/birds")
api.add_resource(Bird, "/birds/<name>", "/bird/<name>", endpoint="one_bird")


@app.route("/")
def home():
    return {"birds": url_for("birds")}
