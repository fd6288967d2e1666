"""A hub, with and without an engine behind it, on a settled estate.

Each test has its own, unless it is marked `only_looks`: then it shares its module's, behind
which no engine runs, and fails where it causes an event or gives the engine something to do.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from hub.clock import system_clock
from store.database.connection import connect
from tests.rig.databases import Databases
from tests.rig.estates import ESTATE, leak, settle
from tests.rig.hubs import RunningHub, running_engine, running_hub
from tests.rig.waiting import eventually


@pytest.fixture
def estate(database: str, tmp_path: Path) -> str:
    """Connection string of a database with the small estate in it."""
    settle(database, tmp_path, now=system_clock())
    return database


@pytest.fixture
def hub(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[RunningHub]:
    """A hub whose engine does not run."""
    if request.node.get_closest_marker("only_looks"):
        leaks = "leaking" in request.fixturenames
        with unchanged(request.getfixturevalue("modules_leak" if leaks else "modules_hub")) as hub:
            yield hub
    else:
        with running_hub(request.getfixturevalue("estate"), tmp_path / "data") as hub:
            yield hub


@pytest.fixture
def system(request: pytest.FixtureRequest, hub: RunningHub) -> Iterator[RunningHub]:
    """A hub and its engine."""
    assert not request.node.get_closest_marker("only_looks"), "an engine does more than look"
    with running_engine(hub.dsn, clock=hub.clock):
        yield hub


@pytest.fixture
def operator(hub: RunningHub) -> Iterator[httpx.Client]:
    with hub.client("operator") as client:
        yield client


@pytest.fixture
def leaking(request: pytest.FixtureRequest, hub: RunningHub) -> RunningHub:
    """A system in which a kitchen leaks: alarm, incident and ticket are there, notices told."""
    if not request.node.get_closest_marker("only_looks"):
        spring_a_leak(request.getfixturevalue("system"))
    return hub


@pytest.fixture(scope="module")
def modules_hub(
    database_server: Databases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningHub]:
    """The hub without an engine for those of a module's tests that only look."""
    folder = tmp_path_factory.mktemp("hub")
    with database_server.fresh() as dsn:
        settle(dsn, folder, now=system_clock())
        with running_hub(dsn, folder / "data") as hub:
            yield hub


@pytest.fixture(scope="module")
def modules_leak(
    database_server: Databases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningHub]:
    """What a leak left, for those of a module's tests that only look.

    Its engine has ended, so that no timer changes what they see.
    """
    folder = tmp_path_factory.mktemp("leak")
    with database_server.fresh() as dsn:
        settle(dsn, folder, now=system_clock())
        with running_hub(dsn, folder / "data") as hub:
            with running_engine(dsn, clock=hub.clock):
                spring_a_leak(hub)
            yield hub


def spring_a_leak(hub: RunningHub) -> None:
    """Let a sensor get wet and wait until the flats below are told."""
    leak(hub.dsn, now=system_clock())
    with hub.client("operator") as operator:

        def told() -> bool:
            found = operator.get("/notices").json()["items"]
            return bool(found) and all(notice["state"] == "delivered" for notice in found)

        eventually(told, what="the flats below are told")


@contextmanager
def unchanged(hub: RunningHub) -> Iterator[RunningHub]:
    """The hub for a test after which the estate has to be what it was."""
    before = doings(hub.dsn, ESTATE)
    yield hub
    assert doings(hub.dsn, ESTATE) == before, (
        "a test that is marked `only_looks` changed the estate"
    )


def doings(dsn: str, estate: str) -> tuple[int, ...]:
    """How many events the estate has, and how many things to do but for deliveries under way."""
    with connect(dsn, name="tests") as db:
        row = db.execute(
            "SELECT (SELECT count(*) FROM event WHERE estate_id = %(estate)s),"
            " (SELECT count(*) FROM inbox WHERE estate_id = %(estate)s AND kind <> 'delivery')",
            {"estate": estate},
        ).fetchone()
        assert row is not None
        return row
