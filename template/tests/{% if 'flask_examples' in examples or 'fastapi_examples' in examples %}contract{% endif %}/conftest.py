"""Every application of the book, on every database of this machine, emptied for each test."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from .database import Database
from .postgres import postgres, programs
from .shipping import shipping_service
from .shop import Shop, prepare
from .target import NewClient, Settings, Target, clients
from .targets import targets

# Each application on each database.
CASES = [
    pytest.param((target, database), id=f"{target}-{database}".replace(" ", "-"))
    for target in targets()
    for database in ("sqlite", "postgresql")
]
Case = tuple[Target, Database, Settings]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Forgive Flask-Login the way in which it asks for the time: Python 3.12 calls it old."""
    old = pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow:DeprecationWarning")
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(old)


@pytest.fixture(scope="session")
def shipping_url() -> Iterator[str]:
    with shipping_service() as url:
        yield url


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    folder = programs()
    if folder is None:
        pytest.skip("PostgreSQL is not installed here.")
    with postgres(folder) as url:
        yield url


@contextmanager
def _database(name: str, folder: Path, request: pytest.FixtureRequest) -> Iterator[Database]:
    if name == "sqlite":
        with closing(Database(f"sqlite:///{folder / 'shop.sqlite3'}")) as database:
            yield database
        return
    url: str = request.getfixturevalue("postgres_url")
    with closing(Database(url)) as database:
        yield database


@pytest.fixture(scope="session", params=CASES)
def case(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    shipping_url: str,
) -> Iterator[Case]:
    """Prepare a database for an application: its tables and its admin."""
    target, name = request.param
    folder = tmp_path_factory.mktemp("shop")
    with _database(name, folder, request) as database:
        settings = prepare(target, database.url, folder, shipping_url, 20)
        yield target, database, settings
        database.drop()


@pytest.fixture(scope="session")
def new_client(case: Case) -> Iterator[NewClient]:
    """Start the application once; what makes a client of it."""
    target, _, settings = case
    with target.start(settings) as new:
        yield new


@pytest.fixture
def shop(new_client: NewClient, case: Case) -> Iterator[Shop]:
    """A shop that is empty but for its admin."""
    _, database, _ = case
    database.empty()
    with clients(new_client) as new:
        yield Shop(new)
