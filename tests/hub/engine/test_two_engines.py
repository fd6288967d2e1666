"""Two engines, each of its own estate: neither waits for what the other has not committed."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from hub.clock import system_clock
from hub.engine.estate_engine import EstateEngine
from rules.catalogue import rulebook
from store.database.connection import Connection, connect
from store.engine import batches, events
from tests.rig.estates import ESTATE, YAML, leak, settle
from tests.rig.happenings import happen

OTHER = "tower"


@pytest.fixture
def estates(database: str, tmp_path: Path) -> str:
    settle(database, tmp_path, now=system_clock())
    settle(database, tmp_path, now=system_clock(), yaml=YAML.replace(ESTATE, OTHER, 1))
    return database


@pytest.fixture
def db(estates: str) -> Iterator[Connection]:
    """The connection of an engine, which would rather fail than wait for a lock."""
    with connect(estates, name="test", autocommit=True) as db:
        db.execute("SET lock_timeout = '5s'")
        yield db


def run_dry(db: Connection) -> None:
    assert batches.own(db, ESTATE)
    engine = EstateEngine(db, ESTATE, rulebook(), system_clock)
    while engine.advance():
        pass


def test_an_estate_decides_and_commits_while_the_batch_of_another_is_open(
    estates: str, db: Connection
) -> None:
    leak(estates, now=system_clock())
    with connect(estates, name="test") as other:
        assert happen(other, 3, estate=OTHER) == 3
        run_dry(db)
        told = events.after(db, {}, limit=100)
        assert {event.estate for event in told} == {ESTATE}
        assert "alarm.raised" in [event.kind for event in told]
        other.commit()
    assert events.heads(db) == {ESTATE: len(told), OTHER: 3}


def test_numbers_of_a_batch_that_was_rolled_back_are_given_again(
    estates: str, db: Connection
) -> None:
    with connect(estates, name="test") as other:
        happen(other, 2, estate=OTHER)
        other.commit()
        happen(other, 3, estate=OTHER)
        other.rollback()
        assert happen(other, 1, estate=OTHER) == 3
        other.commit()
    assert [event.seq for event in events.after(db, {}, limit=9)] == [1, 2, 3]
