"""Resources in the style of Flask-RESTful."""

from flask import Flask
from flask_restful import Api, Resource, reqparse

app = Flask(__name__)
api = Api(app, prefix="/api")
parser = reqparse.RequestParser()
parser.add_argument("name", required=True)
birds = {}


class Birds(Resource):
    def get(self):
        return birds

    def post(self):
        name = parser.parse_args()["name"]
        birds[name] = {"name": name}
        return birds[name], 201


class Bird(Resource):
    def get(self, name):
        return birds[name]

    def delete(self, name):
        del birds[name]
        return "", 204


api.add_resource(Birds, "/birds")
api.add_resource(Bird, "/birds/<name>", "/bird/<name>", endpoint="one_bird")
