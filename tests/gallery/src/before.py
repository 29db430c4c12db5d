"""A service of users, synchronous."""

from flask import Flask, request

app = Flask(__name__)
users: dict[int, str] = {}


# region: create-user
@app.post("/users")
def create_user():
    data = request.get_json()
    number = len(users) + 1
    users[number] = data["name"]
    return {"id": number, "name": data["name"]}, 201


# endregion
