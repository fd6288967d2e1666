"""One running system for each module; every scenario gets an estate of its own on it."""

from collections.abc import Iterator

import pytest

from tests import brokers
from tests.databases import Databases
from tests.scenarios.playing import System
from tests.stack import running
from tests.webhooks import receiving


@pytest.fixture(scope="module")
def system(
    database_server: Databases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[System]:
    """Gateway, engine and hub on a real database and the embedded broker."""
    folder = tmp_path_factory.mktemp("stack")
    with (
        database_server.fresh() as dsn,
        brokers.started(brokers.embedded(folder)) as broker,
        receiving() as webhooks,
        running(folder, dsn=dsn, broker=broker, settings={"WEBHOOK_URL": webhooks.url}) as stack,
    ):
        yield System(stack, webhooks)
