import copy

import app as module
import pytest


@pytest.fixture(autouse=True)
def tasks():
    before = copy.deepcopy(module.tasks)
    yield module.tasks
    module.tasks.clear()
    module.tasks.update(before)


@pytest.fixture
def client():
    module.app.config.update(TESTING=True)
    return module.app.test_client()
