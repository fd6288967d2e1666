"""One running system for each module; every scenario gets an estate of its own on it."""

from collections.abc import Iterator

import pytest

from hub.clock import system_clock
from tests.rig import brokers
from tests.rig.databases import Databases
from tests.rig.hubs import StandingClock
from tests.rig.site import Site
from tests.rig.stack import running
from tests.rig.webhooks import receiving
from tests.scenarios.playing import System
from tests.scenarios.travelling import Travellers, travelling


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
