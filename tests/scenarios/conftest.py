"""One running system for each module; every scenario gets an estate of its own on it."""

from collections.abc import Iterator

import pytest

from hub.clock import system_clock
from tests import brokers
from tests.databases import Databases
from tests.hubs import StandingClock
from tests.scenarios.playing import System
from tests.scenarios.travelling import Travellers, travelling
from tests.site import Site
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


@pytest.fixture(scope="module")
def travellers(
    database_server: Databases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Travellers]:
    """Gateway, engine and hub under a clock that the scenarios move."""
    folder = tmp_path_factory.mktemp("travellers")
    with (
        database_server.fresh() as dsn,
        brokers.started(brokers.embedded(folder)) as broker,
        receiving() as webhooks,
    ):
        clock = StandingClock(system_clock())
        site = Site(folder, dsn=dsn, broker=broker, clock=clock)
        with travelling(site, clock, webhooks.url) as travellers:
            yield travellers
