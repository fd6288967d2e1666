"""A hub, with and without an engine behind it, on a settled estate."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from hub.clock import system_clock
from tests.estates import leak, settle
from tests.hubs import RunningHub, running_engine, running_hub
from tests.waiting import eventually


@pytest.fixture
def estate(database: str, tmp_path: Path) -> str:
    """Connection string of a database with the small estate in it."""
    settle(database, tmp_path, now=system_clock())
    return database


@pytest.fixture
def hub(estate: str, tmp_path: Path) -> Iterator[RunningHub]:
    """A hub whose engine does not run."""
    with running_hub(estate, tmp_path / "data") as hub:
        yield hub


@pytest.fixture
def system(hub: RunningHub) -> Iterator[RunningHub]:
    """A hub and its engine."""
    with running_engine(hub.dsn, clock=hub.clock):
        yield hub


@pytest.fixture
def operator(hub: RunningHub) -> Iterator[httpx.Client]:
    with hub.client("operator") as client:
        yield client


@pytest.fixture
def leaking(system: RunningHub, operator: httpx.Client) -> RunningHub:
    """A system in which a kitchen leaks: alarm, incident and ticket are there, notices told."""
    leak(system.dsn, now=system_clock())

    def told() -> bool:
        found = operator.get("/notices").json()["items"]
        return bool(found) and all(notice["state"] == "delivered" for notice in found)

    eventually(told, what="the flats below are told")
    return system
