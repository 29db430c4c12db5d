"""The programs' side."""

from flask import Blueprint, Response, current_app, stream_with_context

api = Blueprint("api", __name__)
stock = Blueprint("stock", __name__, url_prefix="/stock")


@stock.get("/<string:name>")
def level(name):
    return {"name": name, "level": len(name)}


@stock.put("/<string:name>")
def fill(name):
    current_app.logger.info("filled %s", name)
    return {"name": name}


@api.route("/lines")
def lines():
    def rows():
        yield "one\n"
        yield "two\n"

    return Response(stream_with_context(rows()), mimetype="text/plain")


api.register_blueprint(stock)
