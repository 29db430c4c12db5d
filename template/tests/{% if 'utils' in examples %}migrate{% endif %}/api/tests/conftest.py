import pytest
from flask_jwt_extended import create_access_token
from service import create_app, limiter, tokens
from service.notes import notes

SETTINGS = {
    "TESTING": True,
    "JWT_SECRET_KEY": "a secret that is long enough for every algorithm",
    "RATELIMIT_ENABLED": False,
    "RATELIMIT_STORAGE_URI": "memory://",
}


@pytest.fixture
def audited(monkeypatch):
    sent = []
    monkeypatch.setattr(tokens.requests, "post", lambda *args, **more: sent.append(more["json"]))
    return sent


@pytest.fixture
def app(audited):
    notes.clear()
    limiter.enabled = True
    return create_app(SETTINGS)


@pytest.fixture
def client(app):
    return app.test_client()


@pytest.fixture
def headers(app):
    with app.app_context():
        token = create_access_token("ada", fresh=True)
    return {"Authorization": f"Bearer {token}"}
