"""A to-do list in one file."""

import time

from flask import Flask, abort, jsonify, redirect, request, url_for

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


@app.get("/slow")
async def slow():
    time.sleep(0)
    return "done"


@app.errorhandler(404)
def missing(error):
    return jsonify(error="nothing here"), 404


if __name__ == "__main__":
    app.run(debug=True)
