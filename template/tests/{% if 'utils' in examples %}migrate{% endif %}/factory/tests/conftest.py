import pytest
from shop import create_app


@pytest.fixture
def app(tmp_path):
    return create_app({"TESTING": True, "PHOTOS": tmp_path})


@pytest.fixture
def client(app):
    return app.test_client()
