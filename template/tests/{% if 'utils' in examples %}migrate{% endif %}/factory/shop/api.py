"""The programs' side."""

from flask import Blueprint, Response, abort, current_app, jsonify, request, stream_with_context

api = Blueprint("api", __name__)
stock = Blueprint("stock", __name__, url_prefix="/stock")
broken = {}


@stock.get("/<string:name>")
def level(name):
    return {"name": name, "level": len(name)}


@stock.put("/<string:name>")
def fill(name):
    current_app.logger.info("filled %s", name)
    return {"name": name}


@stock.delete("/<string:name>")
def empty(name):
    return broken[name]


@stock.errorhandler(KeyError)
def out_of_stock(error):
    return jsonify(error=f"no {error.args[0]}"), 409


@api.route("/lines")
def lines():
    def rows():
        yield "one\n"
        yield f"{request.args.get('last', 'two')}\n"

    return Response(stream_with_context(rows()), mimetype="text/plain")


@api.route("/sum", defaults={"numbers": "0"})
@api.route("/sum/<numbers>")
def total(numbers):
    digits = request.args.get("digits", default=2, type=int)
    try:
        return {"sum": round(sum(map(float, numbers.split(","))), digits)}
    except ValueError as error:
        abort(400, description=str(error))


@api.route("/fault")
def fault():
    raise RuntimeError("the till is stuck")


@api.after_request
def mark(response):
    response.headers["X-Api"] = "1"
    return response


api.register_blueprint(stock)
