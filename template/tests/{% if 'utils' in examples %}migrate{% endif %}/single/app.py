"""A to-do list in one file."""

import csv
import io
import time

from flask import (
    Flask,
    abort,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)

app = Flask(__name__)
app.config["MAX_CONTENT_LENGTH"] = 1024
tasks = {1: {"title": "Water the plants", "done": False}}


@app.route("/")
def index():
    return redirect(url_for("list_tasks"))


@app.route("/tasks/")
def list_tasks():
    word = request.args.get("q", "")
    return jsonify([task for task in tasks.values() if word in task["title"]])


@app.route("/tasks/", methods=["POST"])
def add_task():
    title = request.get_json()["title"]
    number = max(tasks, default=0) + 1
    tasks[number] = {"title": title, "done": False}
    return jsonify(tasks[number]), 201, {"Location": url_for("show_task", number=number)}


@app.route("/tasks/<int:number>", methods=["GET", "DELETE"])
def show_task(number):
    if number not in tasks:
        abort(404)
    if request.method == "DELETE":
        del tasks[number]
        return "", 204
    return tasks[number]


@app.put("/tasks/<int:number>/done")
def finish(number):
    task = tasks.get(number) or abort(404)
    task["done"] = request.args.get("value", True, type=lambda value: value == "yes")
    return task


@app.route("/board")
def board():
    theme = request.cookies.get("theme", "light")
    return render_template("board.html", tasks=tasks, theme=theme)


@app.route("/theme/<any(light, dark):name>")
def theme(name):
    response = make_response(redirect(url_for("board"), 303))
    response.set_cookie("theme", name, max_age=3600, httponly=True)
    return response


@app.route("/tasks.csv")
def export():
    def lines():
        for number, task in tasks.items():
            line = io.StringIO()
            csv.writer(line).writerow([number, task["title"], task["done"]])
            yield line.getvalue()

    return app.response_class(lines(), mimetype="text/csv")


@app.get("/slow")
async def slow():
    time.sleep(0)
    return "done"


@app.errorhandler(404)
def missing(error):
    return jsonify(error="nothing here"), 404


@app.errorhandler(KeyError)
def incomplete(error):
    return {"error": f"{error.args[0]} is missing"}, 422


@app.template_filter("mark")
def mark(done):
    return "x" if done else " "


if __name__ == "__main__":
    app.run(debug=True)
