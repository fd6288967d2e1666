"""A reading is stored once; what is sent again is told apart from what contradicts."""

from collections.abc import Iterator

import pytest

from rules.vocabulary.instant import SECOND
from store.database.connection import Connection, connect
from store.readings import readings
from store.readings.readings import Reading

NOW = 1_795_000_000 * SECOND


@pytest.fixture
def db(database: str) -> Iterator[Connection]:
    with connect(database, name="tests", autocommit=True) as connection:
        yield connection


def reading(ts: int, value: float | str = 0.31, signal: str = "pressure_mpa") -> Reading:
    return Reading("e1", "p1", signal, ts, value, ts, 0)


def append(db: Connection, *batch: Reading) -> tuple[list[int], list[tuple[int, float | str]]]:
    with db.transaction():
        appended = readings.append(db, batch, received_at=NOW)
    return list(appended.fresh), appended.conflicts


def stored(db: Connection) -> list[tuple[object, ...]]:
    return db.execute(
        "SELECT (extract(epoch FROM ts) * 1000000)::bigint, value, state, quality"
        " FROM reading ORDER BY ts, signal"
    ).fetchall()


def test_new_readings_are_stored_to_the_microsecond_and_the_last_digit(db: Connection) -> None:
    state = reading(NOW + 2, "pre_alarm", "panel_state")
    assert append(db, reading(NOW + 1, 0.1 + 0.2), state) == ([0, 1], [])
    assert stored(db) == [(NOW + 1, 0.1 + 0.2, None, 0), (NOW + 2, None, "pre_alarm", 0)]


def test_repeated_batch_has_nothing_fresh(db: Connection) -> None:
    batch = [reading(NOW + n, float(n)) for n in range(5)]
    append(db, *batch)
    assert append(db, *batch) == ([], [])
    assert len(stored(db)) == 5


def test_only_what_is_new_of_a_batch_is_fresh(db: Connection) -> None:
    append(db, reading(NOW), reading(NOW + 2))
    assert append(db, reading(NOW), reading(NOW + 1), reading(NOW + 2)) == ([1], [])


def test_second_value_for_the_same_time_is_a_conflict_and_the_first_stays(db: Connection) -> None:
    append(db, reading(NOW, 0.3))
    assert append(db, reading(NOW, 0.4), reading(NOW + 1)) == ([1], [(0, 0.3)])
    assert stored(db)[0][1] == 0.3


def test_conflicts_and_repeats_are_found_within_one_batch(db: Connection) -> None:
    batch = [reading(NOW, 0.3), reading(NOW, 0.3), reading(NOW, 0.4)]
    assert append(db, *batch) == ([0], [(2, 0.3)])


def test_state_and_number_of_the_same_signal_and_time_contradict(db: Connection) -> None:
    append(db, reading(NOW, "fire", "panel_state"))
    assert append(db, reading(NOW, 1.0, "panel_state")) == ([], [(0, "fire")])


def test_empty_batch_stores_nothing(db: Connection) -> None:
    assert append(db) == ([], [])


def test_rolled_back_readings_are_fresh_again(db: Connection) -> None:
    with db.transaction(force_rollback=True):
        readings.append(db, [reading(NOW)], received_at=NOW)
    assert append(db, reading(NOW)) == ([0], [])
