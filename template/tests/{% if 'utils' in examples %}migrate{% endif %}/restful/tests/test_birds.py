import pytest

OWL = {"name": "owl", "wings": 2, "colours": [], "tame": False}


def test_home(client):
    assert client.get("/").json == {"birds": "/api/birds"}


def test_no_bird_yet(client):
    response = client.get("/api/birds")
    assert response.json == {}
    assert response.mimetype == "application/json"


def test_add_from_json(client):
    response = client.post("/api/birds", json={"name": "owl", "colour": ["brown", "grey"]})
    assert response.status_code == 201
    assert response.location == "/api/birds/owl"
    assert response.json == OWL | {"colours": ["brown", "grey"]}


def test_add_from_a_form(client):
    form = {"name": "owl", "tame": "true", "colour": "brown"}
    response = client.post("/api/birds?colour=grey", data=form, content_type="multipart/form-data")
    # A form is no JSON, and this parser looks for colours in JSON first.
    assert response.status_code == 415


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (
            {},
            {
                "name": "Missing required parameter in the JSON body or the post body or the "
                "query string"
            },
        ),
        (
            {"name": "owl", "wings": "two"},
            {"wings": "Wings are counted: invalid literal for int() with base 10: 'two'"},
        ),
    ],
)
def test_arguments_that_are_wrong(client, body, message):
    response = client.post("/api/birds", json=body)
    assert response.status_code == 400
    assert response.json == {"message": message}


def test_json_that_is_none(client):
    response = client.post("/api/birds", data="{", content_type="application/json")
    assert response.status_code == 400
    assert "message" in response.json


@pytest.mark.parametrize("path", ["/api/birds/owl", "/api/bird/owl"])
def test_one_bird_has_two_addresses(client, path):
    client.post("/api/birds", json={"name": "owl"})
    assert client.get(path).json == OWL | {"uri": "/api/birds/owl"}


def test_a_bird_that_is_not_there(client):
    response = client.get("/api/birds/dodo")
    assert response.status_code == 404
    assert response.json["message"].startswith("There is no dodo.")


def test_delete(client):
    client.post("/api/birds", json={"name": "owl"})
    assert client.delete("/api/birds/owl").status_code == 204
    assert client.get("/api/birds").json == {}


def test_an_accident_is_raised(client):
    with pytest.raises(KeyError):
        client.delete("/api/birds/dodo")


def test_methods(client):
    response = client.put("/api/birds")
    assert response.status_code == 405
    assert response.json == {"message": "The method is not allowed for the requested URL."}
    assert client.options("/api/bird/owl").allow.as_set() == {"delete", "get", "head", "options"}
    assert client.head("/api/birds").status_code == 200


def test_errors_outside_of_the_resources_are_pages(client):
    response = client.get("/nowhere")
    assert response.status_code == 404
    assert response.mimetype == "text/html"


def test_letters_of_all_kinds(client):
    client.post("/api/birds", json={"name": "Käuzchen 猫"})
    assert client.get("/api/birds/Käuzchen 猫").json["name"] == "Käuzchen 猫"
