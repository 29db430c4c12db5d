"""Views that are classes."""

from flask import Blueprint, Flask, request
from flask.views import MethodView, View

site = Blueprint("site", __name__, url_prefix="/site")


class Base(MethodView):
    def get(self, key=None):
        return {"key": key}


class Items(Base):
    def post(self):
        return {"posted": request.form.to_dict()}, 201


class Item(Base):
    init_every_request = False

    def delete(self, key):
        return "", 204


class About(View):
    methods = ("GET", "POST")

    def dispatch_request(self):
        return "About us"


items = Items.as_view("items")
site.add_url_rule("/items/", view_func=items)
site.add_url_rule("/items/<uuid:key>", view_func=Item.as_view("item"))


def create_app():
    app = Flask(__name__)
    app.register_blueprint(site)
    app.add_url_rule("/about", view_func=About.as_view("about"))
    return app
