import app as module
import pytest


@pytest.fixture
def client():
    module.birds.clear()
    module.app.config["TESTING"] = True
    with module.app.test_client() as client:
        yield client
    module.birds.clear()
