"""Fixtures that every test may use: a real database and real brokers."""

import gc
import os
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
import structlog

from tests.rig import brokers
from tests.rig.databases import Databases, databases

hypothesis.settings.register_profile("gatehouse", deadline=None)  # no timing is asserted in a test
hypothesis.settings.load_profile("gatehouse")

gc.set_threshold(100_000, 50, 100)
"""Collect seldom: among all that is imported here, that is a third of the time of `tests/rules`."""


@pytest.fixture(scope="session", autouse=True)
def _plain_tracebacks() -> None:
    """Without the local variables, as in production: printing a whole rulebook takes seconds."""
    plain = structlog.dev.ConsoleRenderer(
        colors=False, exception_formatter=structlog.dev.plain_traceback
    )
    structlog.configure(processors=[structlog.processors.add_log_level, plain])


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


@pytest.fixture
def mosquitto(tmp_path: Path) -> Iterator[brokers.Broker]:
    """Mosquitto with the production's configuration; skips where it is absent, but not in CI."""
    program = brokers.mosquitto_program()
    if program is None:
        if os.environ.get("CI"):
            pytest.fail("Mosquitto is missing: apt-get install mosquitto")
        pytest.skip("Mosquitto is not installed (Debian: apt-get install mosquitto)")
    folder = tmp_path / "mosquitto"
    folder.mkdir()
    with brokers.started(brokers.mosquitto(folder, program)) as broker:
        yield broker
