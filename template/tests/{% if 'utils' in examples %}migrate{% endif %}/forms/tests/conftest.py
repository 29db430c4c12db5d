import pytest
from club import create_app
from club.extensions import db
from club.models import Member


@pytest.fixture
def app(request):
    app = create_app(getattr(request, "param", "club.config.Testing"))
    with app.app_context():
        db.create_all()
        ada = Member(name="ada")
        ada.set_secret("engine")
        db.session.add(ada)
        db.session.commit()
    yield app
    with app.app_context():
        db.session.remove()
        db.drop_all()


@pytest.fixture
def client(app):
    return app.test_client()


@pytest.fixture
def ada(client):
    response = client.post("/account/login", data={"name": "ada", "secret": "engine"})
    assert response.status_code == 302
    return client


@pytest.fixture
def runner(app):
    return app.test_cli_runner()
