"""The registry's snapshot follows the database."""

from collections.abc import Iterator

import pytest

from gateway.registry import REFRESH_S, RegistryCache, read
from rules.catalogue import device_types
from store.database.connection import Connection, connect
from tests.gateway.payloads import PRESSURE
from tests.gateway.seeding import TOPIC, seed


@pytest.fixture
def db(database: str) -> Iterator[Connection]:
    seed(database)
    with connect(database, name="tests", autocommit=True) as connection:
        yield connection


def test_device_is_found_by_its_topic_with_the_signals_of_its_type(
    database: str, db: Connection
) -> None:
    seed(database, p1="pressure")
    assert read(db, device_types()).by_topic[TOPIC].signals == PRESSURE


def test_device_of_an_unheard_of_type_has_no_signals(database: str, db: Connection) -> None:
    seed(database, p1="teapot")
    assert read(db, device_types()).by_topic[TOPIC].signals == {}


def test_life_safety_is_as_the_catalogue_says_of_the_type(database: str, db: Connection) -> None:
    seed(database, p1="smoke", p2="pressure", p3="teapot")
    sources = read(db, device_types()).by_topic.values()
    assert {source.id: source.life_safety for source in sources} == {
        "p1": True, "p2": False, "p3": False,
    }  # fmt: skip


def test_last_word_of_each_device_is_known(database: str, db: Connection) -> None:
    seed(database, p1="pressure", p2="pressure")
    db.execute("UPDATE device SET state = 'offline' WHERE id = 'p1'")
    assert read(db, device_types()).online == {("e1", "p1"): False}


def test_announced_change_is_seen_at_the_next_look(database: str, db: Connection) -> None:
    cache = RegistryCache(db, device_types(), clock_s=lambda: 0.0)
    assert TOPIC not in cache.current().by_topic
    seed(database, p1="pressure")
    db.execute("SELECT 1")  # a round trip: what was sent before has arrived
    assert TOPIC in cache.current().by_topic


def test_unannounced_change_is_seen_after_a_while(db: Connection) -> None:
    now_s = 0.0
    cache = RegistryCache(db, device_types(), clock_s=lambda: now_s)
    db.execute("INSERT INTO device (estate_id, id, type, body) VALUES ('e1','p1','pressure','{}')")
    assert TOPIC not in cache.current().by_topic
    now_s = REFRESH_S + 1
    assert TOPIC in cache.current().by_topic
