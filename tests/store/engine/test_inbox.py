"""The inbox: numbers without gaps, in the order of commits, also among several writers."""

import threading
from collections.abc import Iterator

import pytest

from rules.state.inputs import Status
from rules.vocabulary.instant import SECOND
from store.database.connection import Connection, connect
from store.engine import inbox
from store.engine.inbox import Lane

NOW = 1_795_000_000 * SECOND
STATUS = Status("p1", online=True, at=NOW)


@pytest.fixture
def dsn(database: str) -> str:
    with connect(database, name="tests") as db:
        db.execute(
            "INSERT INTO estate (id, name, timezone, created_at)"
            " VALUES ('e1', '{}', 'UTC', now()), ('e2', '{}', 'UTC', now())"
        )
    return database


@pytest.fixture
def db(dsn: str) -> Iterator[Connection]:
    with connect(dsn, name="tests", autocommit=True) as connection:
        yield connection


def append(db: Connection, estate: str = "e1", lane: Lane = Lane.LIVE) -> int:
    return inbox.append(db, estate_id=estate, lane=lane, kind="status", body=STATUS, at=NOW)


def test_every_lane_of_every_estate_counts_from_one(db: Connection) -> None:
    assert [append(db), append(db), append(db, lane=Lane.BACKFILL), append(db, "e2")] == [
        1,
        2,
        1,
        1,
    ]


def test_body_is_the_json_of_the_input(db: Connection) -> None:
    append(db)
    row = db.execute("SELECT kind, body FROM inbox").fetchone()
    assert row == ("status", {"device": "p1", "online": True, "at": NOW})


def test_unknown_estate_leaves_the_transaction_usable(db: Connection) -> None:
    with db.transaction():
        with pytest.raises(inbox.UnknownEstate, match=r"'nowhere'.*import"):
            append(db, "nowhere")
        assert append(db) == 1


def test_rolled_back_number_is_given_again(db: Connection) -> None:
    with db.transaction(force_rollback=True):
        append(db)
    assert append(db) == 1


def test_append_tells_listeners_the_estate_at_commit(dsn: str, db: Connection) -> None:
    with connect(dsn, name="tests", autocommit=True) as listener:
        listener.execute(f"LISTEN {inbox.CHANNEL}")
        append(db, "e2")
        heard = [notify.payload for notify in listener.notifies(timeout=5, stop_after=1)]
    assert heard == ["e2"]


def test_many_writers_leave_no_gap_and_no_number_twice(dsn: str) -> None:
    numbers: list[int] = []

    def write() -> None:
        with connect(dsn, name="tests", autocommit=True) as own:
            for _ in range(25):
                with own.transaction():
                    numbers.append(append(own))

    writers = [threading.Thread(target=write) for _ in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert sorted(numbers) == list(range(1, 101))
