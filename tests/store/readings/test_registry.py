"""The registry: known devices, and word of every change."""

from collections.abc import Iterator

import pytest

from rules.vocabulary.instant import SECOND
from store.database.connection import Connection, connect
from store.estate import estates
from store.readings import registry
from store.readings.registry import RegisteredDevice

NOW = 1_795_000_000 * SECOND


@pytest.fixture
def db(database: str) -> Iterator[Connection]:
    with connect(database, name="tests", autocommit=True) as connection:
        connection.execute(
            "INSERT INTO estate (id, name, timezone, created_at) VALUES ('e1', '{}', 'UTC', now())"
        )
        yield connection


def test_registry_has_estates_without_devices_too(db: Connection) -> None:
    assert registry.read(db) == ({"e1"}, [])


def test_registry_has_each_device_with_type_and_state(db: Connection) -> None:
    db.execute("INSERT INTO device (estate_id, id, type, body) VALUES ('e1', 'p1', 'flow', '{}')")
    assert registry.read(db)[1] == [RegisteredDevice("e1", "p1", "flow", "unknown")]


def test_change_of_an_estate_is_told_once(database: str, db: Connection) -> None:
    registry.listen(db)
    assert not registry.changed(db)
    with connect(database, name="tests") as other:
        estates.add_version(other, "e1", estates.Version(1, {}), by="tests", now=NOW)
    db.execute("SELECT 1")  # a round trip: what was sent before has arrived
    assert registry.changed(db)
    assert not registry.changed(db)
