"""Views that are classes."""

import functools

from flask import Blueprint, Flask, abort, render_template, request
from flask.views import MethodView, View

site = Blueprint("site", __name__, url_prefix="/site")


def keyed(view):
    @functools.wraps(view)
    def checked(*args, **kwargs):
        if request.headers.get("X-Key") != "open":
            abort(401)
        return view(*args, **kwargs)

    return checked


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


class Page(View):
    def __init__(self, template, title="Untitled"):
        self.template = template
        self.title = title

    def dispatch_request(self, **values):
        return render_template(self.template, title=self.title, **values)


class Safe(MethodView):
    decorators = (keyed,)

    def get(self, drawer):
        return {"drawer": drawer}

    def put(self, drawer):
        return {"drawer": drawer, "content": request.get_data(as_text=True)}

    def head(self, drawer):
        return "", 200, {"X-Drawer": str(drawer)}


class Counter(View):
    init_every_request = False

    def __init__(self):
        self.count = 0

    def dispatch_request(self):
        self.count += 1
        return {"count": self.count}


items = Items.as_view("items")
site.add_url_rule("/items/", view_func=items)
site.add_url_rule("/items/<uuid:key>", view_func=Item.as_view("item"))
site.add_url_rule("/safe/<int(min=1, max=9):drawer>", view_func=Safe.as_view("safe"))


def create_app():
    app = Flask(__name__)
    app.register_blueprint(site)
    app.add_url_rule("/about", view_func=About.as_view("about"))
    app.add_url_rule("/count", view_func=Counter.as_view("count"))
    pages = Page.as_view("page", "page.html", title="A page")
    app.add_url_rule("/pages/<path:place>", view_func=pages)
    app.add_url_rule("/pages", defaults={"place": "start"}, view_func=pages)
    return app
