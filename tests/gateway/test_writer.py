"""The writer gives back every batch once it is durable, and no message can stop it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

from gateway.message import Message
from gateway.writer import Batch, Writer
from rules.catalogue import device_types
from rules.vocabulary.instant import SECOND, Instant, to_datetime
from store.database.clock import DatabaseTime
from store.database.connection import connect
from store.readings import dead_letters
from tests.gateway.payloads import NOW, NOW_S
from tests.gateway.seeding import TOPIC, seed
from tests.rig.waiting import eventually

_REFUSE_HALF = """
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'refused' USING ERRCODE = 'data_exception'; END $$;
CREATE TRIGGER refuse BEFORE INSERT ON reading
   FOR EACH ROW WHEN (NEW.value = 0.5) EXECUTE FUNCTION refuse();
"""


def message(value: float, topic: str = TOPIC) -> Message:
    payload = json.dumps({"ts": NOW_S + value, "signals": {"pressure_mpa": value}}).encode()
    return Message(topic, payload, NOW)


@contextmanager
def writer(dsn: str, *, monotonic: Instant = NOW) -> Iterator[tuple[Writer, Batch]]:
    """A running writer, and the messages that it gave back."""
    done: Batch = []
    made = Writer(
        dsn,
        device_types(),
        time=DatabaseTime(lambda _db: NOW, lambda: monotonic),
        done=done.extend,
        connected=lambda: None,
        failed=lambda: None,
    )
    made.start()
    try:
        yield made, done
    finally:
        made.stop()


def values(dsn: str) -> list[float]:
    with connect(dsn, name="tests") as db:
        return [value for (value,) in db.execute("SELECT value FROM reading ORDER BY ts")]


def letters(dsn: str) -> dict[str, int]:
    with connect(dsn, name="tests") as db:
        return dead_letters.counts(db)


def test_messages_come_back_in_their_order_and_are_durable_then(database: str) -> None:
    seed(database, p1="pressure")
    sent = [message(n / 100) for n in range(100)]
    with writer(database) as (made, done):
        for start in range(0, 100, 10):
            made.submit(sent[start : start + 10])
        eventually(lambda: len(done) == len(sent))
        assert done == sent
        assert len(values(database)) == len(sent)


def test_stop_commits_what_was_submitted(database: str) -> None:
    seed(database, p1="pressure")
    with writer(database) as (made, done):
        eventually(lambda: _reachable(made))
        made.submit([message(0.1)])
    assert len(done) == 1


def _reachable(made: Writer) -> bool:
    return made._db is not None


def test_message_that_the_database_refuses_is_the_only_one_lost_to_the_dead_letters(
    database: str,
) -> None:
    seed(database, p1="pressure")
    with connect(database, name="tests", autocommit=True) as db:
        db.execute(_REFUSE_HALF)
    with writer(database) as (made, done):
        made.submit([message(0.4), message(0.5), message(0.6)])
        eventually(lambda: len(done) == 3)
    assert values(database) == [0.4, 0.6]
    assert letters(database) == {"unstorable": 1}


def test_estate_deleted_without_notice_makes_dead_letters_of_its_messages(database: str) -> None:
    seed(database, p1="pressure")
    seed(database, "e2", p1="pressure")
    with writer(database) as (made, done):
        made.submit([message(0.1)])
        eventually(lambda: done)
        with connect(database, name="tests") as db:
            db.execute("DELETE FROM estate WHERE id = 'e2'")
        made.submit([message(0.2), message(0.3, "gatehouse/v1/e2/p1")])
        eventually(lambda: len(done) == 3)
    assert values(database) == [0.1, 0.2]
    assert letters(database) == {"unknown estate": 1}


def test_messages_are_dated_by_the_databases_clock_whatever_the_machines_own_shows(
    database: str,
) -> None:
    seed(database, p1="pressure")
    with writer(database, monotonic=9 * SECOND) as (made, done):
        made.submit([Message(TOPIC, b'{"signals": {"pressure_mpa": 0.1}}', 8 * SECOND)])
        eventually(lambda: done)
    with connect(database, name="tests") as db:
        rows = db.execute("SELECT ts, received_at FROM reading").fetchall()
    assert rows == [(to_datetime(NOW - SECOND), to_datetime(NOW))]


def test_stop_without_a_database_gives_nothing_back() -> None:
    with writer("host=127.0.0.1 port=1 dbname=none") as (made, done):
        made.submit([message(0.1)])
    assert done == []


def test_retained_status_is_taken_again_only_when_it_differs(database: str) -> None:
    seed(database, p1="pressure")

    def status(word: bytes) -> Message:
        return Message(TOPIC + "/status", word, NOW, retained=True)

    with writer(database) as (made, done):
        for word in (b"online", b"online", b"offline", b"offline", b"online"):
            before = len(done)
            made.submit([status(word)])
            eventually(lambda: len(done) > before)  # noqa: B023
    with connect(database, name="tests") as db:
        taken = [body["online"] for (body,) in db.execute("SELECT body FROM inbox ORDER BY seq")]
    assert taken == [True, False, True]
