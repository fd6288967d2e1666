"""Fixtures that every test may use: a real database and real brokers."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import brokers
from tests.databases import Databases, databases


@pytest.fixture(scope="session")
def database_server() -> Iterator[Databases]:
    """The server that the session's databases are made on."""
    with databases() as server:
        yield server


@pytest.fixture
def database(database_server: Databases) -> Iterator[str]:
    """Connection string of a migrated database that nobody else uses."""
    with database_server.fresh() as dsn:
        yield dsn


@pytest.fixture
def empty_database(database_server: Databases) -> Iterator[str]:
    """Connection string of a database without any schema."""
    with database_server.fresh(migrated=False) as dsn:
        yield dsn


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[brokers.Broker]:
    """The embedded broker on a free port, without credentials."""
    with brokers.started(brokers.embedded(tmp_path)) as broker:
        yield broker
