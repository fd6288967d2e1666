"""An engine whose clock is far ahead of the database's decides nothing, and says so."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from hub.clock import monotonic_clock, system_clock
from rules.vocabulary.instant import HOUR, MINUTE, Instant
from store.database.connection import Connection, connect
from store.engine import batches
from tests.rig.estates import ESTATE, leak, settle
from tests.rig.hubs import ShiftedClock, running_engine
from tests.rig.waiting import eventually

SENSORS = [f"b1-{floor:02}-{flat:02}-kitchen-leak" for floor in (1, 2, 3) for flat in (1, 2)]

_REFUSED = """
SELECT (extract(epoch FROM at) * 1000000)::bigint FROM inbox
 WHERE kind = 'fault' AND body->>'id' LIKE 'clock\\_refused/%'
"""


@pytest.fixture
def db(database: str, tmp_path: Path) -> Iterator[Connection]:
    settle(database, tmp_path, now=system_clock())
    with connect(database, name="test", autocommit=True) as connection:
        yield connection


@pytest.fixture
def clock(database: str, db: Connection) -> Iterator[ShiftedClock]:
    """The clock of an engine that runs, and measures it by one that is right."""
    clock = ShiftedClock()
    with running_engine(database, clock=clock, monotonic=monotonic_clock, measure=system_clock):
        leak(database, now=system_clock(), device=SENSORS[0])
        eventually(lambda: raised(db) == SENSORS[:1], what="the engine works")
        yield clock


def raised(db: Connection) -> list[str]:
    rows = db.execute(
        "SELECT record->>'device' FROM event WHERE kind = 'alarm.raised' ORDER BY seq"
    )
    return [device for (device,) in rows]


def refused(db: Connection) -> list[Instant]:
    return [at for (at,) in db.execute(_REFUSED)]


def is_owned(db: Connection) -> bool:
    """Whether another session holds the estate's lock."""
    if batches.own(db, ESTATE):
        db.execute("SELECT pg_advisory_unlock_all()")
        return False
    return True


def test_engine_gives_the_estate_up_tells_it_once_in_right_time_and_goes_on_by_itself(
    database: str, db: Connection, clock: ShiftedClock
) -> None:
    clock.ahead = 6 * HOUR
    leak(database, now=system_clock(), device=SENSORS[1])
    eventually(lambda: refused(db) and not is_owned(db), what="the estate is given up")
    assert raised(db) == SENSORS[:1]
    clock.ahead = 0
    eventually(lambda: raised(db) == SENSORS[:2], what="the engine goes on")
    assert batches.last(db, ESTATE).now < system_clock() + MINUTE
    (at,) = refused(db)
    assert at < system_clock() + MINUTE


def test_engine_with_a_right_clock_takes_over(
    database: str, db: Connection, clock: ShiftedClock
) -> None:
    clock.ahead = 6 * HOUR
    leak(database, now=system_clock(), device=SENSORS[1])
    with running_engine(database):
        eventually(lambda: raised(db) == SENSORS[:2], what="the other engine takes over")
        assert batches.last(db, ESTATE).now < system_clock() + MINUTE


def test_clock_that_goes_ahead_again_is_told_again(db: Connection, clock: ShiftedClock) -> None:
    def is_given_up(times: int) -> bool:
        return len(refused(db)) == times and not is_owned(db)

    for times in (1, 2):
        clock.ahead = 6 * HOUR
        eventually(partial(is_given_up, times), what="the clock is refused")
        clock.ahead = 0
        eventually(lambda: is_owned(db), what="the engine goes on")
