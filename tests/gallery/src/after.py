"""A service of users, asynchronous."""

from fastapi import FastAPI
from pydantic import BaseModel

app = FastAPI()
users: dict[int, str] = {}


class User(BaseModel):
    name: str


# region: create-user
@app.post("/users", status_code=201)
async def create_user(user: User) -> dict[str, object]:  # <1>
    number = len(users) + 1  # <2>
    users[number] = user.name
    return {"id": number, "name": user.name}


# endregion


if __name__ == "__main__":
    print("Ada", "Grace", sep="\n")
